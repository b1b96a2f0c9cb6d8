import { setTimeout as sleep } from 'node:timers/promises'
import { decodeRecord, NO_COUNTS, OUTCOME_NAMES } from '@pegel/contracts'
import type { LedgerEntry, LedgerRow, SchemaLookup, SinkCounts } from '@pegel/contracts'
import { readRange } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { behindEnricher, LEDGER_TOPIC, REPLAY_TOPIC } from '@pegel/pipeline'
import { formatTable } from '../table.ts'
import { sinkGroup } from './sender.ts'
import type { ReplayEnd, Sent } from './sender.ts'

const POLL_MS = 200
/** How far the clock here may be ahead of the brokers. */
export const CLOCKS_MS = 60_000

export interface ReplayWait {
  readonly kafka: KafkaPort
  readonly schemas: SchemaLookup
  readonly replayId: string
  readonly sent: Sent
  readonly startedMs: number
  readonly waitMs: number
}

export interface ReplayOutcome {
  /** False when some sink had not written everything in time. */
  readonly complete: boolean
  /** By sink, in source points. */
  readonly sinks: Readonly<Record<string, SinkCounts>>
}

/** Waits for the sinks to have written what was sent, and reads from the ledger what became of it. */
export async function awaitOutcome(wait: ReplayWait): Promise<ReplayOutcome> {
  const { kafka, sent } = wait
  const deadlineMs = Date.now() + wait.waitMs
  let complete = await isPast(kafka, sent.ends, deadlineMs)
  if (complete) complete = await isPast(kafka, await endsBehind(kafka, sent.ends), deadlineMs)
  return { complete, sinks: await countsOf(wait) }
}

export function formatOutcome(replayId: string, { complete, sinks }: ReplayOutcome): string {
  const rows = Object.entries(sinks).map(([sink, counts]) => [
    sink,
    (Object.keys(counts) as (keyof SinkCounts)[])
      .filter((key) => counts[key] > 0)
      .map((key) => `${OUTCOME_NAMES[key]} ${counts[key]}`)
      .join(', '),
  ])
  const end = complete ? 'is written' : 'is not written yet; the sinks go on'
  return `${formatTable(['SINK', 'OUTCOME'], rows)}replay ${replayId} ${end}\n`
}

/** What the enricher has made of what was sent to it is there now, in the same partitions: the sinks behind it must come as far. */
async function endsBehind(kafka: KafkaPort, ends: readonly ReplayEnd[]): Promise<readonly ReplayEnd[]> {
  const through = ends.flatMap(({ to, partition }) => {
    const sink = behindEnricher(to)
    return sink === undefined ? [] : [{ to: sink, group: sinkGroup(sink), partition }]
  })
  if (through.length === 0) return []
  const latest = new Map((await kafka.offsets(REPLAY_TOPIC)).map((at) => [at.partition, at.latest]))
  return through.map((end) => ({ ...end, offset: latest.get(end.partition) ?? 0 }))
}

/** Tries until then whether all groups have committed as far. */
async function isPast(kafka: KafkaPort, ends: readonly ReplayEnd[], deadlineMs: number): Promise<boolean> {
  const groups = [...Map.groupBy(ends, ({ group }) => group)]
  const isDone = async ([group, own]: readonly [string, readonly ReplayEnd[]]): Promise<boolean> => {
    const committed = await kafka.committed(group, REPLAY_TOPIC)
    const offsets = new Map(committed.map(({ partition, offset }) => [partition, offset]))
    return own.every(({ partition, offset }) => (offsets.get(partition) ?? -1) >= offset)
  }
  for (;;) {
    if ((await Promise.all(groups.map(isDone))).every(Boolean)) return true
    if (Date.now() >= deadlineMs) return false
    await sleep(POLL_MS)
  }
}

/** The last row of each part counts, as in the books. */
async function countsOf({ kafka, schemas, replayId, startedMs }: ReplayWait): Promise<Record<string, SinkCounts>> {
  const [starts, ends] = await Promise.all([
    kafka.offsetsAt(LEDGER_TOPIC, startedMs - CLOCKS_MS),
    kafka.offsets(LEDGER_TOPIC),
  ])
  const ranges = ends.map(({ partition, latest }) => {
    return { partition, from: starts.find((each) => each.partition === partition)?.offset ?? 0, to: latest }
  })
  const rows = new Map<string, { readonly sink: string; readonly row: LedgerRow }>()
  for await (const records of readRange(kafka, { topic: LEDGER_TOPIC, ranges })) {
    for (const { value } of records) {
      if (value === null) continue
      const entry: LedgerEntry = decodeRecord('LedgerEntry', value, schemas)
      if (entry.stage !== 'replay') continue
      for (const row of entry.rows)
        if (row.replayId === replayId)
          rows.set(`${entry.sink}/${row.topic}/${row.partition}@${row.offset}/${row.part}`, { sink: entry.sink, row })
    }
  }
  const sinks: Record<string, SinkCounts> = {}
  for (const { sink, row } of rows.values()) sinks[sink] = sum(sinks[sink] ?? NO_COUNTS, row.counts ?? NO_COUNTS)
  return sinks
}

function sum(a: SinkCounts, b: SinkCounts): SinkCounts {
  const keys = Object.keys(a) as (keyof SinkCounts)[]
  return Object.fromEntries(keys.map((key) => [key, a[key] + b[key]])) as unknown as SinkCounts
}
