import { startSend, withTrace } from '@pegel/kafka'
import type { OutgoingRecord } from '@pegel/kafka'
import { detached } from '@pegel/telemetry'
import type { Span, Tracing } from '@pegel/telemetry'

export interface TracedBatch {
  readonly record: OutgoingRecord & { readonly key: string }
  /** Spans of the requests that are in it. */
  readonly requests: readonly Span[]
}

/**
 * Sends a batch below the first of its requests that is recorded, with links to all of them when there are several, and a link from each of
 * them back: from every request's trace the batch can be found. The record carries the batch's context on to the next stage.
 */
export async function sendTraced(
  tracing: Tracing,
  { record, requests }: TracedBatch,
  send: (record: OutgoingRecord) => Promise<unknown>,
): Promise<void> {
  if (!tracing.enabled) {
    await send(record)
    return
  }
  const contexts = requests.flatMap(({ context }) => context ?? [])
  const parent = contexts.find(({ sampled }) => sampled) ?? contexts[0]
  const span = startSend(tracing, {
    topic: record.topic,
    key: record.key,
    parent,
    links: contexts.length > 1 ? contexts : [],
  })
  if (span.context !== undefined && requests.length > 1) for (const request of requests) request.link(span.context)
  try {
    // The producer serves all tenants: its log lines are no request's.
    await detached(() => send({ ...record, headers: withTrace(record.headers ?? {}, span.context) }))
  } catch (error) {
    span.fail(error)
    throw error
  } finally {
    span.end()
  }
}
