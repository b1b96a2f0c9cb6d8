import type { Span, SpanAttributes, SpanOptions, TraceContext, Tracing } from '@pegel/telemetry'

/** A span as it was asked for, and what became of it. */
export interface FakeSpan extends Span {
  readonly context: TraceContext
  readonly name: string
  readonly kind: SpanOptions['kind']
  readonly parent: TraceContext | undefined
  readonly links: TraceContext[]
  readonly attributes: Record<string, string | number | boolean>
  readonly failure: string | undefined
  readonly ended: boolean
}

export interface FakeTracing extends Tracing {
  readonly started: readonly FakeSpan[]
  /** A span of somebody else. */
  span(name: string, sampled?: boolean): FakeSpan
}

/** Tracing that keeps every span in memory, for specs. A child is recorded when its parent is. */
export function fakeTracing(): FakeTracing {
  const started: FakeSpan[] = []
  const entered: Span[] = []
  const start = (name: string, options: SpanOptions, sampled = options.parent?.sampled ?? true): FakeSpan => {
    const id = started.length + 1
    const traceId = options.parent?.traceId ?? hex(id, 32)
    const span = new Recorded(name, options, { traceId, spanId: hex(id, 16), sampled })
    started.push(span)
    return span
  }
  return {
    enabled: true,
    started,
    span: (name, sampled = true) => start(name, { kind: 'server' }, sampled),
    start: (name, options) => start(name, options),
    within(span, work) {
      entered.push(span)
      try {
        return work()
      } finally {
        entered.pop()
      }
    },
    current: () => entered.at(-1),
    close: () => Promise.resolve(),
  }
}

class Recorded implements FakeSpan {
  readonly name: string
  readonly kind: SpanOptions['kind']
  readonly parent: TraceContext | undefined
  readonly links: TraceContext[]
  readonly attributes: Record<string, string | number | boolean>
  readonly context: TraceContext
  failure: string | undefined = undefined
  ended = false

  constructor(name: string, { kind, parent, links = [], attributes = {} }: SpanOptions, context: TraceContext) {
    this.name = name
    this.kind = kind
    this.parent = parent
    this.links = [...links]
    this.attributes = { ...attributes }
    this.context = context
  }

  get recording(): boolean {
    return this.context.sampled
  }

  set(attributes: SpanAttributes): void {
    Object.assign(this.attributes, attributes)
  }

  link(other: TraceContext): void {
    this.links.push(other)
  }

  fail(error: unknown): void {
    this.failure = error instanceof Error ? error.message : String(error)
  }

  end(): void {
    if (this.ended) throw new Error(`span ${this.name} ended twice`)
    this.ended = true
  }
}

function hex(id: number, digits: number): string {
  return id.toString(16).padStart(digits, '0')
}
