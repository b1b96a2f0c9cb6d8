import { actionRecord, alertFingerprint } from '@pegel/alerting'
import { TENANT_LABEL } from '@pegel/contracts'
import type { AlertActionRecord, AlertRecord } from '@pegel/contracts'
import { SEVERITIES } from './schemas.ts'
import type { Webhook } from './schemas.ts'

export const WATCHDOG_ALERT = 'Watchdog'
const SOURCE = 'alertmanager'

export interface RejectedAlert {
  readonly index: number
  readonly code: string
  readonly message: string
}

export interface WebhookRecords {
  readonly alerts: readonly AlertRecord[]
  readonly actions: readonly AlertActionRecord[]
  readonly rejected: readonly RejectedAlert[]
}

interface Sender {
  readonly by: string
  /** Tenants that the credential may act for. */
  readonly tenants: readonly string[]
  readonly nowMs: number
}

/** One alert of a webhook, or what is wrong with it. The tenant comes from its label alone, and must be one of the credential's. */
export function webhookRecords({ alerts }: Webhook, sender: Sender): WebhookRecords {
  const records: { alerts: AlertRecord[]; actions: AlertActionRecord[]; rejected: RejectedAlert[] } = {
    ...{ alerts: [], actions: [], rejected: [] },
  }
  for (const [index, alert] of alerts.entries()) {
    const problem = problemOf(alert, sender)
    const { [TENANT_LABEL]: tenant = '', alertname = '' } = alert.labels
    if (problem !== undefined) records.rejected.push({ index, ...problem })
    else if (alertname !== WATCHDOG_ALERT) records.alerts.push(toRecord(alert, tenant, alertname))
    else if (alert.status === 'firing') {
      const asker = { tenant, by: sender.by, source: SOURCE, nowMs: sender.nowMs }
      records.actions.push(actionRecord(asker, { heartbeat: { name: alertname } }))
    }
  }
  return records
}

type WebhookAlert = Webhook['alerts'][number]

function problemOf({ labels }: WebhookAlert, { tenants }: Sender): Omit<RejectedAlert, 'index'> | undefined {
  const tenant = labels[TENANT_LABEL] ?? ''
  if (tenant === '') return { code: 'tenant_missing', message: 'It has no label tenant; give every rule one.' }
  if (!tenants.includes(tenant))
    return { code: 'tenant_forbidden', message: `The key may not act for tenant ${tenant}.` }
  if ((labels.alertname ?? '') === '') return { code: 'name_missing', message: 'It has no label alertname.' }
  return undefined
}

function toRecord(alert: WebhookAlert, tenant: string, name: string): AlertRecord {
  const { status, labels, annotations, startsAt: startsAtMs, endsAt, generatorURL: generatorUrl } = alert
  const others = Object.fromEntries(Object.entries(labels).filter(([label]) => label !== 'alertname'))
  return {
    ...{ tenant, source: SOURCE, status, name, annotations, startsAtMs, generatorUrl, groupId: '', evidence: null },
    id: alert.fingerprint === '' ? alertFingerprint(labels) : alert.fingerprint,
    // A severity of somebody's own stays a label, which is what routes match.
    severity: SEVERITIES.find((each) => each === labels.severity) ?? 'warning',
    labels: others,
    endsAtMs: status === 'resolved' ? (endsAt ?? startsAtMs) : null,
  }
}
