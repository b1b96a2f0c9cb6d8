import { headsOf, targetKey } from '../groups/group.ts'
import type { Group, Pending, Target, Told } from '../groups/group.ts'
import type { EffectsDraft } from './effects.ts'

export type NewSend = Omit<
  Pending,
  'number' | 'channel' | 'to' | 'escalated' | 'step' | 'round' | 'person' | 'silent'
> &
  Partial<Pick<Pending, 'step' | 'round' | 'person' | 'silent'>>

/** What came of a send; a `failed` one does not change what its target knows, so that the next look at the group decides anew. */
export type SendOutcome = { readonly status: 'sent'; readonly ref?: string } | { readonly status: 'failed' }

/**
 * Adds a send. The oldest of a target may be under way; those behind it have not begun, and the newest says all that they would
 * have said, so it takes their place: two of a target wait at most, however long its channel is away.
 */
export function queueSend(group: Group, target: Target, send: NewSend, effects: EffectsDraft): void {
  const { channel, to, escalated } = target
  group.sends += 1
  const pending: Pending = {
    ...{ step: 0, round: 0, person: '', silent: false },
    ...send,
    ...{ channel, to, escalated, number: group.sends },
  }
  const key = targetKey(target)
  const heads = headsOf(group)
  const waits = heads.some((head) => targetKey(head) === key)
  group.pending = [...group.pending.filter((each) => targetKey(each) !== key || heads.includes(each)), pending]
  if (!waits) startOrPass(group, pending, effects)
}

/** Notes what came of a send and starts the next one of its target. Numbers that are not pending are ignored. */
export function completeSend(
  group: Group,
  number: number,
  {
    outcome,
    nowMs,
    effects,
  }: { readonly outcome: SendOutcome; readonly nowMs: number; readonly effects: EffectsDraft },
): Pending | undefined {
  const done = group.pending.find((each) => each.number === number)
  if (done === undefined) return undefined
  const key = targetKey(done)
  group.pending = group.pending.filter((each) => each !== done)
  if (outcome.status === 'sent') learn(group, done, outcome.ref, nowMs)
  const next = group.pending.find((each) => targetKey(each) === key)
  if (next !== undefined) startOrPass(group, next, effects)
  return done
}

function startOrPass(group: Group, pending: Pending, effects: EffectsDraft): void {
  if (pending.silent)
    completeSend(group, pending.number, { outcome: { status: 'sent' }, nowMs: pending.dueAtMs, effects })
  else effects.starts.push({ group, pending })
}

/** A target that knows of nothing that fires is forgotten: what comes later is a new beginning, with a new thread. */
function learn(group: Group, done: Pending, ref: string | undefined, nowMs: number): void {
  const key = targetKey(done)
  const before = group.told.get(key)
  const { channel, to, escalated, firing, resolved } = done
  if (done.event === 'acknowledged') {
    if (before !== undefined && ref !== undefined) group.told.set(key, { ...before, ref })
    return
  }
  const told: Told = { channel, to, escalated, firing, resolved, atMs: nowMs, ref: ref ?? before?.ref ?? '' }
  if (firing.size === 0) group.told.delete(key)
  else group.told.set(key, told)
}
