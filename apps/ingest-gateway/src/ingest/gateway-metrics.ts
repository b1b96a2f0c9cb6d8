import type { ReasonCount } from '@pegel/contracts'
import { declaredMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'

/** Of metrics and of logs. */
export const SHED_REQUESTS = {
  name: 'pegel_gateway_requests_shed_total',
  type: 'counter',
  help: 'Requests beyond a rate, by tenant and the setting of the rate',
} as const

/** Names and help of what the gateway counts; the manifest lists them. */
export const GATEWAY_METRICS = [
  { name: 'pegel_gateway_points_accepted_total', type: 'counter', help: 'Points that Kafka acknowledged, by tenant' },
  {
    name: 'pegel_gateway_points_refused_total',
    type: 'counter',
    help: 'Points refused for good, by tenant and reason',
  },
  {
    name: 'pegel_gateway_points_unconfirmed_total',
    type: 'counter',
    help: 'Points that may be in Kafka though the client got no success, by tenant',
  },
  {
    name: 'pegel_gateway_points_shed_total',
    type: 'counter',
    help: 'Points of requests beyond a rate, by tenant and the setting of the rate; without those of requests that were not read',
  },
  SHED_REQUESTS,
  {
    name: 'pegel_gateway_active_series',
    type: 'gauge',
    help: 'Series that this gateway has seen lately, by tenant',
  },
  {
    name: 'pegel_gateway_max_active_series',
    type: 'gauge',
    help: 'limits.max_active_series of tenants that have active series',
  },
  {
    name: 'pegel_gateway_series_untracked_total',
    type: 'counter',
    help: 'New series that were let in uncounted, since PEGEL_MAX_TRACKED_SERIES are kept',
  },
  {
    name: 'pegel_gateway_connections_dropped_total',
    type: 'counter',
    help: 'Connections beyond PEGEL_MAX_CONNECTIONS, closed at once, by door (http, grpc)',
  },
  {
    name: 'pegel_gateway_live_gateways',
    type: 'gauge',
    help: 'Gateways that share the rates of tenants, as this one knows',
  },
  {
    name: 'pegel_gateway_requests_total',
    type: 'counter',
    help: 'Requests answered, by door and code (ok, partial or the error)',
  },
  {
    name: 'pegel_gateway_request_seconds',
    type: 'histogram',
    help: 'Time from the head of a request to its answer, by door',
  },
  { name: 'pegel_gateway_request_bytes_total', type: 'counter', help: 'Bytes of bodies as they were sent, by door' },
  { name: 'pegel_gateway_unpacked_bytes_total', type: 'counter', help: 'Bytes of bodies after unpacking, by door' },
] as const

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Of one tenant, as of now. */
export interface SeriesCount {
  readonly tenant: string
  readonly active: number
  readonly max: number
}

/** What happened, as one call each; the lines above and these cannot disagree. */
export class GatewayMetrics {
  readonly #metrics: Metrics
  readonly #onUnconfirmed
  readonly #accepted
  readonly #refused
  readonly #unconfirmed
  readonly #shed
  readonly #shedRequests
  readonly #active
  readonly #maxActive
  readonly #untracked
  readonly #gateways
  readonly #dropped
  readonly #requests
  readonly #seconds
  readonly #bytes
  readonly #unpacked

  /** @param onUnconfirmed hears of points that may be in Kafka though the client got no success */
  constructor(metrics: Metrics, onUnconfirmed?: (tenant: string, points: number) => void) {
    this.#onUnconfirmed = onUnconfirmed
    const { counter, gauge, histogram } = declaredMetrics(metrics, GATEWAY_METRICS)
    this.#metrics = metrics
    this.#accepted = counter('pegel_gateway_points_accepted_total', ['tenant'])
    this.#refused = counter('pegel_gateway_points_refused_total', ['tenant', 'reason'])
    this.#unconfirmed = counter('pegel_gateway_points_unconfirmed_total', ['tenant'])
    this.#shed = counter('pegel_gateway_points_shed_total', ['tenant', 'reason'])
    this.#shedRequests = counter('pegel_gateway_requests_shed_total', ['tenant', 'reason'])
    this.#untracked = counter('pegel_gateway_series_untracked_total')
    this.#active = gauge('pegel_gateway_active_series', ['tenant'])
    this.#maxActive = gauge('pegel_gateway_max_active_series', ['tenant'])
    this.#dropped = counter('pegel_gateway_connections_dropped_total', ['door'])
    this.#gateways = gauge('pegel_gateway_live_gateways')
    this.#requests = counter('pegel_gateway_requests_total', ['door', 'code'])
    this.#bytes = counter('pegel_gateway_request_bytes_total', ['door'])
    this.#unpacked = counter('pegel_gateway_unpacked_bytes_total', ['door'])
    this.#seconds = histogram('pegel_gateway_request_seconds', SECONDS, ['door'])
  }

  accepted(tenant: string, points: number): void {
    this.#accepted.inc({ tenant: this.#metrics.tenantLabel(tenant) }, points)
  }

  refused(tenant: string, refused: readonly ReasonCount[]): void {
    const label = this.#metrics.tenantLabel(tenant)
    for (const { reason, count } of refused) this.#refused.inc({ tenant: label, reason }, count)
  }

  unconfirmed(tenant: string, points: number): void {
    this.#onUnconfirmed?.(tenant, points)
    this.#unconfirmed.inc({ tenant: this.#metrics.tenantLabel(tenant) }, points)
  }

  shed(tenant: string, reason: string, points: number): void {
    const labels = { tenant: this.#metrics.tenantLabel(tenant), reason }
    this.#shed.inc(labels, points)
    this.#shedRequests.inc(labels)
  }

  /** Replaces what was said before. Of tenants that share a label the series add up. */
  series(counts: readonly SeriesCount[]): void {
    this.#active.reset()
    this.#maxActive.reset()
    for (const { tenant, active, max } of counts) {
      const labels = { tenant: this.#metrics.tenantLabel(tenant) }
      this.#active.inc(labels, active)
      this.#maxActive.inc(labels, max)
    }
  }

  untracked(series: number): void {
    this.#untracked.inc(series)
  }

  connectionDropped(door: string): void {
    this.#dropped.inc({ door })
  }

  liveGateways(count: number): void {
    this.#gateways.set(count)
  }

  answered(door: string, code: string, seconds: number): void {
    this.#requests.inc({ door, code })
    this.#seconds.observe({ door }, seconds)
  }

  body(door: string, bytes: number, unpackedBytes: number): void {
    this.#bytes.inc({ door }, bytes)
    this.#unpacked.inc({ door }, unpackedBytes)
  }
}
