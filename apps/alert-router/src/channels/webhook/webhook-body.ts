import type { Notification, NotifiedAlert } from '../notification.ts'

const NEVER = '0001-01-01T00:00:00Z'

/**
 * Alertmanager's webhook, version 4, so that what receives Alertmanager's receives ours; what it does not know is added under `pegel`.
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function webhookBody(notification: Notification): object {
  const { receiver, groupKey, groupLabels, commonLabels, commonAnnotations, alerts, truncatedAlerts } = notification
  const { tenant, event, groupId, links, acknowledgedBy, escalation, idempotencyKey } = notification
  return {
    version: '4',
    status: event === 'resolved' ? 'resolved' : 'firing',
    ...{ receiver, groupKey, groupLabels, commonLabels, commonAnnotations, truncatedAlerts },
    externalURL: '',
    alerts: alerts.map(alertBody),
    pegel: { tenant, event, groupId, links, acknowledgedBy, escalation, idempotencyKey },
  }
}

function alertBody({
  status,
  labels,
  annotations,
  startsAtMs,
  endsAtMs,
  generatorUrl,
  fingerprint,
}: NotifiedAlert): object {
  return {
    ...{ status, labels, annotations, fingerprint },
    startsAt: new Date(startsAtMs).toISOString(),
    endsAt: endsAtMs === null ? NEVER : new Date(endsAtMs).toISOString(),
    generatorURL: generatorUrl,
  }
}
