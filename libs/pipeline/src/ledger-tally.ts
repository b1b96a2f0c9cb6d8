import { NO_COUNTS } from '@pegel/contracts'
import type { LedgerRow, ReasonCount, SinkCounts } from '@pegel/contracts'
import { OUTCOMES, settledPoints } from './ledger-outcomes.ts'
import type { SinkBalance, TenantBalance } from './ledger-types.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What a row of the enricher says of its part's points. */
export type Reading = Pick<LedgerRow, 'received' | 'produced' | 'dropped' | 'refused' | 'tenantDeleted' | 'unreadable'>

/** Of a tenant at a sink, what sums cannot tell: it is found in the records themselves when they are judged. */
export interface SinkState {
  unbalanced: number
  expired: number
  oldestUndeliveredMs: number | null
}

export const NO_STATE: Readonly<SinkState> = { unbalanced: 0, expired: 0, oldestUndeliveredMs: null }

const TOTALS = ['records', 'received', 'produced', 'dropped', 'refused', 'tenantDeleted', 'unreadable'] as const

interface SinkSums {
  readonly counts: Mutable<SinkCounts>
  maxLatencyMs: number
}

/** The sums of one tenant. Whatever was added can be taken away again, with the sign -1. */
export class TenantTally {
  readonly #tenant: string
  readonly #names: readonly string[]
  readonly #total = {
    ...{ records: 0, received: 0, produced: 0, dropped: 0, refused: 0, tenantDeleted: 0, unreadable: 0 },
    unconfirmed: 0,
    droppedBy: {} as Record<string, number>,
    refusedBy: {} as Record<string, number>,
  }
  readonly #sinks: readonly SinkSums[]

  /** @param names of the sinks; outcomes name a sink by its index in them */
  constructor(tenant: string, names: readonly string[]) {
    this.#tenant = tenant
    this.#names = names
    this.#sinks = names.map(() => ({ counts: { ...NO_COUNTS }, maxLatencyMs: 0 }))
  }

  records(count: number): void {
    this.#total.records += count
  }

  part(reading: Reading, sign: 1 | -1): void {
    const total = this.#total
    total.received += sign * reading.received
    total.produced += sign * reading.produced
    total.tenantDeleted += sign * reading.tenantDeleted
    total.unreadable += sign * reading.unreadable
    total.dropped += addReasons(total.droppedBy, reading.dropped, sign)
    total.refused += addReasons(total.refusedBy, reading.refused, sign)
  }

  outcome(sink: number, counts: SinkCounts, sign: 1 | -1): void {
    const sums = this.#sinks[sink]?.counts
    if (sums !== undefined) for (const key of OUTCOMES) sums[key] += sign * counts[key]
  }

  latency(sink: number, latencyMs: number): void {
    const sums = this.#sinks[sink]
    if (sums !== undefined) sums.maxLatencyMs = Math.max(sums.maxLatencyMs, latencyMs)
  }

  unconfirmed(points: number): void {
    this.#total.unconfirmed += points
  }

  /** A balance that `result` gave of the same sinks, without a state. */
  balance(balance: TenantBalance, sign: 1 | -1): void {
    const total = this.#total
    for (const key of TOTALS) total[key] += sign * balance[key]
    total.unconfirmed += sign * balance.unconfirmed
    addAll(total.droppedBy, balance.droppedBy, sign)
    addAll(total.refusedBy, balance.refusedBy, sign)
    for (const [index, sink] of balance.sinks.entries()) {
      this.outcome(index, sink, sign)
      this.latency(index, sink.maxLatencyMs)
    }
  }

  /** False as long as nothing is known of the tenant but that a sink has heard of it. */
  get isKnown(): boolean {
    return this.#total.records > 0 || this.#total.unconfirmed > 0
  }

  /** @param states by the index of the sink */
  result(states: readonly SinkState[] = []): TenantBalance {
    const { droppedBy, refusedBy, ...total } = this.#total
    const { received, produced, dropped, refused, tenantDeleted } = total
    const unbalanced = received - produced - dropped - refused - tenantDeleted
    const reasons = { droppedBy: { ...droppedBy }, refusedBy: { ...refusedBy } }
    const sinks = this.#sinks.map((sums, index) => this.#sink(index, sums, states[index] ?? NO_STATE))
    return { tenant: this.#tenant, ...total, ...reasons, unbalanced, sinks }
  }

  #sink(index: number, { counts, maxLatencyMs }: SinkSums, state: SinkState): SinkBalance {
    const { produced } = this.#total
    const { unbalanced, expired, oldestUndeliveredMs } = state
    return {
      sink: this.#names[index] ?? '',
      produced,
      ...counts,
      expired: counts.expired + expired,
      inFlight: produced - settledPoints(counts) - expired,
      oldestUndeliveredMs,
      maxLatencyMs,
      unbalanced,
    }
  }
}

/** Balances of one tenant in several windows, as one. Sinks are matched by name. */
export function sumBalances(tenant: string, balances: readonly TenantBalance[]): TenantBalance {
  const names = [...new Set(balances.flatMap(({ sinks }) => sinks.map(({ sink }) => sink)))].sort()
  const tally = new TenantTally(tenant, names)
  const states = names.map((): SinkState => ({ ...NO_STATE }))
  for (const balance of balances) {
    // Each name has its place, whether the balance knows the sink or not.
    const places = names.map((name) => balance.sinks.find(({ sink }) => sink === name) ?? nothingOf(name))
    tally.balance({ ...balance, sinks: places }, 1)
    // What has expired stands in the counts of a balance already.
    for (const [index, place] of places.entries()) addState(states[index], { ...place, expired: 0 })
  }
  return tally.result(states)
}

export function addState(sum: SinkState | undefined, state: Readonly<SinkState>): void {
  if (sum === undefined) return
  sum.unbalanced += state.unbalanced
  sum.expired += state.expired
  if (state.oldestUndeliveredMs === null) return
  sum.oldestUndeliveredMs = Math.min(sum.oldestUndeliveredMs ?? Infinity, state.oldestUndeliveredMs)
}

function nothingOf(sink: string): SinkBalance {
  const none = { unbalanced: 0, oldestUndeliveredMs: null, maxLatencyMs: 0, inFlight: 0, produced: 0 }
  return { sink, ...NO_COUNTS, ...none }
}

function addAll(into: Record<string, number>, from: Readonly<Record<string, number>>, sign: 1 | -1): void {
  for (const [reason, count] of Object.entries(from)) addReason(into, reason, sign * count)
}

/** @returns the points */
function addReasons(into: Record<string, number>, reasons: readonly ReasonCount[], sign: 1 | -1): number {
  let sum = 0
  for (const { reason, count } of reasons) {
    addReason(into, reason, sign * count)
    sum += sign * count
  }
  return sum
}

function addReason(into: Record<string, number>, reason: string, count: number): void {
  const sum = (into[reason] ?? 0) + count
  // Taken away altogether, it was never there.
  if (sum === 0) Reflect.deleteProperty(into, reason)
  else into[reason] = sum
}
