import { commonOf, targetKey } from '@pegel/alerting'
import type { Alert, Group, Pending } from '@pegel/alerting'
import type { Notification, NotifiedAlert } from '../channels/notification.ts'
import type { LinkMaker } from './link-maker.ts'

export interface NotificationParts {
  readonly tenant: string
  readonly group: Group
  readonly pending: Pending
  readonly alerts: readonly Alert[]
  /** 0: all. */
  readonly maxAlerts: number
  readonly links: Pick<LinkMaker, 'linksOf'>
}

/** The same parts give the same notification: after a crash it is built anew from what is stored. */
export function buildNotification(parts: NotificationParts): Notification {
  const { tenant, group, pending, maxAlerts, links } = parts
  const all = parts.alerts.map((alert) => toNotified(alert, pending)).sort(byImportance)
  const alerts = maxAlerts === 0 ? all : all.slice(0, maxAlerts)
  const { event, occurrenceMs, number, dueAtMs, person, to } = pending
  const { id: groupId, key: groupKey, labels: groupLabels, receiver } = group
  const ref = group.told.get(targetKey(pending))?.ref ?? ''
  const acting =
    event === 'resolved'
      ? {}
      : links.linksOf({ tenant, group: groupId, occurrenceMs, person, labels: groupLabels }, dueAtMs)
  return {
    ...{ tenant, event, receiver, groupKey, groupId, groupLabels, dueAtMs, alerts, links: acting },
    commonLabels: commonOf(all.map(({ labels }) => labels)),
    commonAnnotations: commonOf(all.map(({ annotations }) => annotations)),
    truncatedAlerts: all.length - alerts.length,
    ...(pending.step === 0 ? {} : { escalation: stepOf(group, pending) }),
    ...(event === 'acknowledged' && group.acknowledged !== null ? { acknowledgedBy: group.acknowledged.by } : {}),
    ...(to === '' ? {} : { to }),
    ...(ref === '' ? {} : { updateOf: ref }),
    dedupKey: `${tenant}/${groupId}/${occurrenceMs}`,
    idempotencyKey: `${tenant}/${groupId}/${number}`,
  }
}

function stepOf(group: Group, { step, round, person }: Pending): NonNullable<Notification['escalation']> {
  const policy = group.escalation?.policy ?? ''
  return { policy, step, round, ...(person === '' ? {} : { person }) }
}

/** As it was when it was decided: one that has ended since is told of as firing still, and its end comes with a send of its own. */
function toNotified(alert: Alert, pending: Pending): NotifiedAlert {
  const { fingerprint, labels, annotations, startsAtMs, endsAtMs, values, generatorUrl, heldUntilMs } = alert
  const firing = pending.firing.has(fingerprint)
  return {
    ...{ fingerprint, labels, annotations, startsAtMs, values, generatorUrl },
    status: firing ? 'firing' : 'resolved',
    endsAtMs: firing ? null : endsAtMs,
    flapping: heldUntilMs !== null,
  }
}

function byImportance(a: NotifiedAlert, b: NotifiedAlert): number {
  if (a.status !== b.status) return a.status === 'firing' ? -1 : 1
  return a.startsAtMs - b.startsAtMs || (a.fingerprint < b.fingerprint ? -1 : 1)
}
