import type { LedgerEntry, LedgerRow } from '@pegel/contracts'
import { gapKey, LedgerWindow, startOfWindow } from './ledger-window.ts'
import type { WindowBook } from './ledger-window.ts'
import { addState, NO_STATE } from './ledger-tally.ts'
import type { SinkState, TenantTally } from './ledger-tally.ts'
import { INGEST_TOPICS, METRICS_TOPIC } from './ledger-positions.ts'
import type {
  ExpiredRecords,
  LedgerPositions,
  LedgerSnapshot,
  MissingPart,
  OffsetRange,
  TenantBalance,
} from './ledger-types.ts'
import { OffsetRanges } from './offset-ranges.ts'

export interface LedgerBookOptions {
  /** Records that were appended before the minute in which this lies are left out, ms since the epoch. */
  readonly sinceMs: number
  /** The sinks that have a share in every minute. Rows of others are left out, and they are named in `strangers`. */
  readonly sinks: readonly string[]
  /** How long minutes are kept, ms. Default: for ever. */
  readonly keepMs?: number
  /** First offsets since `sinceMs`. Without them a partition is judged from its earliest record, or from the last row before `sinceMs`. */
  readonly starts?: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]
  /** What is missing is named up to so many times; it is counted all the same. Default 1,000. */
  readonly maxMissing?: number
  /** How many records may be kept because their outcomes may still change, about 300 bytes each. Default 1,000,000. */
  readonly maxRecords?: number
}

/** What the books know of one ingest partition, over all minutes. */
interface PartitionBook {
  booked: OffsetRanges
  /** Where the books were told to begin. */
  start: number | undefined
  /** Records below are known to be older than the books: nothing above is missing by right. */
  before: number | undefined
}

/**
 * The books: entries of the ledger in, the balance out, in any number of judgements. Entries are added in the order of their ledger partition;
 * adding one twice changes nothing, which is why a crash may repeat them. Kept are the sums of each minute, and the records whose outcomes
 * may still change: a drained or replayed record that comes late corrects the sums of a minute that has closed.
 */
export class LedgerBook {
  /** Sinks that wrote or read something and have no share: who wants them in the books must begin new ones. */
  readonly strangers = new Set<string>()
  readonly #options: LedgerBookOptions
  readonly #common: WindowBook
  readonly #windows = new Map<number, LedgerWindow>()
  readonly #partitions = new Map<string, PartitionBook>()
  /** By sink, topic, partition and first offset. */
  readonly #expired = new Map<string, ExpiredRecords>()
  #sinceMs: number
  #endedMs: number

  constructor(options: LedgerBookOptions) {
    this.#options = options
    this.#sinceMs = startOfWindow(options.sinceMs)
    this.#endedMs = this.#sinceMs
    const sums = { totals: new Map<string, TenantTally>(), gone: new Map<string, TenantTally>() }
    this.#common = { sinks: [...options.sinks].sort(), ...sums, kept: { records: 0 } }
    for (const { topic, partition, offset } of options.starts ?? []) this.#partition(topic, partition).start = offset
  }

