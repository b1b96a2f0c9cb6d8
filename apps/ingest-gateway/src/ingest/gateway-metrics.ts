import type { ReasonCount } from '@pegel/contracts'
import type { Metrics } from '@pegel/telemetry'

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
    help: 'Points of requests that were rate limited, by tenant',
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

type Name = (typeof GATEWAY_METRICS)[number]['name']

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

function helpOf(name: Name): string {
  return GATEWAY_METRICS.find((metric) => metric.name === name)?.help ?? ''
}

/** What happened, as one call each; the lines above and these cannot disagree. */
export class GatewayMetrics {
  readonly #metrics: Metrics
  readonly #onUnconfirmed
  readonly #accepted
  readonly #refused
  readonly #unconfirmed
  readonly #shed
  readonly #requests
  readonly #seconds
  readonly #bytes
  readonly #unpacked

  /** @param onUnconfirmed hears of points that may be in Kafka though the client got no success */
  constructor(metrics: Metrics, onUnconfirmed?: (tenant: string, points: number) => void) {
    this.#onUnconfirmed = onUnconfirmed
    const counter = <L extends string>(name: Name, labels: readonly L[]) => metrics.counter(name, helpOf(name), labels)
    this.#metrics = metrics
    this.#accepted = counter('pegel_gateway_points_accepted_total', ['tenant'])
    this.#refused = counter('pegel_gateway_points_refused_total', ['tenant', 'reason'])
    this.#unconfirmed = counter('pegel_gateway_points_unconfirmed_total', ['tenant'])
    this.#shed = counter('pegel_gateway_points_shed_total', ['tenant'])
    this.#requests = counter('pegel_gateway_requests_total', ['door', 'code'])
    this.#bytes = counter('pegel_gateway_request_bytes_total', ['door'])
    this.#unpacked = counter('pegel_gateway_unpacked_bytes_total', ['door'])
    const seconds = 'pegel_gateway_request_seconds'
    this.#seconds = metrics.histogram(seconds, helpOf(seconds), SECONDS, ['door'])
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

  shed(tenant: string, points: number): void {
    this.#shed.inc({ tenant: this.#metrics.tenantLabel(tenant) }, points)
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
