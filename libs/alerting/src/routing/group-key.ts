import { formatLabels, shortHash } from '../labels.ts'
import type { Labels } from '../labels.ts'
import type { Route } from './route-tree.ts'

export interface GroupIdentity {
  /** 16 hexadecimal digits: the group's name within the tenant. A route that changes its receiver makes new groups. */
  readonly id: string
  /** As Alertmanager writes it. */
  readonly key: string
  readonly labels: Labels
}

const ALL_LABELS = '...'

/** The group that an alert belongs to at a route: labels that it does not have are left out. */
export function groupOf({ config, key: routeKey }: Route, labels: Labels): GroupIdentity {
  const { groupBy, receiver } = config
  const all = groupBy.includes(ALL_LABELS)
  const chosen = Object.fromEntries(Object.entries(labels).filter(([name]) => all || groupBy.includes(name)))
  const key = `${routeKey}:${formatLabels(chosen)}`
  return { id: shortHash(`${receiver}\n${key}`), key, labels: chosen }
}
