import { compilePlan, TenantAlerts } from '@pegel/alerting'
import type { TenantConfig } from '@pegel/tenancy'
import type { Sent } from './load.ts'

/** How many notifications the same records make by the tenants' files alone: the pure core on a clock of its own, up to a time. */
export function expectedNotifications(
  tenants: readonly TenantConfig[],
  sent: readonly Sent[],
  untilMs: number,
): number {
  const byTenant = Map.groupBy(sent, ({ alert }) => alert.tenant)
  let count = 0
  for (const { tenant, alerting } of tenants) {
    const own = (byTenant.get(tenant) ?? []).toSorted((a, b) => a.atMs - b.atMs)
    const first = own[0]?.atMs ?? untilMs
    const alerts = new TenantAlerts({ plan: compilePlan(tenant, alerting), states: [], nowMs: first })
    const settle = (nowMs: number): void => {
      for (const { group, pending } of alerts.takeEffects().starts) {
        count += 1
        alerts.complete(group.id, pending.number, { status: 'sent' }, nowMs)
      }
    }
    const pass = (toMs: number): void => {
      for (let due = alerts.nextDueMs; due <= toMs; due = alerts.nextDueMs) {
        alerts.tick(due)
        settle(due)
      }
    }
    for (const { alert, atMs } of own) {
      pass(atMs)
      alerts.alert(alert, atMs, atMs)
      settle(atMs)
    }
    pass(untilMs)
  }
  return count
}
