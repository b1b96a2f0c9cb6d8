import { groupOf, labelsOf, matchRoutes } from '@pegel/alerting'
import type { AlertPlan } from '@pegel/alerting'
import { formatTable } from '../table.ts'

export interface RouteQuestion {
  readonly severity: 'critical' | 'warning' | 'info' | 'security'
  readonly labels: Readonly<Record<string, string>>
}

/** Where an alert of these labels would go; pure. */
export function formatRoutes(plan: AlertPlan, { severity, labels }: RouteQuestion): string {
  const { alertname: name = '', source = 'gateway', ...rest } = labels
  const all = labelsOf({ tenant: plan.tenant, name, severity, source, labels: rest })
  const routes = plan.root === undefined ? [] : matchRoutes(plan.root, all)
  if (routes.length === 0) return 'No route: alerting.route is not set, so nobody is told.\n'
  const rows = routes.map((route) => {
    const { id, key } = groupOf(route, all)
    const receiver = plan.receivers.get(route.config.receiver)
    const channels =
      receiver?.channels.map(({ channel, to }) => (to === undefined ? channel : `${channel} ${to}`)) ?? []
    return [route.config.receiver, channels.join(', ') || '–', receiver?.escalation ?? '–', id, key]
  })
  return formatTable(['RECEIVER', 'CHANNELS', 'ESCALATION', 'GROUP', 'KEY'], rows)
}
