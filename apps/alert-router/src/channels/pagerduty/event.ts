import type { Notification } from '../notification.ts'
import { worstSeverity } from '../template/defaults.ts'
import type { Texts } from '../template/defaults.ts'
import type { AlertView, TemplateView } from '../template/view.ts'

const ACTIONS = { firing: 'trigger', acknowledged: 'acknowledge', resolved: 'resolve' } as const
/** PagerDuty has critical, error, warning, info: what concerns security must page. */
const SEVERITIES: Readonly<Record<string, string>> = {
  security: 'critical',
  critical: 'critical',
  warning: 'warning',
  info: 'info',
}
/** https://developer.pagerduty.com/docs/events-api-v2-overview: an event is 512 KB at most. */
const MAX_SUMMARY_CHARS = 1024
const MAX_KEY_CHARS = 255
const MAX_ALERTS_BYTES = 400 * 1024

export interface EventOptions {
  readonly notification: Notification
  readonly view: TemplateView
  readonly texts: Texts
  readonly routingKey: string
}

/** An event of the Events API v2. All events of one occurrence of a group share their dedup_key. */
export function pagerdutyEvent({ notification, view, texts, routingKey }: EventOptions): object {
  const action = ACTIONS[notification.event]
  const head = {
    routing_key: routingKey,
    event_action: action,
    dedup_key: notification.dedupKey.slice(0, MAX_KEY_CHARS),
  }
  if (action !== 'trigger') return head
  const runbook = view.alerts.find((alert) => /^https?:/.test(alert.runbook))?.runbook
  return {
    ...head,
    client: 'Pegel',
    payload: {
      summary: texts.title(view).slice(0, MAX_SUMMARY_CHARS),
      source: notification.tenant,
      severity: SEVERITIES[worstSeverity(view.alerts.map(({ severity }) => severity))] ?? 'info',
      timestamp: view.alerts[0]?.startsAt,
      group: notification.groupKey,
      custom_details: {
        ...(texts.body === undefined ? {} : { text: texts.body(view) }),
        ...(notification.links.acknowledge === undefined ? {} : { acknowledge: notification.links.acknowledge }),
        alerts: fitting(view.alerts.map(detailsOf)),
      },
    },
    links: runbook === undefined ? [] : [{ href: runbook, text: 'Runbook' }],
  }
}

function detailsOf({ status, summary, description, runbook, labels }: AlertView): object {
  const named = Object.fromEntries(labels.map(({ name, value }) => [name, value]))
  return { status, summary, description, runbook, labels: named }
}

/** The first ones, as many as an event can carry. */
function fitting(alerts: readonly object[]): readonly object[] {
  let bytes = 0
  return alerts.filter((alert) => (bytes += Buffer.byteLength(JSON.stringify(alert))) <= MAX_ALERTS_BYTES)
}
