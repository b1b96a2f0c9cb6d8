import { parseTraceparent } from '@pegel/telemetry'
import type { Span, SpanAttributes, Tracing } from '@pegel/telemetry'

/** How a request is seen in a trace, whatever transport it came by. */
export interface RequestHead {
  /** `POST /v1/metrics`, or a gRPC method: few names, no ids in them. */
  readonly name: string
  /** W3C trace context of the client; what is not valid is as good as none. */
  readonly traceparent: string | undefined
  readonly tracestate: string | undefined
  readonly attributes: SpanAttributes
}

/**
 * Answers a request within a span of its own, below the client's. Log lines of the work carry its ids, and the batch that takes the request's points
 * is found from it. When tracing is off nothing but `work` runs.
 */
export async function traced<T>(
  tracing: Tracing,
  head: () => RequestHead,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  if (!tracing.enabled) return work(undefined)
  const { name, traceparent, tracestate, attributes } = head()
  const parent = traceparent === undefined ? undefined : parseTraceparent(traceparent, tracestate)
  const span = tracing.start(name, { kind: 'server', parent, attributes })
  try {
    return await tracing.within(span, () => work(span))
  } catch (error) {
    span.fail(error)
    throw error
  } finally {
    span.end()
  }
}
