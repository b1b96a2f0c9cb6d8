import { formatLabels } from '@pegel/alerting'
import type { Cell } from '../table.ts'
import { formatTable } from '../table.ts'
import { membersOf } from './state.ts'
import type { AlertsState, KnownAlert, KnownGroup } from './state.ts'

const NONE = '–'

function timeOf(ms: number | null): string {
  return ms === null ? NONE : new Date(ms).toISOString()
}

function stateOf(group: KnownGroup, firing: number): string {
  if (firing === 0) return 'resolved'
  if (group.acknowledged !== null) return `acknowledged by ${group.acknowledged.by}`
  return group.occurrenceMs === null ? 'waiting' : 'firing'
}

/** Of a policy: what comes next. */
function escalationOf({ escalation }: KnownGroup): string {
  if (escalation === null) return NONE
  const { policy, nextStep, round, dueAtMs } = escalation
  return dueAtMs === null
    ? `${policy}, ended`
    : `${policy}, step ${nextStep + 1} of round ${round} at ${timeOf(dueAtMs)}`
}

/** Groups, and below them alerts that no route leads anywhere. */
export function formatList(state: AlertsState): string {
  const rows = state.groups
    .toSorted((a, b) => a.createdAtMs - b.createdAtMs)
    .map((group): readonly Cell[] => {
      const members = membersOf(state, group)
      const firing = members.filter((alert) => alert.firing)
      const names = [...new Set(members.map(({ labels }) => labels.alertname ?? ''))].sort().join(', ')
      const pending = group.pending.filter(({ silent }) => !silent).length
      return [
        group.tenant,
        group.id,
        timeOf(group.createdAtMs),
        stateOf(group, firing.length),
        firing.length,
        names,
        escalationOf(group),
        pending,
      ]
    })
  const table = formatTable(['TENANT', 'GROUP', 'SINCE', 'STATE', 'FIRING', 'ALERTS', 'ESCALATION', 'UNSENT'], rows)
  const loose = state.alerts.filter(({ firing, groups }) => firing && groups.length === 0)
  if (loose.length === 0) return table
  const alerts = loose.map(({ tenant, fingerprint, startsAtMs, labels }) => [
    tenant,
    fingerprint,
    timeOf(startsAtMs),
    formatLabels(labels),
  ])
  return `${table}\nWithout a route:\n${formatTable(['TENANT', 'ALERT', 'SINCE', 'LABELS'], alerts)}`
}

export function formatGroup(state: AlertsState, group: KnownGroup): string {
  const members = membersOf(state, group)
  const facts: readonly (readonly Cell[])[] = [
    ['tenant', group.tenant],
    ['group', group.id],
    ['key', group.key],
    ['receiver', group.receiver],
    ['state', stateOf(group, members.filter(({ firing }) => firing).length)],
    ['escalation', escalationOf(group)],
    ['next look', timeOf(group.flushAtMs)],
  ]
  const told = group.told.map(({ channel, to, escalated, atMs }) => [
    channel,
    to === '' ? NONE : to,
    escalated ? 'policy' : 'route',
    timeOf(atMs),
  ])
  const pending = group.pending.map(({ channel, to, event, dueAtMs }) => [
    channel,
    to === '' ? NONE : to,
    event,
    timeOf(dueAtMs),
  ])
  return [
    formatTable(['WHAT', ''], facts),
    formatTable(['ALERT', 'STATE', 'SINCE', 'LABELS'], members.map(alertRow)),
    formatTable(['TOLD', 'ADDRESS', 'BY', 'AT'], told),
    ...(pending.length === 0 ? [] : [formatTable(['UNSENT', 'ADDRESS', 'EVENT', 'DUE'], pending)]),
  ].join('\n')
}

export function formatAlert(alert: KnownAlert): string {
  const facts = [
    ['tenant', alert.tenant],
    ['alert', alert.fingerprint],
    ['occurrence', alert.id],
    ['source', alert.source],
    ['groups', alert.groups.length === 0 ? NONE : alert.groups.join(', ')],
    ...Object.entries(alert.annotations),
  ]
  return [formatTable(['WHAT', ''], facts), formatTable(['ALERT', 'STATE', 'SINCE', 'LABELS'], [alertRow(alert)])].join(
    '\n',
  )
}

function alertRow({ fingerprint, firing, heldUntilMs, resolvedBy, startsAtMs, labels }: KnownAlert): readonly Cell[] {
  const ended = resolvedBy === '' ? 'resolved' : `resolved by ${resolvedBy}`
  const state = firing ? (heldUntilMs === null ? 'firing' : 'flapping') : ended
  return [fingerprint, state, timeOf(startsAtMs), formatLabels(labels)]
}

export function formatSilences({ settings }: AlertsState, nowMs: number): string {
  const rows = [...settings].flatMap(([tenant, { silences }]) =>
    silences
      .filter(({ endsAtMs }) => endsAtMs > nowMs)
      .map(({ id, matchers, startsAtMs, endsAtMs, by, comment }) => {
        const text = matchers.map(({ name, operator, value }) => `${name}${operator}"${value}"`).join(', ')
        return [tenant, id, timeOf(startsAtMs), timeOf(endsAtMs), by, text, comment]
      }),
  )
  return formatTable(['TENANT', 'SILENCE', 'FROM', 'UNTIL', 'BY', 'MATCHERS', 'COMMENT'], rows)
}
