import { alertFingerprint, labelsOf } from '@pegel/alerting'
import type { TenantConfig } from '@pegel/tenancy'
import { alertsErrors, triggerRecord } from '../../alerts/index.ts'
import type { AlertDoor, Triggers } from '../../alerts/index.ts'

export interface TriggersTaken {
  readonly intake: AlertDoor
  /** The credential's. */
  readonly tenant: TenantConfig
  readonly triggers: Triggers
  readonly nowMs: number
}

/** Resolves with what names each of them, once Kafka has all. @throws alertsErrors.tenant_mismatch, and as the intake */
export async function takeTriggers({
  intake,
  tenant,
  triggers,
  nowMs,
}: TriggersTaken): Promise<readonly { readonly id: string; readonly fingerprint: string }[]> {
  const all = Array.isArray(triggers) ? triggers : [triggers]
  const other = all.find(({ tenant_id: named }) => named !== undefined && named !== tenant.tenant)
  if (other !== undefined) throw alertsErrors.tenant_mismatch({ named: other.tenant_id ?? '', tenant: tenant.tenant })
  const alerts = all.map((trigger) => triggerRecord(trigger, { tenant: tenant.tenant, nowMs }))
  await intake.write(tenant, { alerts })
  return alerts.map((alert) => ({ id: alert.id, fingerprint: alertFingerprint(labelsOf(alert)) }))
}
