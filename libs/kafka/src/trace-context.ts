import { formatTraceparent, parseTraceparent } from '@pegel/telemetry'
import type { TraceContext } from '@pegel/telemetry'

/** Headers of an outgoing record, the trace context among them. Without a context the headers are given back as they are. */
export function withTrace<T extends string | Buffer>(
  headers: Readonly<Record<string, T>>,
  context: TraceContext | undefined,
): Readonly<Record<string, T | string>> {
  if (context === undefined) return headers
  const others = Object.entries<T | string>(headers).filter(([key]) => key !== 'tracestate')
  const state = context.state === undefined ? {} : { tracestate: context.state }
  return { ...Object.fromEntries(others), traceparent: formatTraceparent(context), ...state }
}

export function traceOf(record: { readonly headers: Readonly<Record<string, Buffer>> }): TraceContext | undefined {
  const { traceparent, tracestate } = record.headers
  return traceparent === undefined ? undefined : parseTraceparent(traceparent.toString(), tracestate?.toString())
}
