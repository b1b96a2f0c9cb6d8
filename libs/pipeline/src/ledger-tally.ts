import { NO_COUNTS } from '@pegel/contracts'
import type { LedgerRow, SinkCounts } from '@pegel/contracts'
import { settledPoints } from './ledger-fold.ts'
import type { SinkBalance, TenantBalance } from './ledger-types.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const COUNTS = Object.keys(NO_COUNTS) as readonly (keyof SinkCounts)[]
const SINK_TOTALS = [...COUNTS, 'produced', 'inFlight', 'unbalanced'] as const
const TOTALS = ['records', 'received', 'produced', 'dropped', 'refused', 'tenantDeleted', 'unreadable'] as const

/** Adds rows of one tenant up. */
export class TenantTally {
  readonly #total: Mutable<Omit<TenantBalance, 'sinks' | 'tenant' | 'unbalanced'>>
  readonly #sinks = new Map<string, Mutable<SinkBalance>>()
  readonly #tenant: string

  constructor(tenant: string) {
    this.#tenant = tenant
    this.#total = {
      records: 0,
      received: 0,
      produced: 0,
      dropped: 0,
      refused: 0,
      tenantDeleted: 0,
      unreadable: 0,
      droppedBy: {},
      refusedBy: {},
    }
  }

  /** A row of the enricher. */
  addPart(row: LedgerRow): void {
    const total = this.#total
    if (row.part === 0) total.records += 1
    total.received += row.received
    total.produced += row.produced
    total.tenantDeleted += row.tenantDeleted
    total.unreadable += row.unreadable
    total.dropped += addReasons(total.droppedBy, row.dropped)
    total.refused += addReasons(total.refusedBy, row.refused)
  }

  /** The row of a sink for a part that the enricher produced, or undefined while there is none. */
  addOutcome(sink: string, part: LedgerRow, row: LedgerRow | undefined, closed: boolean): void {
    const balance = this.#sink(sink)
    const settled = row === undefined ? 0 : settledPoints(row)
    balance.produced += part.produced
    if (closed) balance.unbalanced += Math.abs(part.produced - settled)
    balance.inFlight += part.produced - settled
    if (part.produced > settled)
      balance.oldestInFlightMs = Math.min(balance.oldestInFlightMs ?? Infinity, part.appendTimeMs)
    if (row?.counts == null) return
    for (const count of COUNTS) balance[count] += row.counts[count]
    balance.maxLatencyMs = Math.max(balance.maxLatencyMs, row.latencyMs)
  }

  /** A balance of the same tenant, of another window. */
  addBalance(balance: TenantBalance): this {
    const total = this.#total
    for (const key of TOTALS) total[key] += balance[key]
    addAll(total.droppedBy, balance.droppedBy)
    addAll(total.refusedBy, balance.refusedBy)
    for (const theirs of balance.sinks) this.#addSink(theirs)
    return this
  }

  result(): TenantBalance {
    const { received, produced, dropped, refused, tenantDeleted } = this.#total
    const sinks = [...this.#sinks.values()].sort((a, b) => a.sink.localeCompare(b.sink))
    const unbalanced = received - produced - dropped - refused - tenantDeleted
    return { tenant: this.#tenant, ...this.#total, unbalanced, sinks }
  }

  #addSink(theirs: SinkBalance): void {
    const ours = this.#sink(theirs.sink)
    for (const key of SINK_TOTALS) ours[key] += theirs[key]
    ours.maxLatencyMs = Math.max(ours.maxLatencyMs, theirs.maxLatencyMs)
    if (theirs.oldestInFlightMs !== null)
      ours.oldestInFlightMs = Math.min(ours.oldestInFlightMs ?? Infinity, theirs.oldestInFlightMs)
  }

  #sink(sink: string): Mutable<SinkBalance> {
    const known = this.#sinks.get(sink)
    if (known !== undefined) return known
    const created = {
      sink,
      produced: 0,
      inFlight: 0,
      oldestInFlightMs: null,
      maxLatencyMs: 0,
      unbalanced: 0,
      ...NO_COUNTS,
    }
    this.#sinks.set(sink, created)
    return created
  }
}

function addAll(into: Readonly<Record<string, number>>, from: Readonly<Record<string, number>>): void {
  for (const [reason, count] of Object.entries(from))
    (into as Record<string, number>)[reason] = (into[reason] ?? 0) + count
}

function addReasons(into: Readonly<Record<string, number>>, reasons: LedgerRow['refused']): number {
  let sum = 0
  for (const { reason, count } of reasons) {
    ;(into as Record<string, number>)[reason] = (into[reason] ?? 0) + count
    sum += count
  }
  return sum
}
