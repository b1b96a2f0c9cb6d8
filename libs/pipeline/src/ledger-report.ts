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
 * The balance of the books. `positions` must have been taken after the enricher's rows were read and before the sinks'
 * last rows were: a stage commits only after its rows are acknowledged, so whatever lies before a committed offset must have
 * a row. Windows are minutes of the ingest records' append time; one is closed when the enricher has committed past it
 * on every ingest partition, or all that is there, and the sinks have committed all that it produced.
 */
export function foldLedger(fold: LedgerFold, question: LedgerQuestion): LedgerReport {
  const { positions, sinceMs, nowMs, tenant } = question
  const sinks = question.sinks ?? fold.sinks
  const ended = endOfClosed(fold, positions, nowMs)
  const windows = new Map<number, WindowTally>()
  const all = new Map<string, TenantTally>()
  const missingParts: MissingPart[] = []
  for (const record of fold.records()) {
    if (record.appendTimeMs < sinceMs) continue
    const startMs = Math.floor(record.appendTimeMs / WINDOW_MS) * WINDOW_MS
    const window = windows.get(startMs) ?? { open: startMs + WINDOW_MS > ended, tenants: new Map(), missing: 0 }
    windows.set(startMs, window)
    for (const part of record.enricher.values()) {
      if (tenant !== undefined && part.tenant !== tenant) continue
      const tallies = [tallyOf(window.tenants, part.tenant), tallyOf(all, part.tenant)]
      for (const tally of tallies) tally.addPart(part)
      for (const sink of sinks) {
        const row = record.sinks.get(sink)?.get(part.part)
        const finished = positions.finished.get(sink)?.has(record.partition) === true
        const closed = startMs + WINDOW_MS <= ended && finished
        if (!finished && part.produced > 0 && row === undefined) window.open = true
        for (const tally of tallies) tally.addOutcome(sink, part, row, closed)
        if (closed && settled(row) !== part.produced) missingParts.push(missing(sink, part, settled(row)))
      }
    }
  }
  const missingRecords = tenant === undefined ? unbooked(fold, positions) : []
  return {
    ...finish(windows, all),
    missingRecords,
    missingParts,
    waitingRecords: positions.ingest.reduce((sum, at) => sum + Math.max(0, at.latest - start(at)), 0),
    balanced:
      missingRecords.length === 0 && missingParts.length === 0 && [...all.values()].every((tally) => tally.result().unbalanced === 0),
  }
}

interface WindowTally {
  open: boolean
  readonly tenants: Map<string, TenantTally>
  missing: number
}

function finish(
  windows: ReadonlyMap<number, WindowTally>,
  all: ReadonlyMap<string, TenantTally>,
): { readonly windows: readonly WindowBalance[]; readonly tenants: readonly TenantBalance[] } {
  const ordered = [...windows].sort(([a], [b]) => a - b)
  return {
    tenants: results(all),
    windows: ordered.map(([startMs, window]) => {
      const tenants = results(window.tenants)
      return { startMs, closed: !window.open, balanced: tenants.every(isBalanced), tenants }
    }),
  }
}

function isBalanced(tenant: TenantBalance): boolean {
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

function settled(row: LedgerRow | undefined): number {
  return row === undefined ? 0 : settledPoints(row)
}

function missing(sink: string, part: LedgerRow, have: number): MissingPart {
  const { tenant, topic, partition, offset } = part
  return { sink, tenant, topic, partition, offset, part: part.part, points: part.produced - have }
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
    // The last record committed past: windows before its own are complete on this partition.
    const last = fold.record(at.topic, at.partition, at.committed - 1)
    ended = Math.min(ended, last === undefined ? 0 : Math.floor(last.appendTimeMs / WINDOW_MS) * WINDOW_MS)
  }
  return ended
}

/** Committed offsets without complete rows, as ranges. Records that retention removed are beyond proof and left out. */
function unbooked(fold: LedgerFold, positions: LedgerPositions): readonly OffsetRange[] {
  const ranges: { topic: string; partition: number; from: number; to: number }[] = []
  for (const at of positions.ingest) {
    const { topic, partition } = at
    const first = Math.max(at.earliest, fold.firstOffset(topic, partition))
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

export type { FoldedRecord }