  add(entry: LedgerEntry): void {
    const { stage } = entry
    // What went through the enricher once more has an account of its own; the books are those of the first way.
    const rows = entry.rows.filter(({ reprocessed }) => !reprocessed)
    if (stage === 'enricher') for (const row of rows) this.#judged(row)
    else if (stage === 'gateway') for (const row of rows) this.#unconfirm(entry.instance, row)
    else this.#settle({ ...entry, rows })
    if (this.#common.kept.records > (this.#options.maxRecords ?? 1_000_000)) this.#seal()
  }

  /**
   * Judges what was added. The positions were taken before the ledger was read to its end, in the order of the data's way: ends of
   * `ingest`, the enricher's offsets, the end of `metrics`, the sinks' offsets. A stage commits only after its rows are acknowledged, so
   * whatever lies before a committed offset must have a row. A minute is closed when the enricher has committed past it on every
   * ingest partition, or all that is there, and the sinks all that it had produced by then.
   */
  judge(positions: LedgerPositions, nowMs: number): LedgerSnapshot {
    const { sinks, totals, gone, kept } = this.#common
    for (const sink of positions.finished.keys()) if (!sinks.includes(sink)) this.strangers.add(sink)
    this.#expire(nowMs - (this.#options.keepMs ?? Infinity))
    this.#endedMs = Math.max(this.#endedMs, this.#endOfRead(positions, nowMs))
    const missingParts: MissingPart[] = []
    const judgement = { endedMs: this.#endedMs, finished: positions.finished, gaps: this.#gaps(), missingParts }
    const windows = this.#ordered().map((window) => window.judge(judgement))
    const bounded = <T>(items: readonly T[]): readonly T[] => items.slice(-(this.#options.maxMissing ?? 1000))
    return {
      takenAtMs: nowMs,
      sinceMs: this.#sinceMs,
      tenants: balancesOf(totals, this.#states()),
      gone: balancesOf(gone),
      windows,
      missingRecords: bounded(this.#unbooked(positions)),
      missingParts: bounded(missingParts),
      expiredRecords: [...this.#expired.values()],
      waitingRecords: positions.ingest.reduce((sum, at) => sum + Math.max(0, at.latest - start(at)), 0),
      keptRecords: kept.records,
      sealedWindows: this.#ordered().filter(({ sealed }) => sealed).length,
    }
  }

  /** The enricher counts outcomes only of what it never saw. */
  #judged(row: LedgerRow): void {
    if (row.counts === null) this.#read(row)
    else this.#note('', row)
  }

  #read(row: LedgerRow): void {
    const partition = this.#partition(row.topic, row.partition)
    const window = this.#window(row)
    if (window === undefined) {
      partition.before = Math.max(partition.before ?? 0, row.offset + 1)
      return
    }
    if (!window.read(row)) return
    // The same offset in another minute: the topic was made anew, and begins at 0 again.
    if (partition.booked.has(row.offset)) Object.assign(partition, { booked: new OffsetRanges(), before: 0 })
    partition.booked.add(row.offset)
  }

  #settle({ stage, sink, rows }: LedgerEntry): void {
    const index = this.#common.sinks.indexOf(sink)
    if (index === -1) {
      // A replay of a sink that never ran is nobody's share.
      if (stage === 'sink' && rows.some(({ topic }) => isIngest(topic))) this.strangers.add(sink)
      return
    }
    for (const row of rows) {
      const isReplay = stage === 'replay' || row.replayId !== ''
      if (isIngest(row.topic)) this.#window(row)?.settle(index, row, isReplay)
      else this.#note(sink, row)
    }
  }

  /** What a sink says of records whose source it does not know, or the enricher of records that it never saw. */
  #note(sink: string, { topic, partition, offset, counts, appendTimeMs }: LedgerRow): void {
    const records = counts?.expired ?? 0
    if (records === 0 || appendTimeMs < this.#sinceMs) return
    const expired = { sink, topic, partition, from: offset, to: offset + records, atMs: appendTimeMs }
    this.#expired.set(`${sink}/${topic}/${partition}@${offset}`, expired)
  }

  #unconfirm(gateway: string, row: LedgerRow): void {
    this.#window(row)?.unconfirm(gateway, row.tenant, row.received)
  }

  /** Undefined when it is older than the books. */
  #window({ appendTimeMs }: LedgerRow): LedgerWindow | undefined {
    if (appendTimeMs < this.#sinceMs) return undefined
    const startMs = startOfWindow(appendTimeMs)
    const window = this.#windows.get(startMs) ?? new LedgerWindow(startMs, this.#common)
    this.#windows.set(startMs, window)
    return window
  }

  #ordered(): readonly LedgerWindow[] {
    return [...this.#windows.values()].sort((a, b) => a.startMs - b.startMs)
  }

  #partition(topic: string, partition: number): PartitionBook {
    const key = `${topic}/${partition}`
    const known = this.#partitions.get(key) ?? { booked: new OffsetRanges(), start: undefined, before: undefined }
    this.#partitions.set(key, known)
    return known
  }

  /** Everything appended before this time has been judged by the enricher, on every partition. */
  #endOfRead({ ingest }: LedgerPositions, nowMs: number): number {
    const newestFirst = this.#ordered().toReversed()
    let ended = startOfWindow(nowMs)
    for (const at of ingest) {
      if (start(at) >= at.latest) continue
      // The last record committed past: windows before its own are complete on this partition.
      const last = newestFirst.find((window) => (window.cell(at.topic, at.partition)?.first ?? Infinity) < at.committed)
      ended = Math.min(ended, last?.startMs ?? this.#sinceMs)
    }
    return ended
  }

  #states(): ReadonlyMap<string, readonly SinkState[]> {
    const all = new Map<string, SinkState[]>()
    for (const window of this.#windows.values()) {
      for (const [tenant, states] of window.states) {
        const sums = all.get(tenant) ?? states.map(() => ({ ...NO_STATE }))
        all.set(tenant, sums)
        for (const [sink, state] of states.entries()) addState(sums[sink], state)
      }
    }
    return all
  }

  /**
   * Committed offsets without complete rows: lost on the way, or removed by retention before they were read. Without a row or a start to go
   * on from, what lies before the earliest record is beyond proof.
   */
  #unbooked({ ingest }: LedgerPositions): readonly OffsetRange[] {
    return ingest.flatMap(({ topic, partition, earliest, latest, committed }) => {
      const { booked, before, start: first } = this.#partition(topic, partition)
      const gaps = booked.gaps(before ?? first ?? earliest, Math.min(committed, latest))
      const expired = this.#expiredAt(topic, partition)
      return gaps.flatMap(({ from, to }) => expired.gaps(from, to)).map((gap) => ({ topic, partition, ...gap }))
    })
  }

