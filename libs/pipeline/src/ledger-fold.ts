import type { LedgerEntry, LedgerRow } from '@pegel/contracts'

/** Log events pass no enricher, so there is nothing to balance them against: sinks book what became of them, and no more. */
const EVENTS_TOPIC = 'pegel.events.v1'

/** One ingest record as the ledger knows it: the last rows of its parts, from the enricher and from each sink. */
export interface FoldedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly appendTimeMs: number
  /** By part. Only parts below the count that the last row of part 0 names are of the last reading. */
  readonly enricher: Map<number, LedgerRow>
  /** Sink → part → last row. */
  readonly sinks: Map<string, Map<number, LedgerRow>>
}

/**
 * Ledger entries → last row per key. Entries are added in the order of their ledger partition; adding one twice changes
 * nothing, which is why a crash may repeat entries. Memory grows with the records since `sinceMs`, or since the last `forget`.
 */
export class LedgerFold {
  #sinceMs: number
  readonly #records = new Map<string, Map<number, FoldedRecord>>()
  /** Per ingest partition, the offset after the last record known to be older than sinceMs. */
  readonly #before = new Map<string, number>()
  readonly #sinks = new Set<string>()

  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs
  }

  add(entry: LedgerEntry): void {
    // A replay writes outcomes again that are booked already: it is no part of the balance.
    if (entry.stage === 'replay') return
    const rows = entry.rows.filter(({ topic }) => topic !== EVENTS_TOPIC)
    if (rows.length === 0 && entry.rows.length > 0) return
    if (entry.stage === 'sink') this.#sinks.add(entry.sink)
    for (const row of rows) this.#addRow(entry.stage === 'sink' ? entry.sink : undefined, row)
  }

  /** Nothing that was appended earlier is in here, ms since the epoch. */
  get sinceMs(): number {
    return this.#sinceMs
  }

  /** Lets go of the records that were appended before a time; rows of them that come again are ignored. */
  forget(beforeMs: number): void {
    if (beforeMs <= this.#sinceMs) return
    this.#sinceMs = beforeMs
    for (const [key, partition] of this.#records) {
      for (const [offset, { appendTimeMs }] of partition) {
        if (appendTimeMs >= beforeMs) continue
        partition.delete(offset)
        this.#pass(key, offset)
      }
    }
  }

  /** Names of the sinks that have written anything. */
  get sinks(): readonly string[] {
    return [...this.#sinks].sort()
  }

  *records(): Generator<FoldedRecord> {
    for (const partition of this.#records.values()) yield* partition.values()
  }

  record(topic: string, partition: number, offset: number): FoldedRecord | undefined {
    return this.#records.get(`${topic}/${partition}`)?.get(offset)
  }

  /** First offset that may lie within the time asked for; 0 when no older record is known. */
  firstOffset(topic: string, partition: number): number {
    return this.#before.get(`${topic}/${partition}`) ?? 0
  }

  #addRow(sink: string | undefined, row: LedgerRow): void {
    const key = `${row.topic}/${row.partition}`
    if (row.appendTimeMs < this.#sinceMs) {
      this.#pass(key, row.offset)
      return
    }
    const record = this.#recordOf(key, row)
    if (sink === undefined) {
      // A later reading may have other parts; those of the reading before would be counted beside them.
      if (row.part === 0) for (const part of record.enricher.keys()) if (part >= row.parts) record.enricher.delete(part)
      record.enricher.set(row.part, row)
      return
    }
    const parts = record.sinks.get(sink) ?? new Map<number, LedgerRow>()
    record.sinks.set(sink, parts.set(row.part, row))
  }

  #pass(key: string, offset: number): void {
    this.#before.set(key, Math.max(this.#before.get(key) ?? 0, offset + 1))
  }

  #recordOf(key: string, row: LedgerRow): FoldedRecord {
    const partition = this.#records.get(key) ?? new Map<number, FoldedRecord>()
    this.#records.set(key, partition)
    const known = partition.get(row.offset)
    if (known !== undefined) return known
    const { topic, partition: number, offset, appendTimeMs } = row
    const created = { topic, partition: number, offset, appendTimeMs, enricher: new Map(), sinks: new Map() }
    partition.set(offset, created)
    return created
  }
}

/** True when the enricher's rows name every part of the record. */
export function isComplete(record: FoldedRecord): boolean {
  const first = record.enricher.get(0)
  return first !== undefined && record.enricher.size >= Math.max(1, first.parts)
}

/** What became of a part's points at a sink, added up. */
export function settledPoints(row: LedgerRow): number {
  const counts: readonly number[] = row.counts === null ? [] : Object.values(row.counts)
  return counts.reduce((sum, count) => sum + count, 0)
}
