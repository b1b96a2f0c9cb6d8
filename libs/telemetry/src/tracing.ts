import { context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api'
import type { SpanContext } from '@opentelemetry/api'
import type { TraceContext } from './trace-context.ts'

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

/** What a span is to the other side of a connection (OpenTelemetry's SpanKind). */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'

export interface SpanOptions {
  readonly kind: SpanKind
  /** Without one it begins a trace of its own. */
  readonly parent?: TraceContext | undefined
  /** Other spans that led to it; at most 128 are kept. */
  readonly links?: readonly TraceContext[]
  readonly attributes?: SpanAttributes
}

export interface Span {
  /** What its children and the records that it sends carry; undefined when tracing is off. */
  readonly context: TraceContext | undefined
  /** False when nobody will see it: what only describes it can be spared. */
  readonly recording: boolean
  set(attributes: SpanAttributes): void
  link(other: TraceContext): void
  /** Marks it as failed; the message of an error becomes its status. */
  fail(error: unknown): void
  /** Once; it is exported after this. */
  end(): void
}

/** Spans of this process. A span is per request, record or write, never per point. */
export interface Tracing {
  /** False: no span is ever made, and callers need not prepare one. */
  readonly enabled: boolean
  start(name: string, options: SpanOptions): Span
  /** Runs work with this span as the current one: log lines written by it, however late, carry the span's ids. */
  within<T>(span: Span, work: () => T): T
  /** The span that the running work is within, if any. */
  current(): Span | undefined
  /** Gives the exporter a moment for what is still queued. Never rejects. */
  close(): Promise<void>
}

const NO_SPAN: Span = {
  context: undefined,
  recording: false,
  set: () => undefined,
  link: () => undefined,
  fail: () => undefined,
  end: () => undefined,
}

/** Tracing that is off: costs a call. */
export const NO_TRACING: Tracing = {
  enabled: false,
  start: () => NO_SPAN,
  within: (_span, work) => work(),
  current: () => undefined,
  close: () => Promise.resolve(),
}

/** Fields of a log line that belongs to a span other than the current one, or is written where none is current. */
export function traceFields(of: TraceContext | undefined): { readonly trace_id?: string; readonly span_id?: string } {
  return of === undefined ? {} : { trace_id: of.traceId, span_id: of.spanId }
}

/** Runs work that outlives the span that started it, or serves many: its log lines belong to none. */
export function detached<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work)
}

/** The span that the running work belongs to, if tracing is on and there is one. */
export function currentTrace(): TraceContext | undefined {
  const found = trace.getSpanContext(context.active())
  return found === undefined ? undefined : fromSpanContext(found)
}

export function fromSpanContext({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceContext {
  const state = traceState?.serialize() ?? ''
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0
  return { traceId, spanId, sampled, ...(state === '' ? {} : { state }) }
}
