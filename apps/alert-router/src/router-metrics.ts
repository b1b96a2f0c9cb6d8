import type { Note } from '@pegel/alerting'
import type { OutgoingRecord } from '@pegel/kafka'
import { declaredMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'

export const ROUTER_METRICS = [
  {
    name: 'pegel_alert_router_alerts_total',
    type: 'counter',
    help: 'What records did to alerts, by tenant: fired, refreshed, ended, held, stale, refused (alerting.max_alerts), expired',
  },
  { name: 'pegel_alert_router_alerts', type: 'gauge', help: 'Alerts in memory' },
  { name: 'pegel_alert_router_groups', type: 'gauge', help: 'Groups in memory' },
  {
    name: 'pegel_alert_router_notifications_total',
    type: 'counter',
    help: 'Tries to send, by tenant, kind of channel, event and status: sent, retryable, failed',
  },
  {
    name: 'pegel_alert_router_fallbacks_total',
    type: 'counter',
    help: 'Notifications that the fallback took, by tenant and kind of the channel that could not deliver them',
  },
  {
    name: 'pegel_alert_router_request_delay_seconds',
    type: 'histogram',
    help: "From the newest record behind a notification (or its timer's time) to the first request, by kind of channel",
  },
  {
    name: 'pegel_alert_router_sends_under_way',
    type: 'gauge',
    help: 'Notifications that were begun and have no outcome yet',
  },
  {
    name: 'pegel_alert_router_timer_late_seconds',
    type: 'histogram',
    help: 'How late timers fired: flush, step, lapse, alert, watchdog',
  },
  {
    name: 'pegel_alert_router_escalation_steps_total',
    type: 'counter',
    help: 'Steps of policies by tenant and outcome: fired, skipped (an outage had passed them), muted, nobody_on_call',
  },
  {
    name: 'pegel_alert_router_actions_total',
    type: 'counter',
    help: 'What people asked for, by tenant and outcome: done, ignored',
  },
  {
    name: 'pegel_alert_router_skipped_records_total',
    type: 'counter',
    help: 'Records passed over, by reason: unreadable, foreign_tenant, unknown_tenant',
  },
  { name: 'pegel_alert_router_transactions_total', type: 'counter', help: 'Transactions of state that were committed' },
  { name: 'pegel_alert_router_state_bytes_total', type: 'counter', help: 'Bytes of state written to Kafka' },
  { name: 'pegel_alert_router_transaction_seconds', type: 'histogram', help: 'How long a transaction took' },
  { name: 'pegel_alert_router_restored_records_total', type: 'counter', help: 'Records of state read back' },
  { name: 'pegel_alert_router_restore_seconds', type: 'gauge', help: 'How long the last restore of a partition took' },
] as const

/** All that the router counts. */
export interface RouterMeter {
  noted(notes: readonly (Note & { readonly tenant: string })[]): void
  size(alerts: number, groups: number): void
  requested(kind: string, seconds: number): void
  sent(tenant: string, kind: string, what: { readonly event: string; readonly status: string }): void
  /** Another channel took what this one could not deliver. */
  fellBack(tenant: string, kind: string): void
  underWay(sends: number): void
  skipped(reason: string): void
  stored(records: readonly OutgoingRecord[], seconds: number): void
  restored(records: number, seconds: number): void
}

const NOTIFICATION_LABELS = ['tenant', 'channel', 'event', 'status'] as const
const DELAY_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
const LATE_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]

export function createMeter(metrics: Metrics): RouterMeter {
  const declared = declaredMetrics(metrics, ROUTER_METRICS)
  const alerts = declared.counter('pegel_alert_router_alerts_total', ['tenant', 'what'])
  const alertCount = declared.gauge('pegel_alert_router_alerts')
  const groupCount = declared.gauge('pegel_alert_router_groups')
  const notifications = declared.counter('pegel_alert_router_notifications_total', NOTIFICATION_LABELS)
  const fallbacks = declared.counter('pegel_alert_router_fallbacks_total', ['tenant', 'channel'])
  const delay = declared.histogram('pegel_alert_router_request_delay_seconds', DELAY_BUCKETS, ['channel'])
  const underWay = declared.gauge('pegel_alert_router_sends_under_way')
  const late = declared.histogram('pegel_alert_router_timer_late_seconds', LATE_BUCKETS, ['timer'])
  const steps = declared.counter('pegel_alert_router_escalation_steps_total', ['tenant', 'outcome'])
  const actions = declared.counter('pegel_alert_router_actions_total', ['tenant', 'outcome'])
  const skipped = declared.counter('pegel_alert_router_skipped_records_total', ['reason'])
  const transactions = declared.counter('pegel_alert_router_transactions_total')
  const stateBytes = declared.counter('pegel_alert_router_state_bytes_total')
  const transaction = declared.histogram('pegel_alert_router_transaction_seconds', LATE_BUCKETS)
  const restored = declared.counter('pegel_alert_router_restored_records_total')
  const restoreSeconds = declared.gauge('pegel_alert_router_restore_seconds')
  const note = (each: Note & { readonly tenant: string }): void => {
    const tenant = metrics.tenantLabel(each.tenant)
    if (each.kind === 'timer') late.observe({ timer: each.timer }, each.lateMs / 1000)
    else if (each.kind === 'alert') alerts.inc({ tenant, what: each.what })
    else if (each.kind === 'action') actions.inc({ tenant, outcome: 'done' })
    else if (each.kind === 'action_ignored') actions.inc({ tenant, outcome: 'ignored' })
    else steps.inc({ tenant, outcome: each.kind.replace('step_', '') })
  }
  return {
    noted: (notes) => {
      notes.forEach(note)
    },
    size: (alertsNow, groupsNow) => {
      alertCount.set(alertsNow)
      groupCount.set(groupsNow)
    },
    requested: (channel, seconds) => delay.observe({ channel }, Math.max(0, seconds)),
    sent: (tenant, channel, { event, status }) =>
      notifications.inc({ tenant: metrics.tenantLabel(tenant), channel, event, status }),
    fellBack: (tenant, channel) => fallbacks.inc({ tenant: metrics.tenantLabel(tenant), channel }),
    underWay: (sends) => underWay.set(sends),
    skipped: (reason) => skipped.inc({ reason }),
    stored: (records, seconds) => {
      transactions.inc()
      stateBytes.inc(records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0))
      transaction.observe(seconds)
    },
    restored: (records, seconds) => {
      restored.inc(records)
      restoreSeconds.set(seconds)
    },
  }
}
