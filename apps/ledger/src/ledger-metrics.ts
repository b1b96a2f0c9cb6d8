import { OUTCOME_NAMES } from '@pegel/contracts'
import type { SinkCounts } from '@pegel/contracts'
import { WINDOW_MS } from '@pegel/pipeline'
import type { LedgerSnapshot, SinkBalance, TenantBalance, WindowBalance } from '@pegel/pipeline'
import { declaredMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import { Growth } from './growth.ts'

export const LEDGER_METRICS = [
  {
    name: 'pegel_ledger_received_points_total',
    type: 'counter',
    help: 'Points received, as the books came to know of them',
  },
  {
    name: 'pegel_ledger_points_total',
    type: 'counter',
    help: 'Points by sink and outcome, as the books came to know of them; one that was delivered later counts under both',
  },
  { name: 'pegel_ledger_in_flight_points', type: 'gauge', help: 'Points produced that a sink has no outcome for yet' },
  { name: 'pegel_ledger_parked_points', type: 'gauge', help: 'Points that are parked until their lane is drained' },
  {
    name: 'pegel_ledger_oldest_undelivered_age_seconds',
    type: 'gauge',
    help: 'Age of the oldest point that is in flight or parked; 0 when there is none',
  },
  {
    name: 'pegel_ledger_unconfirmed_points',
    type: 'gauge',
    help: 'Points of the minutes kept that may be in Kafka though their client got no success',
  },
  {
    name: 'pegel_ledger_unbalanced_points',
    type: 'gauge',
    help: 'Points of closed minutes that the books do not account for, or account for twice; sink is empty at the enricher',
  },
  {
    name: 'pegel_ledger_missing_records',
    type: 'gauge',
    help: 'Ingest records that the enricher passed without accounting for them',
  },
  {
    name: 'pegel_ledger_kept_records',
    type: 'gauge',
    help: 'Records that are kept because an outcome is lacking or may still change',
  },
  {
    name: 'pegel_ledger_sealed_minutes',
    type: 'gauge',
    help: 'Minutes whose records were let go for want of memory: what is under way in them stays so until the books are read again',
  },
  { name: 'pegel_ledger_closed_until_seconds', type: 'gauge', help: 'End of the last closed minute, Unix time' },
  { name: 'pegel_ledger_judged_seconds', type: 'gauge', help: 'When the books were last judged, Unix time' },
] as const

/** Shows the books as metrics. */
export class LedgerMetrics {
  readonly #metrics: Metrics
  readonly #received
  readonly #points
  readonly #ofSinks
  readonly #unconfirmed
  readonly #missing
  readonly #kept
  readonly #sealed
  readonly #closedUntil
  readonly #judged
  readonly #growth = new Growth()

  constructor(metrics: Metrics) {
    const { counter, gauge } = declaredMetrics(metrics, LEDGER_METRICS)
    const ofSink = ['tenant', 'sink'] as const
    this.#metrics = metrics
    this.#received = counter('pegel_ledger_received_points_total', ['tenant'])
    this.#points = counter('pegel_ledger_points_total', [...ofSink, 'outcome'])
    this.#ofSinks = {
      inFlight: gauge('pegel_ledger_in_flight_points', ofSink),
      parked: gauge('pegel_ledger_parked_points', ofSink),
      oldest: gauge('pegel_ledger_oldest_undelivered_age_seconds', ofSink),
      unbalanced: gauge('pegel_ledger_unbalanced_points', ofSink),
    }
    this.#unconfirmed = gauge('pegel_ledger_unconfirmed_points', ['tenant'])
    this.#missing = gauge('pegel_ledger_missing_records')
    this.#kept = gauge('pegel_ledger_kept_records')
    this.#sealed = gauge('pegel_ledger_sealed_minutes')
    this.#closedUntil = gauge('pegel_ledger_closed_until_seconds')
    this.#judged = gauge('pegel_ledger_judged_seconds')
  }

  show(snapshot: LedgerSnapshot): void {
    this.#showTenants(snapshot)
    this.#count(snapshot)
    this.#missing.set(snapshot.missingRecords.reduce((sum, { from, to }) => sum + to - from, 0))
    this.#kept.set(snapshot.keptRecords)
    this.#sealed.set(snapshot.sealedWindows)
    this.#judged.set(snapshot.takenAtMs / 1000)
    const closedUntilMs = endOfClosed(snapshot.windows)
    if (closedUntilMs !== undefined) this.#closedUntil.set(closedUntilMs / 1000)
  }

  /** Several tenants may share a label: points are added up, and of ages the greatest is shown. */
  #showTenants({ tenants, takenAtMs }: LedgerSnapshot): void {
    const { inFlight, parked, oldest, unbalanced } = this.#ofSinks
    for (const gauge of [inFlight, parked, oldest, unbalanced, this.#unconfirmed]) gauge.reset()
    const ages = new Map<string, number>()
    for (const balance of tenants) {
      const tenant = this.#metrics.tenantLabel(balance.tenant)
      unbalanced.inc({ tenant, sink: '' }, Math.abs(balance.unbalanced))
      this.#unconfirmed.inc({ tenant }, balance.unconfirmed)
      for (const of of balance.sinks) {
        const labels = { tenant, sink: of.sink }
        inFlight.inc(labels, of.inFlight)
        parked.inc(labels, of.parked)
        unbalanced.inc(labels, of.unbalanced)
        const age = Math.max(ageOf(of, takenAtMs), ages.get(`${tenant}/${of.sink}`) ?? 0)
        ages.set(`${tenant}/${of.sink}`, age)
        oldest.set(labels, age)
      }
    }
  }

  /** Counters grow by what is new since the last snapshot; what was there when the service came is nothing new. */
  #count({ tenants, gone }: LedgerSnapshot): void {
    const sums = new Map<string, number>()
    for (const balance of [...tenants, ...gone]) this.#add(sums, balance)
    for (const [key, more] of this.#growth.of(sums)) {
      const [tenant = '', sink, outcome = ''] = key.split('/')
      if (sink === undefined) this.#received.inc({ tenant }, more)
      else this.#points.inc({ tenant, sink, outcome }, more)
    }
  }

  #add(sums: Map<string, number>, { tenant: id, received, sinks }: TenantBalance): void {
    const tenant = this.#metrics.tenantLabel(id)
    const add = (key: string, points: number): unknown => sums.set(key, (sums.get(key) ?? 0) + points)
    add(tenant, received)
    for (const balance of sinks) {
      for (const [key, outcome] of Object.entries(OUTCOME_NAMES)) {
        const points = balance[key as keyof SinkCounts]
        // Parked is where a point is, not what became of it.
        if (points > 0 && key !== 'parked') add(`${tenant}/${balance.sink}/${outcome}`, points)
      }
    }
  }
}

function ageOf({ oldestUndeliveredMs }: SinkBalance, nowMs: number): number {
  return oldestUndeliveredMs === null ? 0 : Math.max(0, (nowMs - oldestUndeliveredMs) / 1000)
}

/** Of the minutes that have closed without one before them that has not. */
function endOfClosed(windows: readonly WindowBalance[]): number | undefined {
  const open = windows.findIndex(({ closed }) => !closed)
  const last = windows[(open === -1 ? windows.length : open) - 1]
  return last === undefined ? undefined : last.startMs + WINDOW_MS
}
