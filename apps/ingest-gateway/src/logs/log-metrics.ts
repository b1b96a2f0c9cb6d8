import type { ReasonCount } from '@pegel/contracts'
import { declaredMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import { SHED_REQUESTS } from '../ingest/gateway-metrics.ts'

/** Names and help of what the gateway counts of logs; the manifest lists them. */
export const LOG_METRICS = [
  {
    name: 'pegel_gateway_log_events_accepted_total',
    type: 'counter',
    help: 'Log events that Kafka acknowledged, by tenant',
  },
  {
    name: 'pegel_gateway_log_events_refused_total',
    type: 'counter',
    help: 'Log events refused for good, by tenant and reason',
  },
  {
    name: 'pegel_gateway_log_events_unconfirmed_total',
    type: 'counter',
    help: 'Log events that may be in Kafka though the client got no success, by tenant',
  },
  {
    name: 'pegel_gateway_log_events_shed_total',
    type: 'counter',
    help: 'Log events of requests beyond a rate, by tenant and the setting of the rate; without those of requests that were not read',
  },
  {
    name: 'pegel_gateway_security_events_total',
    type: 'counter',
    help: 'Refused credentials, by door, code and whether an event tells of them (written) or there were too many (dropped)',
  },
] as const

/** What happened to logs, as one call each. */
export class LogMetrics {
  readonly #metrics: Metrics
  readonly #accepted
  readonly #refused
  readonly #unconfirmed
  readonly #shed
  readonly #shedRequests
  readonly #security

  constructor(metrics: Metrics) {
    // One of them counts metrics and logs alike.
    const { counter } = declaredMetrics(metrics, [...LOG_METRICS, SHED_REQUESTS])
    this.#metrics = metrics
    this.#accepted = counter('pegel_gateway_log_events_accepted_total', ['tenant'])
    this.#refused = counter('pegel_gateway_log_events_refused_total', ['tenant', 'reason'])
    this.#unconfirmed = counter('pegel_gateway_log_events_unconfirmed_total', ['tenant'])
    this.#shed = counter('pegel_gateway_log_events_shed_total', ['tenant', 'reason'])
    this.#shedRequests = counter('pegel_gateway_requests_shed_total', ['tenant', 'reason'])
    this.#security = counter('pegel_gateway_security_events_total', ['door', 'code', 'fate'])
  }

  accepted(tenant: string, events: number): void {
    this.#accepted.inc({ tenant: this.#metrics.tenantLabel(tenant) }, events)
  }

  refused(tenant: string, refused: readonly ReasonCount[]): void {
    const label = this.#metrics.tenantLabel(tenant)
    for (const { reason, count } of refused) this.#refused.inc({ tenant: label, reason }, count)
  }

  unconfirmed(tenant: string, events: number): void {
    this.#unconfirmed.inc({ tenant: this.#metrics.tenantLabel(tenant) }, events)
  }

  shed(tenant: string, reason: string, events: number): void {
    const labels = { tenant: this.#metrics.tenantLabel(tenant), reason }
    this.#shed.inc(labels, events)
    this.#shedRequests.inc(labels)
  }

  security(door: string, code: string, fate: 'written' | 'dropped', count: number): void {
    this.#security.inc({ door, code, fate }, count)
  }
}
