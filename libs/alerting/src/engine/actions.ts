import type { AlertActionRecord, StoredOverride, StoredSilence } from '@pegel/contracts'
import { targetKey } from '../groups/group.ts'
import type { Group, Target } from '../groups/group.ts'
import { endAlert } from './alert-changes.ts'
import { sendBase } from './flush.ts'
import { queueSend } from './send-queue.ts'
import { change } from './world.ts'
import type { World } from './world.ts'

export interface ActionTime {
  readonly atMs: number
  readonly nowMs: number
}

/** Silences and overrides that are over are kept for so long, to be looked at. */
const KEEP_OVER_MS = 86_400_000
/** Beyond it the one that ends first goes. */
const MAX_SILENCES = 1000
const MAX_OVERRIDES = 1000

type Handlers = Partial<
  Record<keyof AlertActionRecord, (world: World, action: AlertActionRecord, time: ActionTime) => void>
>

const HANDLERS: Handlers = {
  acknowledge: (world, action, time) => {
    const { target = '', note = '', occurrenceMs = null } = action.acknowledge ?? {}
    forGroups(world, action, { what: 'acknowledge', target, occurrenceMs }, (group) => {
      acknowledge(world, group, { by: action.by, note, ...time })
    })
  },
  resolve: (world, action, { atMs }) => {
    const { target = '', occurrenceMs = null } = action.resolve ?? {}
    forGroups(world, action, { what: 'resolve', target, occurrenceMs }, (group) => {
      const ended = target === group.id ? [...group.members] : [target]
      for (const fingerprint of ended) endAlert(world, fingerprint, { by: action.by, atMs })
    })
  },
  silence: (world, { by, silence }, { nowMs }) => {
    // One without matchers would silence everything.
    if (silence === null || silence.matchers.length === 0) return
    const { silenceId: id, matchers, startsAtMs, endsAtMs, comment } = silence
    const made: StoredSilence = { id, matchers, startsAtMs, endsAtMs, by, comment }
    setSilences(world, [...world.settings.silences.filter((each) => each.id !== id), made], nowMs)
  },
  expireSilence: (world, { expireSilence }, { atMs, nowMs }) => {
    const id = expireSilence?.silenceId
    const expired = (each: StoredSilence): StoredSilence =>
      each.id === id && each.endsAtMs > atMs ? { ...each, endsAtMs: atMs } : each
    setSilences(world, world.settings.silences.map(expired), nowMs)
  },
  override: (world, { by, override }, { nowMs }) => {
    if (override === null) return
    const { overrideId: id, schedule, person, fromMs, untilMs } = override
    const made: StoredOverride = { id, schedule, person, fromMs, untilMs, by }
    setOverrides(world, [...world.settings.overrides.filter((each) => each.id !== id), made], nowMs)
  },
  expireOverride: (world, { expireOverride }, { atMs, nowMs }) => {
    const id = expireOverride?.overrideId
    const expired = (each: StoredOverride): StoredOverride =>
      each.id === id && each.untilMs > atMs ? { ...each, untilMs: atMs } : each
    setOverrides(world, world.settings.overrides.map(expired), nowMs)
  },
}

/** Does what somebody asked for. What this program does not know is passed over. */
export function applyAction(world: World, action: AlertActionRecord, time: ActionTime): void {
  for (const [what, handle] of Object.entries(HANDLERS))
    if (action[what as keyof AlertActionRecord] !== null) handle(world, action, time)
}

interface Aim {
  readonly what: string
  /** Id of a group, or fingerprint of an alert. */
  readonly target: string
  readonly occurrenceMs: number | null
}

function forGroups(world: World, action: AlertActionRecord, aim: Aim, act: (group: Group) => void): void {
  const { what, target, occurrenceMs } = aim
  const own = world.groups.get(target)
  const ids = own === undefined ? [...(world.alerts.get(target)?.groups ?? [])] : [target]
  const groups = ids.flatMap((id) => world.groups.get(id) ?? [])
  const meant = groups.filter((group) => occurrenceMs === null || group.occurrenceMs === occurrenceMs)
  if (meant.length === 0) {
    const reason = groups.length === 0 ? 'unknown_target' : 'other_occurrence'
    world.effects.notes.push({ kind: 'action_ignored', what, reason })
  }
  for (const group of meant) {
    act(group)
    world.effects.notes.push({ kind: 'action', what, group: group.id, by: action.by })
  }
}

/** The first one holds. Everybody who was told that it fires is told who takes care. */
function acknowledge(
  world: World,
  group: Group,
  { by, note, atMs, nowMs }: ActionTime & { readonly by: string; readonly note: string },
): void {
  const firing = [...group.members].some((fingerprint) => world.alerts.get(fingerprint)?.firing)
  if (group.acknowledged !== null || !firing) return
  const policy = world.plan.escalations.get(group.escalation?.policy ?? '')
  const lapse = policy?.acknowledgedForMs
  group.acknowledged = { by, note, atMs, untilMs: lapse === undefined ? null : atMs + lapse }
  if (group.escalation !== null) group.escalation = { ...group.escalation, dueAtMs: null }
  const told = new Map<string, Target & Pick<Group['pending'][number], 'firing' | 'resolved'>>()
  for (const each of [...group.told.values(), ...group.pending])
    if (each.firing.size > 0) told.set(targetKey(each), each)
  for (const each of told.values()) {
    const { firing, resolved } = each
    const base = { ...sendBase(group, nowMs), dueAtMs: nowMs, eventAtMs: atMs }
    queueSend(group, each, { ...base, event: 'acknowledged', firing, resolved }, world.effects)
  }
  change(world, `group/${group.id}`)
}

function setSilences(world: World, silences: readonly StoredSilence[], nowMs: number): void {
  const kept = silences.filter(({ endsAtMs }) => endsAtMs > nowMs - KEEP_OVER_MS)
  const bounded = kept.toSorted((a, b) => a.endsAtMs - b.endsAtMs).slice(-MAX_SILENCES)
  world.settings = { ...world.settings, silences: bounded }
  world.muting.silences.use(bounded)
  change(world, 'settings/')
}

function setOverrides(world: World, overrides: readonly StoredOverride[], nowMs: number): void {
  const kept = overrides.filter(({ untilMs }) => untilMs > nowMs - KEEP_OVER_MS)
  world.settings = { ...world.settings, overrides: kept.slice(-MAX_OVERRIDES) }
  change(world, 'settings/')
}
