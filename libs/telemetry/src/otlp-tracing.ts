import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import type { Context, Span as OtelSpan, SpanContext, Tracer, TraceState } from '@opentelemetry/api'
import { messageOf } from '@pegel/errors'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'
import { SpanQueue } from './span-queue.ts'
import type { TraceContext } from './trace-context.ts'
import { fromSpanContext, NO_TRACING } from './tracing.ts'
import type { Span, SpanOptions, Tracing } from './tracing.ts'

export interface TracingOptions {
  /** URL that spans are posted to as OTLP (protobuf over HTTP); undefined: tracing is off. */
  readonly url: string | undefined
  readonly service: string
  /** Names this process among those of the service. */
  readonly instance: string
  /** Share of traces that begin here and are recorded, 0 to 1. A trace that began elsewhere was decided there. */
  readonly sampleRatio: number
  /** Ended spans in memory at most; beyond it they are dropped. */
  readonly maxSpans: number
  readonly log: Logger
  readonly metrics: Metrics
}

/** Soon enough that a trace is there when its reader looks. */
const EXPORT_EVERY_MS = 1000
const EXPORT_TIMEOUT_MS = 10_000
const SPANS_PER_REQUEST = 512
/** At the end, for what is still queued: a receiver that is down must not keep the process. */
const CLOSE_MS = 2000

/** The SDK is loaded only when it is wanted: it costs 25 MiB and a fifth of a second. */
export async function openTracing(options: TracingOptions): Promise<Tracing> {
  const { url, service, instance, sampleRatio, maxSpans, log, metrics } = options
  if (url === undefined) return NO_TRACING
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }, { AsyncLocalStorageContextManager }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-proto'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/context-async-hooks'),
    ])
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const queue = new SpanQueue({
    exporter: new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }),
    ...{ maxSpans, log, metrics },
    batch: (exporter) =>
      new sdk.BatchSpanProcessor({
        exporter,
        maxQueueSize: maxSpans,
        maxExportBatchSize: Math.min(SPANS_PER_REQUEST, maxSpans),
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
  })
  const provider = new sdk.TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.namespace': 'pegel',
      'service.instance.id': instance,
    }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [queue],
  })
  return new OtlpTracing(provider.getTracer('pegel'), () => provider.shutdown(), log)
}

class OtlpTracing implements Tracing {
  readonly enabled = true
  readonly #tracer: Tracer
  readonly #shutdown: () => Promise<void>
  readonly #log: Logger

  constructor(tracer: Tracer, shutdown: () => Promise<void>, log: Logger) {
    this.#tracer = tracer
    this.#shutdown = shutdown
    this.#log = log
  }

  start(name: string, { kind, parent, links = [], attributes = {} }: SpanOptions): Span {
    const settings = {
      kind: KINDS[kind],
      attributes,
      links: links.map((link) => ({ context: toSpanContext(link) })),
    }
    return new OtlpSpan(this.#tracer.startSpan(name, settings, below(parent)))
  }

  within<T>(span: Span, work: () => T): T {
    const entered = span instanceof OtlpSpan ? trace.setSpan(ROOT_CONTEXT, span.inner) : ROOT_CONTEXT
    return context.with(entered, work)
  }

  current(): Span | undefined {
    const active = trace.getActiveSpan()
    return active === undefined ? undefined : new OtlpSpan(active)
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS)
    })
    try {
      await Promise.race([this.#shutdown(), late])
    } catch (error) {
      this.#log.warn('the last spans were not exported', { problem: messageOf(error) })
    } finally {
      clearTimeout(timer)
    }
  }
}

class OtlpSpan implements Span {
  readonly context: TraceContext
  readonly recording: boolean
  readonly inner: OtelSpan

  constructor(span: OtelSpan) {
    this.inner = span
    this.context = fromSpanContext(span.spanContext())
    this.recording = span.isRecording()
  }

  set(attributes: SpanOptions['attributes'] & object): void {
    this.inner.setAttributes(attributes)
  }

  link(other: TraceContext): void {
    this.inner.addLink({ context: toSpanContext(other) })
  }

  fail(error: unknown): void {
    this.inner.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) })
  }

  end(): void {
    this.inner.end()
  }
}

const KINDS: Readonly<Record<SpanOptions['kind'], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

function below(parent: TraceContext | undefined): Context {
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, toSpanContext(parent))
}

function toSpanContext({ traceId, spanId, sampled, state }: TraceContext): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: unread(state) }),
  }
}

/** Vendors' data that goes through as it came. */
function unread(text: string): TraceState {
  const same = (): TraceState => unread(text)
  return { get: () => undefined, set: same, unset: same, serialize: () => text }
}
