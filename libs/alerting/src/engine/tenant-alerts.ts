import type { AlertActionRecord, AlertRecord, AlertStateRecord } from '@pegel/contracts'
import { fromStoredAlert, toStoredAlert } from '../alerts/alert.ts'
import { Deadlines } from '../deadlines.ts'
import { headsOf } from '../groups/group.ts'
import type { Group, Pending } from '../groups/group.ts'
import { fromStoredGroup, toStoredGroup } from '../groups/group-codec.ts'
import type { AlertPlan } from '../plan.ts'
import { applyAction } from './actions.ts'
import { alertDueMs, applyAlert, runAlert } from './alert-changes.ts'
import { EffectsDraft } from './effects.ts'
import type { Effects, Note } from './effects.ts'
import { flush } from './flush.ts'
import { regroup, release, removeIfDone } from './membership.ts'
import { completeSend } from './send-queue.ts'
import type { SendOutcome } from './send-queue.ts'
import { shiftTimes } from './shift-times.ts'
import { runLapse, runStep } from './steps.ts'
import { hearHeartbeat, runWatchdog, watchdogDueMs } from './watchdog.ts'
import type { WatchdogOptions } from './watchdog.ts'
import { change, createWorld, usePlan } from './world.ts'
import type { World } from './world.ts'

export type StoredState = Pick<AlertStateRecord, 'kind' | 'id' | 'alert' | 'group' | 'settings'>

export interface TenantAlertsOptions {
  readonly plan: AlertPlan
  /** What was stored; empty at first. */
  readonly states: readonly StoredState[]
  readonly nowMs: number
  /** Of the tenant whose alerts prove that Pegel itself is alive. */
  readonly watchdog?: WatchdogOptions
}

const WATCHDOG = 'watchdog'

/**
 * One tenant's alerts: a state machine on a clock that its caller holds. Records, times and outcomes go in, effects come out; nothing is
 * sent and nothing is stored here. All times are ms since the epoch of a clock without steps.
 */
export class TenantAlerts {
  readonly #world: World
  readonly #deadlines = new Deadlines()
  readonly #watchdog: WatchdogOptions | undefined

  constructor({ plan, states, nowMs, watchdog }: TenantAlertsOptions) {
    const world = createWorld(plan)
    this.#world = world
    this.#watchdog = watchdog
    for (const { id, alert, group, settings } of states) {
      if (alert !== null) world.alerts.set(id, fromStoredAlert(id, alert))
      if (group !== null) world.groups.set(id, fromStoredGroup(id, group))
      if (settings !== null) world.settings = settings
    }
    usePlan(world, plan)
    regroup(world, nowMs)
    for (const group of world.groups.values())
      world.effects.starts.push(...headsOf(group).map((pending) => ({ group, pending })))
    if (watchdog !== undefined && world.settings.heartbeatMs === null) hearHeartbeat(world, nowMs)
    this.#scheduleAll()
  }

  get tenant(): string {
    return this.#world.plan.tenant
  }

  get alertCount(): number {
    return this.#world.alerts.size
  }

  get groupCount(): number {
    return this.#world.groups.size
  }

  /** Infinity: never. */
  get nextDueMs(): number {
    return this.#deadlines.nextMs
  }

