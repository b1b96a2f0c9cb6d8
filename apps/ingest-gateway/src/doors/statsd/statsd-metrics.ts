import { declaredMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import type { Interval } from '../../statsd/index.ts'

/** Names and help of what the gateway counts of StatsD; the manifest lists them. */
export const STATSD_METRICS = [
  {
    name: 'pegel_gateway_statsd_lines_total',
    type: 'counter',
    help: 'Lines that came by StatsD, by tenant and fate: taken, event, service_check (both not kept) or why it was refused',
  },
  { name: 'pegel_gateway_statsd_datagrams_total', type: 'counter', help: 'Datagrams that came by StatsD, by tenant' },
  {
    name: 'pegel_gateway_statsd_points_dropped_total',
    type: 'counter',
    help: 'Points of intervals that could not be sent, by tenant and code',
  },
  {
    name: 'pegel_gateway_statsd_waiting_points',
    type: 'gauge',
    help: 'Points of closed intervals that Kafka has not acknowledged yet, by tenant',
  },
] as const

/** What happened to StatsD of one tenant, as one call each. */
export class StatsdMetrics {
  readonly #tenant: string
  readonly #lines
  readonly #datagrams
  readonly #dropped
  readonly #waiting

  constructor(metrics: Metrics, tenant: string) {
    const { counter, gauge } = declaredMetrics(metrics, STATSD_METRICS)
    this.#tenant = metrics.tenantLabel(tenant)
    this.#lines = counter('pegel_gateway_statsd_lines_total', ['tenant', 'fate'])
    this.#datagrams = counter('pegel_gateway_statsd_datagrams_total', ['tenant'])
    this.#dropped = counter('pegel_gateway_statsd_points_dropped_total', ['tenant', 'code'])
    this.#waiting = gauge('pegel_gateway_statsd_waiting_points', ['tenant'])
  }

  interval(datagrams: number, { fates }: Interval): void {
    const tenant = this.#tenant
    this.#datagrams.inc({ tenant }, datagrams)
    for (const [fate, count] of fates) this.#lines.inc({ tenant, fate }, count)
  }

  dropped(code: string, points: number): void {
    this.#dropped.inc({ tenant: this.#tenant, code }, points)
  }

  waiting(points: number): void {
    this.#waiting.set({ tenant: this.#tenant }, points)
  }
}
