import { OUTCOME_NAMES } from '@pegel/contracts'
import type { SinkCounts } from '@pegel/contracts'
import { WINDOW_MS } from '@pegel/pipeline'
import type { LedgerReport, SinkBalance, WindowBalance } from '@pegel/pipeline'
import type { Metrics } from '@pegel/telemetry'

export const LEDGER_METRICS = [
  { name: 'pegel_ledger_received_points_total', type: 'counter', help: 'Points received, of closed minutes' },
  { name: 'pegel_ledger_points_total', type: 'counter', help: 'Points by sink and outcome, of closed minutes' },
  { name: 'pegel_ledger_in_flight_points', type: 'gauge', help: 'Points produced that a sink has no outcome for yet' },
  {
    name: 'pegel_ledger_oldest_undelivered_age_seconds',
    type: 'gauge',
    help: 'Age of the oldest point without an outcome at a sink; 0 when there is none',
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
  { name: 'pegel_ledger_closed_until_seconds', type: 'gauge', help: 'End of the last closed minute, Unix time' },
  { name: 'pegel_ledger_judged_seconds', type: 'gauge', help: 'When the books were last judged, Unix time' },
] as const

/** Shows the books as metrics. Counters grow by a minute when it closes, so that they never go back. */
export class LedgerMetrics {
  readonly #metrics: Metrics
  readonly #received
  readonly #points
  readonly #inFlight
  readonly #oldest
  readonly #unbalanced
  readonly #missing
  readonly #closedUntil
  readonly #judged
  #countedUntilMs = 0

  constructor(metrics: Metrics) {
    const [received, points, inFlight, oldest, unbalanced, missing, closedUntil, judged] = LEDGER_METRICS
    this.#metrics = metrics
    this.#received = metrics.counter(received.name, received.help, ['tenant'])
    this.#points = metrics.counter(points.name, points.help, ['tenant', 'sink', 'outcome'])
    this.#inFlight = metrics.gauge(inFlight.name, inFlight.help, ['tenant', 'sink'])
    this.#oldest = metrics.gauge(oldest.name, oldest.help, ['tenant', 'sink'])
    this.#unbalanced = metrics.gauge(unbalanced.name, unbalanced.help, ['tenant', 'sink'])
    this.#missing = metrics.gauge(missing.name, missing.help)
    this.#closedUntil = metrics.gauge(closedUntil.name, closedUntil.help)
    this.#judged = metrics.gauge(judged.name, judged.help)
  }

  show(report: LedgerReport, nowMs: number): void {
    for (const gauge of [this.#inFlight, this.#oldest, this.#unbalanced]) gauge.reset()
    const ages = new Map<string, number>()
    for (const { tenant, unbalanced, sinks } of report.tenants) {
      const label = this.#metrics.tenantLabel(tenant)
      this.#unbalanced.inc({ tenant: label, sink: '' }, Math.abs(unbalanced))
      for (const balance of sinks) {
        this.#showSink(label, balance)
        // Several tenants may share a label: the greatest age is shown.
        const { sink, oldestInFlightMs } = balance
        const age = oldestInFlightMs === null ? 0 : Math.max(0, (nowMs - oldestInFlightMs) / 1000)
        const oldest = Math.max(age, ages.get(`${label}/${sink}`) ?? 0)
        ages.set(`${label}/${sink}`, oldest)
        this.#oldest.set({ tenant: label, sink }, oldest)
      }
    }
    this.#missing.set(report.missingRecords.reduce((sum, { from, to }) => sum + to - from, 0))
    this.#judged.set(nowMs / 1000)
    const open = report.windows.findIndex(({ closed }) => !closed)
    for (const window of open === -1 ? report.windows : report.windows.slice(0, open)) this.#count(window)
  }

  /** Several tenants may share a label, so values are added up. */
  #showSink(tenant: string, { sink, inFlight, unbalanced }: SinkBalance): void {
    this.#inFlight.inc({ tenant, sink }, inFlight)
    this.#unbalanced.inc({ tenant, sink }, unbalanced)
  }

  #count({ startMs, tenants }: WindowBalance): void {
    if (startMs < this.#countedUntilMs) return
    this.#countedUntilMs = startMs + WINDOW_MS
    this.#closedUntil.set(this.#countedUntilMs / 1000)
    for (const { tenant, received, sinks } of tenants) {
      const label = this.#metrics.tenantLabel(tenant)
      this.#received.inc({ tenant: label }, received)
      for (const balance of sinks) {
        for (const [key, outcome] of Object.entries(OUTCOME_NAMES)) {
          const count = balance[key as keyof SinkCounts]
          if (count > 0) this.#points.inc({ tenant: label, sink: balance.sink, outcome }, count)
        }
      }
    }
  }
}