  /** @param atMs when the record came; not after nowMs */
  alert(record: AlertRecord, atMs: number, nowMs: number): void {
    applyAlert(this.#world, record, { atMs, nowMs })
    this.#schedule()
  }

  action(action: AlertActionRecord, atMs: number, nowMs: number): void {
    if (action.heartbeat !== null) hearHeartbeat(this.#world, atMs)
    else applyAction(this.#world, action, { atMs, nowMs })
    this.#schedule()
  }

  /** Everything that is due by now, in the order of its times. */
  tick(nowMs: number): void {
    for (let next = this.#deadlines.take(nowMs); next !== undefined; next = this.#deadlines.take(nowMs)) {
      this.#run(next.key, nowMs)
      this.#schedule()
    }
  }

  /** What came of a send. */
  complete(groupId: string, number: number, outcome: SendOutcome, nowMs: number): void {
    const { groups, effects } = this.#world
    const group = groups.get(groupId)
    const done = group === undefined ? undefined : completeSend(group, number, { outcome, nowMs, effects })
    if (group === undefined || done === undefined) return
    for (const fingerprint of [...done.firing, ...done.resolved]) release(this.#world, group, fingerprint)
    if (!removeIfDone(this.#world, group)) change(this.#world, `group/${groupId}`)
    this.#schedule()
  }

  /** A new version of the tenant's file is in force. */
  reconfigure(plan: AlertPlan, nowMs: number): void {
    usePlan(this.#world, plan)
    regroup(this.#world, nowMs)
    this.#scheduleAll()
  }

  /** The wall clock was set: what lies so far ahead lies so far ahead still. */
  shift(byMs: number): void {
    shiftTimes(this.#world, byMs)
    this.#scheduleAll()
  }

  group(id: string): Group | undefined {
    return this.#world.groups.get(id)
  }

  /** Alerts of a send, those that are known still. */
  alertsOf({ firing, resolved }: Pick<Pending, 'firing' | 'resolved'>) {
    return [...firing, ...resolved].flatMap((fingerprint) => this.#world.alerts.get(fingerprint) ?? [])
  }

  /** Every key of which something is stored. */
  keys(): readonly string[] {
    const { alerts, groups } = this.#world
    const [alertKeys, groupKeys] = [[...alerts.keys()], [...groups.keys()]]
    return ['settings/', ...alertKeys.map((id) => `alert/${id}`), ...groupKeys.map((id) => `group/${id}`)]
  }

  /** The state of a key as it is to be stored; undefined when there is nothing any more. */
  stateOf(key: string): StoredState | undefined {
    const [kind = '', id = ''] = key.split('/')
    const base = { kind, id, alert: null, group: null, settings: null }
    if (kind === 'settings') return { ...base, settings: this.#world.settings }
    if (kind === 'alert') {
      const alert = this.#world.alerts.get(id)
      return alert === undefined ? undefined : { ...base, alert: toStoredAlert(alert) }
    }
    const group = this.#world.groups.get(id)
    return group === undefined ? undefined : { ...base, group: toStoredGroup(group) }
  }

  /** What is to be done since it was taken last. */
  takeEffects(): Effects {
    const taken = this.#world.effects
    this.#world.effects = new EffectsDraft()
    return taken
  }

  #run(key: string, nowMs: number): void {
    const [kind, id = ''] = key.split('/')
    if (kind === WATCHDOG && this.#watchdog !== undefined) this.#late('watchdog', this.#runWatchdog(nowMs), nowMs)
    const alert = kind === 'alert' ? this.#world.alerts.get(id) : undefined
    if (alert !== undefined) {
      this.#late('alert', alertDueMs(this.#world, alert), nowMs)
      runAlert(this.#world, alert, nowMs)
    }
    const group = kind === 'group' ? this.#world.groups.get(id) : undefined
    if (group !== undefined) this.#runGroup(group, nowMs)
  }

  #runGroup(group: Group, nowMs: number): void {
    const flushMs = flushDueMs(group)
    const lapseMs = group.acknowledged?.untilMs ?? Infinity
    const stepMs = group.escalation?.dueAtMs ?? Infinity
    // What resolves a group comes before what escalates it.
    if (flushMs <= nowMs) {
      this.#late('flush', flushMs, nowMs)
      flush(this.#world, group, nowMs)
    } else if (lapseMs <= nowMs) {
      this.#late('lapse', lapseMs, nowMs)
      runLapse(this.#world, group)
    } else if (stepMs <= nowMs) {
      this.#late('step', stepMs, nowMs)
      runStep(this.#world, group, nowMs)
    }
    this.#world.touched.add(`group/${group.id}`)
  }

  #runWatchdog(nowMs: number): number {
    const dueMs = watchdogDueMs(this.#world, this.#watchdog)
    if (this.#watchdog !== undefined) runWatchdog(this.#world, this.#watchdog, nowMs)
    return dueMs
  }

  #scheduleAll(): void {
    const { alerts, groups, touched } = this.#world
    for (const fingerprint of alerts.keys()) touched.add(`alert/${fingerprint}`)
    for (const id of groups.keys()) touched.add(`group/${id}`)
    this.#schedule()
  }

  #schedule(): void {
    const { touched } = this.#world
    for (const key of touched) this.#due(key, this.#dueMsOf(key))
    touched.clear()
    if (this.#watchdog !== undefined) this.#due(WATCHDOG, watchdogDueMs(this.#world, this.#watchdog))
  }

  #due(key: string, dueMs: number): void {
    if (dueMs === Infinity) this.#deadlines.delete(key)
    else this.#deadlines.set(key, dueMs)
  }

  #dueMsOf(key: string): number {
    const [kind, id = ''] = key.split('/')
    const alert = kind === 'alert' ? this.#world.alerts.get(id) : undefined
    if (alert !== undefined) return alertDueMs(this.#world, alert)
    const group = kind === 'group' ? this.#world.groups.get(id) : undefined
    return group === undefined ? Infinity : groupDueMs(group)
  }

  #late(timer: (Note & { kind: 'timer' })['timer'], dueMs: number, nowMs: number): void {
    this.#world.effects.notes.push({ kind: 'timer', timer, lateMs: Math.max(0, nowMs - dueMs) })
  }
}

/** A group that no route leads to is not looked at any more. */
function flushDueMs({ route, flushAtMs }: Group): number {
  return route === undefined ? Infinity : flushAtMs
}

function groupDueMs(group: Group): number {
  return Math.min(flushDueMs(group), group.acknowledged?.untilMs ?? Infinity, group.escalation?.dueAtMs ?? Infinity)
}
