import type { Notification, NotifiedAlert } from '../notification.ts'

export interface NamedValue {
  readonly name: string
  readonly value: string
}

export interface AlertView {
  readonly status: string
  readonly name: string
  readonly severity: string
  readonly summary: string
  readonly description: string
  readonly runbook: string
  readonly startsAt: string
  readonly endsAt: string
  readonly labels: readonly NamedValue[]
  readonly values: readonly NamedValue[]
  readonly generatorUrl: string
}

/** What a template may name. Objects without a prototype: there is nothing to reach but what stands here. */
export interface TemplateView {
  readonly tenant: string
  readonly event: string
  readonly firing: number
  readonly resolved: number
  readonly truncated: number
  readonly groupLabels: readonly NamedValue[]
  readonly alerts: readonly AlertView[]
  readonly acknowledgeUrl: string
  readonly resolveUrl: string
  readonly silenceUrl: string
  readonly acknowledgedBy: string
  readonly person: string
  readonly step: string
}

/** Every name that a template may use; `.` is the thing itself. */
export const VIEW_NAMES: ReadonlySet<string> = new Set<keyof TemplateView | keyof AlertView | keyof NamedValue | '.'>([
  ...(['tenant', 'event', 'firing', 'resolved', 'truncated', 'groupLabels', 'alerts'] as const),
  ...(['acknowledgeUrl', 'resolveUrl', 'silenceUrl', 'acknowledgedBy', 'person', 'step'] as const),
  ...(['status', 'name', 'severity', 'summary', 'description', 'runbook', 'startsAt', 'endsAt'] as const),
  ...(['labels', 'values', 'generatorUrl', 'value', '.'] as const),
])

/** Alerts of one message that are shown at most; the others are counted. */
const MAX_ALERTS = 100

/** @param runbooksUrl put before runbooks that are paths; empty: they stay as they are */
export function viewOf(notification: Notification, runbooksUrl: string): TemplateView {
  const { tenant, event, alerts, groupLabels, links, acknowledgedBy = '' } = notification
  const { person = '', step, round = 1 } = notification.escalation ?? {}
  const shown = alerts.slice(0, MAX_ALERTS)
  const truncated = notification.truncatedAlerts + alerts.length - shown.length
  const firing = alerts.filter(({ status }) => status === 'firing').length
  return bare({
    ...{ tenant, event, firing, resolved: alerts.length - firing, truncated },
    groupLabels: named(groupLabels),
    alerts: shown.map((alert) => alertView(alert, runbooksUrl)),
    acknowledgeUrl: links.acknowledge ?? '',
    resolveUrl: links.resolve ?? '',
    silenceUrl: links.silence ?? '',
    ...{ acknowledgedBy, person, step: step === undefined ? '' : `${step}${round > 1 ? ` of round ${round}` : ''}` },
  })
}

function alertView(alert: NotifiedAlert, runbooksUrl: string): AlertView {
  const { labels, annotations, startsAtMs, endsAtMs } = alert
  const runbook = annotations.runbook_url ?? ''
  return bare({
    status: alert.status,
    name: labels.alertname ?? '',
    severity: labels.severity ?? '',
    summary: annotations.summary ?? labels.alertname ?? '',
    description: annotations.description ?? '',
    runbook:
      /^https?:/.test(runbook) || runbook === '' || runbooksUrl === '' ? runbook : new URL(runbook, runbooksUrl).href,
    startsAt: new Date(startsAtMs).toISOString(),
    endsAt: endsAtMs === null ? '' : new Date(endsAtMs).toISOString(),
    labels: named(labels),
    values: named(alert.values),
    generatorUrl: alert.generatorUrl,
  })
}

function named(values: Readonly<Record<string, string | number>>): NamedValue[] {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => bare({ name, value: String(value) }))
}

function bare<T extends object>(value: T): T {
  return Object.assign(Object.create(null) as T, value)
}
