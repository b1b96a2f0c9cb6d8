import { auditOf } from '@pegel/alerting'
import { encodeRecord } from '@pegel/contracts'
import type { AlertActionRecord, AlertRecord } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { OutgoingRecord, Producer } from '@pegel/kafka'
import type { AuditWriter } from '@pegel/pipeline'
import type { Logger, Metrics } from '@pegel/telemetry'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../errors.ts'
import { TenantRate } from '../ingest/tenant-rate.ts'

const ALERTS_TOPIC = 'pegel.alerts.v1'
const BURST_SECONDS = 5

export const ALERT_METRICS = [
  {
    name: 'pegel_gateway_alert_records_total',
    type: 'counter',
    help: 'Alerts and requests about alerts that Kafka has, by tenant and kind: alert, action',
  },
  {
    name: 'pegel_gateway_alerts_shed_total',
    type: 'counter',
    help: 'Requests beyond limits.alerts_per_second, by tenant',
  },
] as const

export interface AlertIntakeOptions {
  readonly producer: Pick<Producer, 'send'>
  /** Knows of what people ask before it is done, and after. */
  readonly audit: Pick<AuditWriter, 'run'>
  readonly log: Logger
  readonly metrics: Metrics
  /** How long Kafka may take now. */
  readonly deadlineMs: () => number
  /** Gateways that share a tenant's rate. */
  readonly gateways: () => number
  readonly now?: () => number
}

export interface AlertWrites {
  readonly alerts?: readonly AlertRecord[]
  readonly actions?: readonly AlertActionRecord[]
  /** Whose credential, or link, it is that asks for the actions. */
  readonly actor?: string
}

/** What the doors see of it. */
export type AlertDoor = Pick<AlertIntake, 'turnAway' | 'write'>

/** Writes alerts and what people ask about them: the only way from the doors to `alerts`. */
export class AlertIntake {
  readonly #options: AlertIntakeOptions
  readonly #rate: TenantRate
  readonly #now: () => number
  readonly #count: (tenant: string, kind: string, count: number) => void
  readonly #shed: (tenant: string) => void

  constructor(options: AlertIntakeOptions) {
    const { metrics, gateways, now = () => performance.now() } = options
    this.#options = options
    this.#now = now
    const rateOf = ({ alertsPerSecond: perSecond }: TenantConfig['limits']): { perSecond: number; burst: number } => ({
      perSecond,
      burst: perSecond * BURST_SECONDS,
    })
    this.#rate = new TenantRate(
      { reason: 'alerts_per_second', rateOf, error: gatewayErrors.alerts_rate_limited },
      gateways,
    )
    const [taken, shed] = ALERT_METRICS
    const records = metrics.counter(taken.name, taken.help, ['tenant', 'kind'])
    const refused = metrics.counter(shed.name, shed.help, ['tenant'])
    this.#count = (tenant, kind, count) => {
      if (count > 0) records.inc({ tenant: metrics.tenantLabel(tenant), kind }, count)
    }
    this.#shed = (tenant) => {
      refused.inc({ tenant: metrics.tenantLabel(tenant) })
    }
  }

  /** @throws gatewayErrors.alerts_rate_limited for a tenant that is in debt */
  turnAway(tenant: TenantConfig): void {
    const over = this.#rate.turnAway(tenant, this.#now())
    if (over === undefined) return
    this.#shed(tenant.tenant)
    throw over.error
  }

  /**
   * Resolves when Kafka has all of it.
   * @throws gatewayErrors.alerts_rate_limited, kafka_unavailable: nothing counts as taken then
   */
  async write(tenant: TenantConfig, { alerts = [], actions = [], actor = '' }: AlertWrites): Promise<void> {
    const amount = alerts.length + actions.length
    const over = this.#rate.take(tenant, amount, this.#now())
    if (over !== undefined) {
      this.#shed(tenant.tenant)
      throw over.error
    }
    if (amount === 0) return
    const records: OutgoingRecord[] = [
      ...alerts.map((alert) => ({ topic: ALERTS_TOPIC, key: alert.tenant, value: encodeRecord('Alert', alert) })),
      ...actions.map((action) => ({
        topic: ALERTS_TOPIC,
        key: action.tenant,
        value: encodeRecord('AlertAction', action),
      })),
    ]
    await this.#audited(actions, actor, () => this.#send(records)).catch((error: unknown) => {
      this.#rate.giveBack(tenant.tenant, amount)
      throw this.#refusalOf(tenant.tenant, error)
    })
    this.#count(tenant.tenant, 'alert', alerts.length)
    this.#count(tenant.tenant, 'action', actions.length)
  }

  #audited(actions: readonly AlertActionRecord[], actor: string, send: () => Promise<void>): Promise<void> {
    const asked = actions.flatMap((action) => {
      const event = auditOf(action)
      return event === undefined ? [] : { ...event, actor }
    })
    return asked.length === 0 ? send() : this.#options.audit.run(asked, send)
  }

  async #send(records: readonly OutgoingRecord[]): Promise<void> {
    const { producer, deadlineMs } = this.#options
    await producer.send(records, { deadlineMs: deadlineMs() })
  }

  #refusalOf(tenant: string, error: unknown): PegelError {
    if (!isRetryable(error)) {
      this.#options.log.error('alerts could not be sent', { tenant_id: tenant, error })
      return gatewayErrors.internal({}, error)
    }
    const problem = error instanceof PegelError ? error.code : messageOf(error)
    return gatewayErrors.kafka_unavailable({ problem, retryAfterS: 1 }, error)
  }
}
