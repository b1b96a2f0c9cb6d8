import type { LedgerRow, SinkCounts } from '@pegel/contracts'
import { isFinal, replaced, settledPoints } from './ledger-outcomes.ts'
import type { Reading } from './ledger-tally.ts'
import { OffsetRanges } from './offset-ranges.ts'

/** The place of an outcome that is final: the sums have it, and nobody needs it any more. */
const FINAL = 'final'
type Outcome = SinkCounts | typeof FINAL | undefined

/** Where a cell adds up. */
export interface CellSums {
  records(tenant: string, count: number): void
  part(tenant: string, reading: Reading, sign: 1 | -1): void
  outcome(tenant: string, sink: number, counts: SinkCounts, sign: 1 | -1): void
  latency(tenant: string, sink: number, latencyMs: number): void
  /** How many records are kept, over all cells. */
  readonly kept: { records: number }
}

/** One ingest record as long as some outcome of it is lacking or may still change. */
class OpenRecord {
  readonly tenant: string
  readonly appendTimeMs: number
  /** Of the reading that counts; empty before there is a whole one. */
  parts: readonly Reading[] = []
  /** By part × sinks + sink. */
  readonly outcomes: Outcome[] = []
  /** Rows of a reading in several parts, as long as some are lacking. */
  staged: LedgerRow[] | undefined

  constructor({ tenant, appendTimeMs }: LedgerRow) {
    this.tenant = tenant
    this.appendTimeMs = appendTimeMs
  }

  /** The whole reading, when the row completes it. */
  complete(row: LedgerRow): readonly Reading[] | undefined {
    const { parts } = row
    if (parts <= 1) return [readingOf(row)]
    if (this.staged?.[0]?.parts !== parts) this.staged = []
    this.staged = [...this.staged.filter(({ part }) => part !== row.part), row]
    if (this.staged.length < parts) return undefined
    const rows = this.staged.sort((a, b) => a.part - b.part)
    this.staged = undefined
    return rows.map(readingOf)
  }
}

const NO_REASONS: Reading['refused'] = []

function readingOf({ received, produced, dropped, refused, tenantDeleted, unreadable }: LedgerRow): Reading {
  const reasons = (of: Reading['refused']): Reading['refused'] => (of.length === 0 ? NO_REASONS : of)
  return { received, produced, dropped: reasons(dropped), refused: reasons(refused), tenantDeleted, unreadable }
}

/** A part whose outcome at a sink is lacking, or does not add up to its points. */
export interface OpenPart {
  readonly tenant: string
  readonly appendTimeMs: number
  readonly offset: number
  readonly part: number
  readonly sink: number
  /** Points that lack an outcome; negative when there are more outcomes than points. */
  readonly lacking: number
  /** Points that are parked. */
  readonly parked: number
}

/**
 * The records of one ingest partition in one minute. A record whose outcomes are all final is let go: what is kept of it is its
 * offset, and any later row of it is a repetition. The others are kept, so that a row which comes later replaces the one it follows.
 */
export class LedgerCell {
  readonly topic: string
  readonly partition: number
  /** Offsets that the enricher has accounted for. */
  readonly booked = new OffsetRanges()
  /** Sinks that have committed past all of it: what they lack is missing. */
  readonly passed: boolean[]
  /** The lowest and the highest offset that the enricher has a row of. */
  first = Infinity
  last = -1
  readonly #sums: CellSums
  readonly #lacking: number[]
  readonly #open = new Map<number, OpenRecord>()

  constructor({ topic, partition }: LedgerRow, sinks: number, sums: CellSums) {
    this.topic = topic
    this.partition = partition
    this.#sums = sums
    this.passed = Array.from({ length: sinks }, () => false)
    this.#lacking = Array.from({ length: sinks }, () => 0)
  }

