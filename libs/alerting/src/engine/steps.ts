import type { ChannelTarget, EscalationTarget } from '@pegel/tenancy'
import { advanceEscalation, beginEscalation } from '../on-call/escalation.ts'
import type { DueStep } from '../on-call/escalation.ts'
import { onCallAt } from '../on-call/on-call.ts'
import { targetOf } from '../groups/group.ts'
import type { Group } from '../groups/group.ts'
import { audibleOf } from './audible.ts'
import { sendBase } from './flush.ts'
import { queueSend } from './send-queue.ts'
import { change } from './world.ts'
import type { World } from './world.ts'

/** The step of a policy that is due. While all is muted nothing escalates: the policy begins anew once something is audible again. */
export function runStep(world: World, group: Group, nowMs: number): void {
  const { escalation } = group
  const policy = escalation === null ? undefined : world.plan.escalations.get(escalation.policy)
  change(world, `group/${group.id}`)
  if (escalation === null || policy === undefined) {
    group.escalation = null
    return
  }
  const audible = audibleOf(group, world.alerts, { muting: world.muting, nowMs })
  if (audible.firing.size === 0) {
    group.escalation = null
    world.effects.notes.push({ kind: 'step_muted', group: group.id })
    return
  }
  const { state, fire, skipped } = advanceEscalation(policy, escalation, nowMs)
  for (const { step, round } of skipped)
    world.effects.notes.push({ kind: 'step_skipped', group: group.id, step: step + 1, round })
  group.escalation = state
  if (fire === undefined) return
  world.effects.notes.push({ kind: 'step_fired', group: group.id, step: fire.step + 1, round: fire.round })
  const { firing } = audible
  for (const { target, person } of reached(world, group, policy.steps[fire.step]?.notify ?? [], fire)) {
    const base = { ...sendBase(group, nowMs), dueAtMs: fire.dueAtMs, eventAtMs: 0, event: 'firing' as const }
    const place = { step: fire.step + 1, round: fire.round, person }
    queueSend(group, targetOf(target, true), { ...base, ...place, firing, resolved: new Set() }, world.effects)
  }
}

interface Reached {
  readonly target: ChannelTarget
  readonly person: string
}

/** Addresses behind the targets of a step, each once. Who is on call is asked for the time at which the step was due. */
function reached(
  world: World,
  group: Group,
  targets: readonly EscalationTarget[],
  { dueAtMs }: DueStep,
): readonly Reached[] {
  const found = targets.flatMap((each): readonly Reached[] => {
    if (each.kind === 'channel') return [{ target: each.target, person: '' }]
    const person = each.kind === 'person' ? each.person : whoIsOnCall(world, group, each.schedule, dueAtMs)
    const channels = world.plan.people.get(person ?? '')?.channels ?? []
    return channels.map((target) => ({ target, person: person ?? '' }))
  })
  const keys = found.map(({ target }) => `${target.channel}\n${target.to ?? ''}`)
  return found.filter((_, index) => keys.indexOf(keys[index] ?? '') === index)
}

function whoIsOnCall(world: World, group: Group, name: string, atMs: number): string | undefined {
  const schedule = world.plan.schedules.get(name)
  const { intervals } = world.plan
  const person =
    schedule === undefined ? undefined : onCallAt(schedule, atMs, { overrides: world.settings.overrides, intervals })
  if (person === undefined) world.effects.notes.push({ kind: 'nobody_on_call', group: group.id, schedule: name })
  return person
}

/** An acknowledgement that has lapsed while alerts still fire: the policy begins again. */
export function runLapse(world: World, group: Group): void {
  const atMs = group.acknowledged?.untilMs ?? 0
  const policy = world.plan.escalations.get(world.plan.receivers.get(group.receiver)?.escalation ?? '')
  group.acknowledged = null
  group.escalation = policy === undefined ? null : beginEscalation(policy, atMs)
  change(world, `group/${group.id}`)
}
