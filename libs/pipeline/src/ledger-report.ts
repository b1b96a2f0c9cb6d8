import type { LedgerRow } from '@pegel/contracts'
import { isComplete, settledPoints } from './ledger-fold.ts'
import type { FoldedRecord, LedgerFold } from './ledger-fold.ts'
import { TenantTally } from './ledger-tally.ts'
import type {
  LedgerPositions,
  LedgerQuestion,
  LedgerReport,
  MissingPart,
  OffsetRange,
  TenantBalance,
  WindowBalance,
} from './ledger-types.ts'

export const WINDOW_MS = 60_000

/**
 * The balance of the books. The positions were taken before the ledger was read to its end, in this order: the enricher's
 * offsets, the end of `metrics`, the sinks' offsets. A stage commits only after its rows are acknowledged, so whatever lies before a
 * committed offset must have a row. Windows are minutes of the ingest records' append time; one is closed when the enricher
 * has committed past it on every ingest partition, or all that is there, and the sinks all that it had produced by then.
 */
export function foldLedger(fold: LedgerFold, question: LedgerQuestion): LedgerReport {
  const books = new Books(fold, question)
  for (const record of fold.records()) books.add(record)
  const { positions, tenant } = question
  const missingRecords = tenant === undefined ? unbooked(fold, positions) : []
  const tenants = results(books.all)
  return {
    tenants,
    windows: books.finish(),
    missingRecords,
    missingParts: books.missingParts,
    waitingRecords: positions.ingest.reduce((sum, at) => sum + Math.max(0, at.latest - start(at)), 0),
    balanced: missingRecords.length === 0 && tenants.every(isBalanced),
  }
}

class Books {
  readonly all = new Map<string, TenantTally>()
  readonly missingParts: MissingPart[] = []
  readonly #question: LedgerQuestion
  readonly #sinks: readonly string[]
  readonly #ended: number
  readonly #windows = new Map<number, WindowTally>()

  constructor(fold: LedgerFold, question: LedgerQuestion) {
    this.#question = question
    // A sink that reads but has written no row yet has a share in every window as well.
    this.#sinks = question.sinks ?? [...new Set([...fold.sinks, ...question.positions.finished.keys()])].sort()
    this.#ended = endOfClosed(fold, question.positions, question.nowMs)
  }

  add(record: FoldedRecord): void {
    // Half a record says nothing yet; if the rest never comes, it is among the missing.
    if (!isComplete(record)) return
    const startMs = Math.floor(record.appendTimeMs / WINDOW_MS) * WINDOW_MS
    for (const part of record.enricher.values()) {
      if (this.#question.tenant !== undefined && part.tenant !== this.#question.tenant) continue
      const window = this.#windows.get(startMs) ?? { open: startMs + WINDOW_MS > this.#ended, tenants: new Map() }
      this.#windows.set(startMs, window)
      const tallies = [tallyOf(window.tenants, part.tenant), tallyOf(this.all, part.tenant)]
      for (const tally of tallies) tally.addPart(part)
      for (const sink of this.#sinks)
        this.#addOutcome({ sink, part, row: record.sinks.get(sink)?.get(part.part), window, tallies })
    }
  }

  finish(): readonly WindowBalance[] {
    const ordered = [...this.#windows].sort(([a], [b]) => a - b)
    return ordered.map(([startMs, window]) => {
      const tenants = results(window.tenants)
      return { startMs, closed: !window.open, balanced: tenants.every(isBalanced), tenants }
    })
  }

  #addOutcome({ sink, part, row, window, tallies }: SinkOutcome): void {
    const have = row === undefined ? 0 : settledPoints(row)
    const finished = this.#question.positions.finished.get(sink)?.has(part.partition) === true
    if (!finished && have !== part.produced) window.open = true
    // While others of the window are under way this part may be judged already: its own sink has passed it.
    const closed = finished && Math.floor(part.appendTimeMs / WINDOW_MS) * WINDOW_MS + WINDOW_MS <= this.#ended
    for (const tally of tallies) tally.addOutcome(sink, part, row, closed)
    if (closed && have !== part.produced) this.missingParts.push(missing(sink, part, have))
  }
}

interface SinkOutcome {
  readonly sink: string
  readonly part: LedgerRow
  readonly row: LedgerRow | undefined
  readonly window: WindowTally
  readonly tallies: readonly TenantTally[]
}

interface WindowTally {
  open: boolean
  readonly tenants: Map<string, TenantTally>
}

/** True when nothing of the tenant's points is unaccounted for. */
export function isBalanced(tenant: TenantBalance): boolean {
  return tenant.unbalanced === 0 && tenant.sinks.every((sink) => sink.unbalanced === 0)
}

function results(tallies: ReadonlyMap<string, TenantTally>): readonly TenantBalance[] {
  return [...tallies.values()].map((tally) => tally.result()).sort((a, b) => a.tenant.localeCompare(b.tenant))
}

function tallyOf(tallies: Map<string, TenantTally>, tenant: string): TenantTally {
  const tally = tallies.get(tenant) ?? new TenantTally(tenant)
  tallies.set(tenant, tally)
  return tally
}

function missing(sink: string, part: LedgerRow, have: number): MissingPart {
  const { tenant, topic, partition, offset, appendTimeMs } = part
  return { sink, tenant, topic, partition, offset, part: part.part, points: part.produced - have, appendTimeMs }
}

type IngestPosition = LedgerPositions['ingest'][number]

/** Where the enricher goes on: its committed offset, or the earliest record before its first commit. */
function start(at: IngestPosition): number {
  return at.committed < 0 ? at.earliest : Math.max(at.committed, at.earliest)
}

/** Everything appended before this time has been judged by the enricher, on every partition. */
function endOfClosed(fold: LedgerFold, positions: LedgerPositions, nowMs: number): number {
  let ended = Math.floor(nowMs / WINDOW_MS) * WINDOW_MS
  for (const at of positions.ingest) {
    if (start(at) >= at.latest) continue
    // The last record committed past: windows before its own are complete on this partition. Older ones than the books are not in them.
    const last = fold.record(at.topic, at.partition, at.committed - 1)
    ended = Math.min(ended, Math.floor((last?.appendTimeMs ?? fold.sinceMs) / WINDOW_MS) * WINDOW_MS)
  }
  return ended
}

/**
 * Committed offsets without complete rows, as ranges: lost on the way, or removed by retention before they were read. Without an
 * older row to go on from, what lies before the earliest record is beyond proof.
 */
function unbooked(fold: LedgerFold, positions: LedgerPositions): readonly OffsetRange[] {
  const ranges: { topic: string; partition: number; from: number; to: number }[] = []
  for (const at of positions.ingest) {
    const { topic, partition } = at
    const first = fold.firstOffset(topic, partition) || at.earliest
    for (let offset = first; offset < Math.min(at.committed, at.latest); offset += 1) {
      const record = fold.record(topic, partition, offset)
      if (record !== undefined && isComplete(record)) continue
      const open = ranges.at(-1)
      if (open?.topic === topic && open.partition === partition && open.to === offset) open.to = offset + 1
      else ranges.push({ topic, partition, from: offset, to: offset + 1 })
    }
  }
  return ranges
}