  /** A row of the enricher. @returns true when its record is accounted for now and was not before */
  read(row: LedgerRow): boolean {
    const { offset } = row
    this.first = Math.min(this.first, offset)
    this.last = Math.max(this.last, offset)
    if (this.#isLetGo(offset)) return false
    const record = this.#keep(row)
    const parts = record.complete(row)
    // What a sink has stored is of the reading before, so that is the one that counts.
    if (parts === undefined || record.outcomes.includes(FINAL)) return false
    const isNew = record.parts.length === 0
    if (!isNew) this.#count(record, -1)
    record.parts = parts
    this.#count(record, 1)
    this.booked.add(offset)
    this.#letGo(offset, record)
    return isNew
  }

  /** A row of a sink; of a replay, only what accounts for the part as it is counts. */
  settle(sink: number, row: LedgerRow, isReplay: boolean): void {
    const { offset, part, counts, latencyMs } = row
    if (counts === null || this.#isLetGo(offset) || (isReplay && !this.#open.has(offset))) return
    const record = this.#keep(row)
    const place = part * this.passed.length + sink
    const former = record.outcomes[place]
    if (former === FINAL) return
    const outcome = former === undefined ? counts : replaced(former, counts)
    const produced = record.parts[part]?.produced
    if (isReplay && settledPoints(outcome) !== produced) return
    this.#sums.latency(record.tenant, sink, latencyMs)
    record.outcomes[place] = outcome
    if (produced === undefined) return
    this.#countOutcome(record, { sink, produced, outcome: former }, -1)
    this.#countOutcome(record, { sink, produced, outcome }, 1)
    if (isFinal(outcome, produced)) record.outcomes[place] = FINAL
    this.#letGo(offset, record)
  }

  /** True when no sink that has yet to come past lacks an outcome. */
  get isSettled(): boolean {
    return this.#lacking.every((count, sink) => count === 0 || this.passed[sink] === true)
  }

  /** True when a sink that has passed lacks an outcome. */
  get isTroubled(): boolean {
    return this.isKept && this.#lacking.some((count, sink) => count !== 0 && this.passed[sink] === true)
  }

  get isKept(): boolean {
    return this.#open.size > 0
  }

  /** Lets go of all records, whatever they lack: the sums stay as they are. */
  abandon(): void {
    this.#sums.kept.records -= this.#open.size
    this.#open.clear()
  }

  /** What is not delivered, ascending by offset of arrival. */
  *undelivered(): Generator<OpenPart> {
    for (const [offset, { tenant, appendTimeMs, parts, outcomes }] of this.#open) {
      for (const [part, { produced }] of parts.entries()) {
        for (let sink = 0; sink < this.passed.length; sink += 1) {
          const outcome = outcomes[part * this.passed.length + sink]
          if (outcome === FINAL) continue
          const lacking = produced - (outcome === undefined ? 0 : settledPoints(outcome))
          const parked = outcome?.parked ?? 0
          if (lacking !== 0 || parked > 0) yield { tenant, appendTimeMs, offset, part, sink, lacking, parked }
        }
      }
    }
  }

  #isLetGo(offset: number): boolean {
    return this.booked.has(offset) && !this.#open.has(offset)
  }

  #keep(row: LedgerRow): OpenRecord {
    const known = this.#open.get(row.offset)
    if (known !== undefined) return known
    const created = new OpenRecord(row)
    this.#open.set(row.offset, created)
    this.#sums.kept.records += 1
    return created
  }

  #letGo(offset: number, { parts, outcomes }: OpenRecord): void {
    const sinks = this.passed.length
    for (const [part, { produced }] of parts.entries()) {
      if (produced === 0) continue
      for (let sink = 0; sink < sinks; sink += 1) if (outcomes[part * sinks + sink] !== FINAL) return
    }
    this.#open.delete(offset)
    this.#sums.kept.records -= 1
  }

  /** Adds a record that is booked, or takes it away; what is found to be final is then known as that alone. */
  #count(record: OpenRecord, sign: 1 | -1): void {
    const { tenant, parts, outcomes } = record
    const sinks = this.passed.length
    this.#sums.records(tenant, sign)
    for (const [part, reading] of parts.entries()) {
      this.#sums.part(tenant, reading, sign)
      for (let sink = 0; sink < sinks; sink += 1) {
        const place = part * sinks + sink
        const outcome = outcomes[place]
        this.#countOutcome(record, { sink, produced: reading.produced, outcome }, sign)
        if (sign === 1 && outcome !== undefined && outcome !== FINAL && isFinal(outcome, reading.produced))
          outcomes[place] = FINAL
      }
    }
  }

  #countOutcome({ tenant }: OpenRecord, { sink, produced, outcome }: PartOutcome, sign: 1 | -1): void {
    if (outcome !== undefined && outcome !== FINAL) this.#sums.outcome(tenant, sink, outcome, sign)
    const settled = outcome === undefined ? 0 : outcome === FINAL ? produced : settledPoints(outcome)
    if (settled !== produced) this.#lacking[sink] = (this.#lacking[sink] ?? 0) + sign
  }
}

interface PartOutcome {
  readonly sink: number
  readonly produced: number
  readonly outcome: Outcome
}
