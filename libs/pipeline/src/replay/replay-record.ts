import type { KafkaRecord, OutgoingRecord } from '@pegel/kafka'

export const REPLAY_TOPIC = 'pegel.replay.v1'

const MARK = 'pegel-'
const SINK = `${MARK}sink`
const REPLAY_ID = `${MARK}replay-id`
const SOURCE = `${MARK}source`
const SOURCE_TIME = `${MARK}source-time`
const LETTER = `${MARK}letter`
const WRITTEN = `${MARK}written`
const LATE = `${MARK}late`
const REPROCESSED = `${MARK}reprocessed`
const VERSION = `${MARK}version`
const ENRICHER = 'enricher>'
/** Kafka bounds a record with its headers; more indices than this are as good as none known. */
const MAX_LATE_CHARS = 32 * 1024

/** What a replay says of a record besides the record itself. */
export interface ReplayNote {
  readonly replayId: string
  /** Tenant of the dead letter that this settles, when it is stored; empty when there is none. */
  readonly letterTenant: string
  /**
   * The sink had the record in its hands before, so that increments were added to running totals: all but those of the points `late`.
   * Otherwise none was.
   */
  readonly written: boolean
  /** Points whose increment came too late for its total, and was not added. */
  readonly late: ReadonlySet<number>
  /** Of what goes through the enricher again: the version of the tenant's file that was the newest when it was sent. */
  readonly version?: number
}

/** A source record of a sink, on its way to that sink again. */
export interface ReplayedRecord {
  readonly sink: string
  readonly record: KafkaRecord
  readonly note: ReplayNote
}

/** The record for the replay topic: key and value unchanged, its place and what is known of it in headers. */
export function toReplay(source: KafkaRecord, sink: string, note: ReplayNote): OutgoingRecord {
  const { topic, partition, offset, timestampMs, key, value } = source
  const late = [...note.late].join()
  return {
    topic: REPLAY_TOPIC,
    key: key ?? '',
    value,
    // All records of a source partition stay together and in order.
    partition,
    headers: {
      ...withoutMarks(source.headers),
      [SINK]: sink,
      [REPLAY_ID]: note.replayId,
      [SOURCE]: `${topic}/${partition}@${offset}`,
      [SOURCE_TIME]: String(timestampMs),
      ...(note.version === undefined ? {} : { [VERSION]: String(note.version) }),
      ...(note.letterTenant === '' ? {} : { [LETTER]: note.letterTenant }),
      ...(note.written && late.length <= MAX_LATE_CHARS ? { [WRITTEN]: '1' } : {}),
      ...(late === '' || late.length > MAX_LATE_CHARS ? {} : { [LATE]: late }),
    },
  }
}

/** Whom a record of `ingest` names that is to go through the enricher once more, by the newest version of the tenant's file, and on to a sink. */
export function throughEnricher(sink: string): string {
  return ENRICHER + sink
}

/** The sink behind the enricher; undefined when it is not the enricher that is named. */
export function behindEnricher(named: string): string | undefined {
  return named.startsWith(ENRICHER) ? named.slice(ENRICHER.length) : undefined
}

/** What the enricher made of a record once more, on its way to one sink. It never stood in `metrics`: its place is the one that it takes here. */
export function toReprocessed(
  { key, value, headers = {} }: OutgoingRecord,
  { sink, replayId, partition }: { readonly sink: string; readonly replayId: string; readonly partition: number },
): OutgoingRecord {
  const marks = { [SINK]: sink, [REPLAY_ID]: replayId, [REPROCESSED]: '1' }
  return { topic: REPLAY_TOPIC, partition, key, value, headers: { ...headers, ...marks } }
}

/** The source record as it was, in its place; undefined when the record is no replay. */
export function fromReplay(stored: KafkaRecord): ReplayedRecord | undefined {
  const text = (name: string): string => stored.headers[name]?.toString('utf8') ?? ''
  const place = text(REPROCESSED) === '' ? placeOf(text(SOURCE)) : { topic: REPLAY_TOPIC }
  if (place === undefined) return undefined
  const timestampMs = text(REPROCESSED) === '' ? Number(text(SOURCE_TIME)) || 0 : stored.timestampMs
  const record = { ...stored, ...place, timestampMs, headers: withoutMarks(stored.headers) }
  const late = text(LATE).split(',').filter(Boolean).map(Number)
  const note = {
    replayId: text(REPLAY_ID),
    letterTenant: text(LETTER),
    written: text(WRITTEN) === '1',
    late: new Set(late),
    ...(text(VERSION) === '' ? {} : { version: Number(text(VERSION)) }),
  }
  return { sink: text(SINK), record, note }
}

function placeOf(text: string): Pick<KafkaRecord, 'topic' | 'partition' | 'offset'> | undefined {
  const [, topic, partition, offset] = /^(.+)\/(\d{1,9})@(\d{1,15})$/.exec(text) ?? []
  return topic === undefined ? undefined : { topic, partition: Number(partition), offset: Number(offset) }
}

function withoutMarks<T>(headers: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !MARKS.has(name)))
}

/** A signature of a direct producer begins with `pegel-`, too, and stays. */
const MARKS: ReadonlySet<string> = new Set([
  SINK,
  REPLAY_ID,
  SOURCE,
  SOURCE_TIME,
  LETTER,
  WRITTEN,
  LATE,
  REPROCESSED,
  VERSION,
])
