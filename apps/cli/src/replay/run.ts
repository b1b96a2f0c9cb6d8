import { readEnvelope } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import { readRange } from '@pegel/kafka'
import type { KafkaPort, KafkaRecord } from '@pegel/kafka'
import { fromReplay, REPLAY_TOPIC, throughEnricher } from '@pegel/pipeline'
import type { DeadLetterBook, ReplayNote } from '@pegel/pipeline'
import { readBook } from '../dead-letters/read.ts'
import { CLOCKS_MS } from './outcomes.ts'
import type { PlannedRange, ReplayPlan } from './plan.ts'
import { ReplaySender } from './sender.ts'
import type { Sent } from './sender.ts'

export interface ReplayRun {
  readonly kafka: KafkaPort
  readonly schemas: SchemaLookup
  readonly plan: ReplayPlan
  readonly ranges: readonly PlannedRange[]
  /** The newest of the tenant's file. */
  readonly version: number
  readonly pointsPerSecond: number
  readonly onSent: (sent: Sent) => void
}

/** What the ranges hold of the tenant, and what was left out of it. */
export interface RangeContent {
  readonly records: number
  readonly points: number
  /** Records under the tenant's key that are no batches, or name another tenant. They stay where they are. */
  readonly unreadable: number
  readonly foreign: number
}

const EMPTY: RangeContent = { records: 0, points: 0, unreadable: 0, foreign: 0 }

/** Reads the ranges once, and tells of each record that is the tenant's beyond doubt. */
export async function scan(
  { kafka, schemas, plan, ranges }: Pick<ReplayRun, 'kafka' | 'schemas' | 'plan' | 'ranges'>,
  onRecord: (record: KafkaRecord) => Promise<void> = () => Promise.resolve(),
): Promise<RangeContent> {
  let content = EMPTY
  const take = async (record: KafkaRecord): Promise<void> => {
    if (record.key?.toString('utf8') !== plan.tenant) return
    const points = pointsOf(record, { schemas, plan })
    if (typeof points === 'string') {
      content = { ...content, [points]: content[points] + 1 }
      return
    }
    content = { ...content, records: content.records + 1, points: content.points + points }
    await onRecord(record)
  }
  for (const { topic, ...range } of ranges)
    for await (const records of readRange(kafka, { topic, ranges: [range] }))
      for (const record of records) await take(record)
  return content
}

/** Sends the ranges to every sink of the plan, going on where an interrupted run of the same plan ended. */
export async function sendRanges(run: ReplayRun): Promise<{ readonly sent: Sent; readonly content: RangeContent }> {
  const { kafka, schemas, plan } = run
  const letters = await readBook(kafka, schemas, plan.tenant)
  const ranges: PlannedRange[] = []
  for (const range of run.ranges) ranges.push({ ...range, from: Math.max(range.from, await resumedAt(run, range)) })
  const sender = new ReplaySender(run)
  try {
    const content = await scan({ ...run, ranges }, async (record) => {
      for (const sink of plan.sinks) {
        const to = plan.from === 'metrics' ? sink : throughEnricher(sink)
        await sender.add(record, to, noteOf(record, { ...run, letters, sink }))
      }
    })
    return { sent: await sender.finish(), content }
  } finally {
    await sender.close()
  }
}

function pointsOf(
  { value }: KafkaRecord,
  { schemas, plan }: Pick<ReplayRun, 'schemas' | 'plan'>,
): number | 'unreadable' | 'foreign' {
  try {
    const { tenant, points } = readEnvelope(value ?? new Uint8Array(), schemas)
    return tenant === plan.tenant ? points : 'foreign'
  } catch {
    return 'unreadable'
  }
}

interface Noted extends Pick<ReplayRun, 'plan' | 'version'> {
  readonly letters: DeadLetterBook
  readonly sink: string
}

/**
 * A record that was refused whole never got to the sink; of any other, what was added to totals was added. What the enricher makes of a record
 * once more may be other series: of them nothing was.
 */
function noteOf({ topic, partition, offset }: KafkaRecord, { plan, version, letters, sink }: Noted): ReplayNote {
  const isFirstWay = plan.from === 'metrics'
  const stage = isFirstWay ? { stage: 'sink', sink } : { stage: 'enricher', sink: '' }
  const letter = letters.find({ ...stage, topic, partition, offset })
  const isOpen = letter?.settled === ''
  return {
    replayId: plan.id,
    letterTenant: isOpen ? letter.tenant : '',
    written: isFirstWay && (letter === undefined || letter.refused >= 0),
    late: new Set(letter?.late),
    ...(isFirstWay ? {} : { version }),
  }
}

/** The source offset of the last record that a run of this plan has sent: it is sent again, since other sinks may lack it. */
async function resumedAt({ kafka, plan }: ReplayRun, { topic, partition }: PlannedRange): Promise<number> {
  const [starts, ends] = await Promise.all([
    kafka.offsetsAt(REPLAY_TOPIC, plan.startedMs - CLOCKS_MS),
    kafka.offsets(REPLAY_TOPIC),
  ])
  const to = ends.find((each) => each.partition === partition)?.latest ?? 0
  const from = starts.find((each) => each.partition === partition)?.offset ?? to
  let last = 0
  for await (const records of readRange(kafka, { topic: REPLAY_TOPIC, ranges: [{ partition, from, to }] })) {
    for (const stored of records) {
      const replayed = fromReplay(stored)
      if (replayed?.note.replayId === plan.id && replayed.record.topic === topic)
        last = Math.max(last, replayed.record.offset)
    }
  }
  return last
}