  /** Ingest records that retention removed before the enricher had read them: no point of them is known. */
  #expiredAt(topic: string, partition: number): OffsetRanges {
    const ranges = new OffsetRanges()
    for (const at of this.#expired.values())
      if (at.sink === '' && at.topic === topic && at.partition === partition) ranges.addSpan(at)
    return ranges
  }

  #gaps(): Map<string, number> {
    const gaps = new Map<string, number>()
    for (const { sink, topic, partition, from, to } of this.#expired.values()) {
      if (topic !== METRICS_TOPIC) continue
      const key = gapKey(sink, partition)
      gaps.set(key, (gaps.get(key) ?? 0) + to - from)
    }
    return gaps
  }

  #expire(beforeMs: number): void {
    if (startOfWindow(beforeMs) <= this.#sinceMs) return
    this.#sinceMs = startOfWindow(beforeMs)
    for (const [startMs, window] of this.#windows) {
      if (startMs >= this.#sinceMs) continue
      for (const { topic, partition, last } of window.cells()) this.#forget(topic, partition, last + 1)
      window.expire()
      this.#windows.delete(startMs)
    }
    for (const [tenant, tally] of this.#common.totals) if (!tally.isKnown) this.#common.totals.delete(tenant)
    for (const [key, { sink, topic, partition, to, atMs }] of this.#expired) {
      if (atMs >= this.#sinceMs) continue
      this.#expired.delete(key)
      if (sink === '') this.#forget(topic, partition, to)
    }
  }

  #forget(topic: string, partition: number, offset: number): void {
    const known = this.#partition(topic, partition)
    known.before = Math.max(known.before ?? 0, offset)
    known.booked.dropBefore(known.before)
  }

  /** Lets go of the records of the oldest minute that keeps any: bounded memory is worth more than what is said of that minute. */
  #seal(): void {
    this.#ordered()
      .find((window) => window.isKept)
      ?.seal()
  }
}

function balancesOf(
  tallies: ReadonlyMap<string, TenantTally>,
  states?: ReadonlyMap<string, readonly SinkState[]>,
): readonly TenantBalance[] {
  return [...tallies]
    .filter(([, tally]) => tally.isKnown)
    .map(([tenant, tally]) => tally.result(states?.get(tenant)))
    .sort((a, b) => a.tenant.localeCompare(b.tenant))
}

function isIngest(topic: string): boolean {
  return (INGEST_TOPICS as readonly string[]).includes(topic)
}

/** Where the enricher goes on: its committed offset, or the earliest record before its first commit. */
function start(at: LedgerPositions['ingest'][number]): number {
  return at.committed < 0 ? at.earliest : Math.max(at.committed, at.earliest)
}
