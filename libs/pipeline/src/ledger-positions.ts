import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaPort } from '@pegel/kafka'
import type { LedgerPositions } from './ledger-types.ts'

export const INGEST_TOPICS = ['pegel.ingest.v1', 'pegel.ingest-direct.v1'] as const
export const METRICS_TOPIC = 'pegel.metrics.v1'
const ENRICHER_GROUP = 'enricher'
const POLL_MS = 200

export interface PositionsRequest {
  readonly kafka: KafkaPort
  /** Names of sinks; their consumer groups are sink-<name>. */
  readonly sinks: readonly string[]
  /** How long to wait for the sinks to commit what is in `metrics` now. */
  readonly settleMs: number
  readonly now?: () => number
}

/**
 * How far everybody is, in the order that makes the books provable (see `LedgerBook.judge`): ends of ingest, then the enricher's
 * offsets, then the end of `metrics`, which therefore holds all that the enricher has committed, then the sinks' offsets.
 */
export async function takePositions(request: PositionsRequest): Promise<LedgerPositions> {
  const { kafka, sinks, settleMs, now = Date.now } = request
  const ingest = (await Promise.all(INGEST_TOPICS.map((topic) => ingestPositions(kafka, topic)))).flat()
  const ends = await kafka.offsets(METRICS_TOPIC)
  const deadline = now() + settleMs
  const finished = new Map<string, ReadonlySet<number>>()
  await Promise.all(
    sinks.map(async (sink) => {
      const partitions = await finishedPartitions({ kafka, group: `sink-${sink}`, ends, deadline, now })
      if (partitions !== undefined) finished.set(sink, partitions)
    }),
  )
  return { ingest, finished }
}

async function ingestPositions(kafka: KafkaPort, topic: string): Promise<LedgerPositions['ingest']> {
  const ends = await kafka.offsets(topic)
  const committed = new Map((await kafka.committed(ENRICHER_GROUP, topic)).map((at) => [at.partition, at.offset]))
  return ends.map((end) => ({ ...end, committed: committed.get(end.partition) ?? -1 }))
}

interface FinishedRequest {
  readonly kafka: KafkaPort
  readonly group: string
  readonly ends: Awaited<ReturnType<KafkaPort['offsets']>>
  readonly deadline: number
  readonly now: () => number
}

/** Undefined for a sink that has never committed: it is not deployed, or has not begun. */
async function finishedPartitions({
  kafka,
  group,
  ends,
  deadline,
  now,
}: FinishedRequest): Promise<ReadonlySet<number> | undefined> {
  for (;;) {
    const offsets = await kafka.committed(group, METRICS_TOPIC)
    const committed = new Map(offsets.filter(({ offset }) => offset >= 0).map((at) => [at.partition, at.offset]))
    if (committed.size === 0) return undefined
    const done = ends.filter((end) => end.earliest >= end.latest || (committed.get(end.partition) ?? -1) >= end.latest)
    if (done.length === ends.length || now() >= deadline) return new Set(done.map((end) => end.partition))
    await sleep(POLL_MS)
  }
}
