import type { SinkCounts } from '@pegel/contracts'
import type { Span, SpanAttributes, Tracing } from '@pegel/telemetry'
import type { LaneItem } from './lane-item.ts'
import type { Finished } from './sink-finish.ts'

/** What a trace needs to know of a record that is written. */
export interface TracedWrite {
  readonly item: LaneItem
  /** Points not yet answered for. */
  readonly tally: { readonly open: number }
}

/** One attempt at the backend, as the traces of all its records see it. */
export interface WriteTrace {
  /** Of the write itself. */
  readonly span: Span
  fail(problem: unknown): void
  end(): void
}

/**
 * A write has one span, below the first of its records that is recorded, with links to all of them. The others get a span of the same time each, in their
 * own trace and linked to that one: whichever record's trace is looked at shows the write. Undefined when tracing is off.
 */
export function startWrite(
  tracing: Tracing,
  { sinkName, attempt }: { readonly sinkName: string; readonly attempt: number },
  writes: readonly TracedWrite[],
): WriteTrace | undefined {
  if (!tracing.enabled) return undefined
  const contexts = writes.flatMap(({ item }) => item.span?.context ?? [])
  const lead = contexts.find(({ sampled }) => sampled) ?? contexts[0]
  const others = contexts.filter((context) => context !== lead)
  const name = `write ${sinkName}`
  const about = { 'peer.service': sinkName, 'pegel.write.attempt': attempt + 1 }
  const span = tracing.start(name, {
    kind: 'client',
    parent: lead,
    links: others.length === 0 ? [] : contexts,
    attributes: { ...about, 'messaging.batch.message_count': writes.length, ...pointsOf(writes) },
  })
  const links = span.context === undefined ? [] : [span.context]
  const copies = others
    .filter(({ sampled }) => sampled)
    .map((parent) => tracing.start(name, { kind: 'client', parent, links, attributes: about }))
  const spans = [span, ...copies]
  return {
    span,
    fail: (problem) => spans.forEach((each) => each.fail(problem)),
    end: () => spans.forEach((each) => each.end()),
  }
}

function pointsOf(writes: readonly TracedWrite[]): SpanAttributes {
  return { 'pegel.points': writes.reduce((sum, { tally }) => sum + tally.open, 0) }
}

/** Its outcome is booked. */
export function endBooked(finished: readonly Finished[]): void {
  for (const { item, row, deadLetter } of finished) {
    const { span } = item
    if (span === undefined) continue
    if (span.recording)
      span.set({ 'pegel.tenant': row.tenant, 'pegel.points': row.produced, ...outcomesOf(row.counts) })
    if (deadLetter !== null) span.fail(deadLetter.refusals[0]?.reason ?? 'dead letter')
    span.end()
  }
}

/** They are given up here and come again, after a rebalance or in another process. */
export function endVoid(items: readonly LaneItem[], reason: string): void {
  for (const { span } of items) {
    span?.fail(reason)
    span?.end()
  }
}

function outcomesOf(counts: SinkCounts | null): SpanAttributes {
  const some = Object.entries(counts ?? {}).filter(([, count]) => count > 0)
  return Object.fromEntries(some.map(([outcome, count]) => [`pegel.outcome.${outcome}`, count as number]))
}
