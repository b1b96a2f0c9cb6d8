import { decodeRecord } from '@pegel/contracts'
import type { DeadLetterRecord, SchemaLookup } from '@pegel/contracts'
import type { KafkaRecord } from '@pegel/kafka'

/** The only reason that a sink has of its own for a single point: see sink-prometheus. */
const LATE_INCREMENT = 'delta_out_of_order'

/** What is known of a letter without its value. */
export interface LetterSummary {
  /** In the dead-letters topic. */
  readonly partition: number
  readonly offset: number
  readonly writtenAtMs: number
  readonly tenant: string
  readonly stage: string
  /** Empty at the enricher. */
  readonly sink: string
  /** The source record. */
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number }
  /** LogAppendTime of the source record, ms since the epoch; 0 when not known. */
  readonly sourceAtMs: number
  /** Refused points, -1 for the whole record. */
  readonly refused: number
  /** Most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[]
  /** Points whose increment was too late for a running total, and was not added to it. */
  readonly late: readonly number[]
  /** Of the first refusal. */
  readonly message: string
  /** Of the source record's value; 0 when the letter had no room for it. */
  readonly sizeBytes: number
  /** Empty while it is open. */
  readonly settled: string
  /** The replay that wrote the letter, or that settled it. */
  readonly replayId: string
}

/** What a letter is of. */
export type LetterPlace = Pick<DeadLetterRecord, 'stage' | 'sink' | 'topic' | 'partition' | 'offset'>

/**
 * The dead-letters topic, folded: the newest letter of each source record at each stage and sink, and whether it was settled since. All
 * records of a tenant are in one partition, in which the last one holds. Memory grows with the letters, not with their values.
 */
export class DeadLetterBook {
  readonly #schemas: SchemaLookup
  readonly #letters = new Map<string, LetterSummary>()
  #unreadable = 0

  constructor(schemas: SchemaLookup) {
    this.#schemas = schemas
  }

  /** Records that are of a newer program, or no letters. */
  get unreadable(): number {
    return this.#unreadable
  }

  add(record: KafkaRecord): void {
    let letter: DeadLetterRecord
    try {
      letter = decodeRecord('DeadLetter', record.value ?? new Uint8Array(), this.#schemas)
    } catch {
      this.#unreadable += 1
      return
    }
    const key = keyOf(letter)
    if (letter.settled === '') {
      this.#letters.set(key, summaryOf(letter, record))
      return
    }
    const known = this.#letters.get(key)
    // A letter that retention has removed needs nobody either way.
    if (known !== undefined)
      this.#letters.set(key, { ...known, settled: letter.settled, replayId: letter.replayId || known.replayId })
  }

  /** Of a source record at a stage, and at a sink. */
  find(place: LetterPlace): LetterSummary | undefined {
    return this.#letters.get(keyOf(place))
  }

  /** Oldest first. */
  letters(): readonly LetterSummary[] {
    return [...this.#letters.values()].sort((a, b) => a.writtenAtMs - b.writtenAtMs || a.offset - b.offset)
  }
}

/** The record that says that a letter needs nobody any more; it goes where the letter went, by the tenant. */
export function settlementOf(
  letter: LetterPlace & Pick<DeadLetterRecord, 'tenant'>,
  end: { readonly settled: 'replayed' | 'dropped'; readonly replayId: string; readonly nowMs: number },
): DeadLetterRecord {
  const { tenant, stage, sink, topic, partition, offset } = letter
  return {
    ...{ tenant, stage, sink, topic, partition, offset },
    key: null,
    value: new Uint8Array(),
    refusals: [],
    failedAtMs: end.nowMs,
    timestampMs: 0,
    headers: [],
    settled: end.settled,
    replayId: end.replayId,
  }
}

function keyOf({ stage, sink, topic, partition, offset }: LetterPlace): string {
  return `${stage}/${sink}/${topic}/${partition}@${offset}`
}

function summaryOf(letter: DeadLetterRecord, { partition, offset, timestampMs }: KafkaRecord): LetterSummary {
  const { tenant, stage, sink, refusals, value, settled, replayId } = letter
  const counts = new Map<string, number>()
  for (const { reason } of refusals) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  const whole = refusals.some(({ point }) => point < 0)
  return {
    ...{ partition, offset, writtenAtMs: timestampMs, tenant, stage, sink, settled, replayId },
    source: { topic: letter.topic, partition: letter.partition, offset: letter.offset },
    sourceAtMs: letter.timestampMs,
    refused: whole ? -1 : refusals.length,
    reasons: [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
    late: refusals.filter(({ reason }) => reason === LATE_INCREMENT).map(({ point }) => point),
    message: refusals[0]?.message ?? '',
    sizeBytes: value.length,
  }
}
