import type { Alert } from '../alerts/alert.ts'
import { createGroup } from '../groups/group.ts'
import type { Group } from '../groups/group.ts'
import { groupOf } from '../routing/group-key.ts'
import { matchRoutes } from '../routing/route-tree.ts'
import { change } from './world.ts'
import type { World } from './world.ts'

/** Puts an alert into its groups, new ones among them. @returns those groups */
export function joinGroups(world: World, alert: Alert, atMs: number, nowMs: number): readonly Group[] {
  const { root } = world.plan
  const routes = root === undefined ? [] : matchRoutes(root, alert.labels)
  return routes.map((route) => {
    const identity = groupOf(route, alert.labels)
    let group = world.groups.get(identity.id)
    if (group === undefined) {
      group = createGroup(identity, route, atMs)
      world.groups.set(group.id, group)
      change(world, `group/${group.id}`)
    }
    group.route = route
    group.members.add(alert.fingerprint)
    alert.groups.add(group.id)
    // As Alertmanager: an alert that has waited long enough elsewhere does not wait here.
    if (!group.flushed && alert.startsAtMs + route.config.groupWaitMs < nowMs && group.flushAtMs > nowMs) {
      group.flushAtMs = nowMs
      change(world, `group/${group.id}`)
    }
    return group
  })
}

/** An alert that has ended leaves a group that has told of it, unless a send that is pending still names it. */
export function leaveGroup(world: World, group: Group, fingerprint: string): void {
  group.members.delete(fingerprint)
  release(world, group, fingerprint)
}

export function release(world: World, group: Group, fingerprint: string): void {
  const alert = world.alerts.get(fingerprint)
  if (alert === undefined || group.members.has(fingerprint)) return
  if (group.pending.some(({ firing, resolved }) => firing.has(fingerprint) || resolved.has(fingerprint))) return
  if (alert.groups.delete(group.id)) change(world, `alert/${fingerprint}`)
}

/** A group without alerts and without sends is over. @returns whether it is */
export function removeIfDone(world: World, group: Group): boolean {
  if (group.members.size > 0 || group.pending.length > 0) return false
  world.groups.delete(group.id)
  change(world, `group/${group.id}`)
  return true
}

/**
 * Who belongs where after a start or with a new file: what fires is routed anew, as Alertmanager does. Groups that stay keep what they have
 * told and when they are due; those that no route leads to any more finish what is pending and say nothing else.
 */
export function regroup(world: World, nowMs: number): void {
  for (const group of world.groups.values()) {
    group.route = undefined
    group.members.clear()
  }
  const ended: Alert[] = []
  for (const alert of world.alerts.values()) {
    if (!alert.firing) ended.push(alert)
    else joinGroups(world, alert, nowMs, nowMs)
  }
  for (const alert of ended) rejoin(world, alert)
  for (const group of world.groups.values()) {
    if (group.route === undefined) {
      group.escalation = null
      for (const { firing, resolved } of group.pending)
        for (const fingerprint of [...firing, ...resolved]) world.alerts.get(fingerprint)?.groups.add(group.id)
    }
    removeIfDone(world, group)
  }
}

/** What has ended stays where it has not been told of. */
function rejoin(world: World, alert: Alert): void {
  const { root } = world.plan
  const routes = root === undefined ? [] : matchRoutes(root, alert.labels)
  const routeOf = new Map(routes.map((route) => [groupOf(route, alert.labels).id, route]))
  for (const id of alert.groups) {
    const group = world.groups.get(id)
    const route = routeOf.get(id)
    if (group === undefined) alert.groups.delete(id)
    else if (route !== undefined) {
      group.route = route
      group.members.add(alert.fingerprint)
    }
  }
}
