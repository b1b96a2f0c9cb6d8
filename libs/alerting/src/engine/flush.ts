import { beginEscalation } from '../on-call/escalation.ts'
import { knowledgeOf, targetKey, targetOf } from '../groups/group.ts'
import type { Group, Target } from '../groups/group.ts'
import { needsUpdate } from '../groups/needs-update.ts'
import { audibleOf } from './audible.ts'
import type { Audible } from './audible.ts'
import { leaveGroup, removeIfDone } from './membership.ts'
import { queueSend } from './send-queue.ts'
import type { NewSend } from './send-queue.ts'
import { change } from './world.ts'
import type { World } from './world.ts'

/** The look at a group that is due: whom to tell of what, and what to forget. */
export function flush(world: World, group: Group, nowMs: number): void {
  const { route } = group
  if (route === undefined) return
  const dueAtMs = group.flushAtMs
  const audible = audibleOf(group, world.alerts, { muting: world.muting, nowMs })
  const members = [...group.members].map((fingerprint) => world.alerts.get(fingerprint))
  const firing = members.some((alert) => alert?.firing)
  tellRoute(world, group, { audible, nowMs })
  if (audible.firing.size > 0) escalate(world, group, dueAtMs)
  if (!firing) close(world, group, { audible, nowMs })
  for (const alert of members) if (alert !== undefined && !alert.firing) leaveGroup(world, group, alert.fingerprint)
  // Looks keep their rhythm, however late one of them is.
  const { groupIntervalMs } = route.config
  group.flushAtMs = dueAtMs + (Math.floor((nowMs - dueAtMs) / groupIntervalMs) + 1) * groupIntervalMs
  group.flushed = true
  group.lastEventMs = 0
  if (!removeIfDone(world, group)) change(world, `group/${group.id}`)
}

interface Look {
  readonly audible: Audible
  readonly nowMs: number
}

function tellRoute(world: World, group: Group, { audible, nowMs }: Look): void {
  const { firing, resolved } = audible
  if (firing.size + resolved.size === 0) return
  const receiver = world.plan.receivers.get(group.receiver)
  const repeatIntervalMs = group.acknowledged === null ? (group.route?.config.repeatIntervalMs ?? Infinity) : Infinity
  for (const each of receiver?.channels ?? []) {
    const target = targetOf(each, false)
    const sendResolved = wantsResolved(world, target)
    const knows = knowledgeOf(group, target)
    if (!needsUpdate({ knows, firing, resolved, sendResolved, repeatIntervalMs, nowMs })) continue
    tell(world, group, target, { firing, resolved: sendResolved ? resolved : new Set(), nowMs })
  }
}

/** Of one target: `firing` while something does, else `resolved`, silently where the channel does not want it. */
function tell(
  world: World,
  group: Group,
  target: Target,
  { firing, resolved, nowMs }: Audible & { readonly nowMs: number },
): void {
  const event = firing.size > 0 ? 'firing' : 'resolved'
  const silent = event === 'resolved' && !wantsResolved(world, target)
  queueSend(group, target, { ...sendBase(group, nowMs), event, silent, firing, resolved }, world.effects)
}

/** What all sends of a look have in common; the first one that tells of something begins the occurrence. */
export function sendBase(group: Group, nowMs: number): Pick<NewSend, 'occurrenceMs' | 'dueAtMs' | 'eventAtMs'> {
  group.occurrenceMs ??= nowMs
  return { occurrenceMs: group.occurrenceMs, dueAtMs: group.flushAtMs, eventAtMs: group.lastEventMs }
}

export function wantsResolved(world: World, { channel }: Target): boolean {
  return world.plan.channels.get(channel)?.sendResolved ?? true
}

function escalate(world: World, group: Group, dueAtMs: number): void {
  const policy = world.plan.escalations.get(world.plan.receivers.get(group.receiver)?.escalation ?? '')
  if (policy === undefined || group.escalation !== null || group.acknowledged !== null) return
  group.escalation = beginEscalation(policy, dueAtMs)
  change(world, `group/${group.id}`)
}

/** Nothing fires any more: those whom the policy has reached are told, and the occurrence is over. */
function close(world: World, group: Group, { audible, nowMs }: Look): void {
  const escalated = new Map<string, Target>()
  for (const each of [...group.told.values(), ...group.pending])
    if (each.escalated && each.firing.size > 0) escalated.set(targetKey(each), each)
  const resolved = audible.resolved.size > 0 ? audible.resolved : group.members
  for (const target of escalated.values())
    tell(world, group, target, { firing: new Set(), resolved: new Set(resolved), nowMs })
  group.escalation = null
  group.acknowledged = null
  group.occurrenceMs = null
}
