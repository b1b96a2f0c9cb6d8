import type { StoredSettings } from '@pegel/contracts'
import type { Alert } from '../alerts/alert.ts'
import type { Group } from '../groups/group.ts'
import { Inhibitor } from '../muting/inhibitor.ts'
import { Silences } from '../muting/silences.ts'
import type { AlertPlan } from '../plan.ts'
import type { Muting } from './audible.ts'
import { EffectsDraft } from './effects.ts'

/** All that is known of one tenant; functions of the engine work on it. */
export interface World {
  plan: AlertPlan
  muting: Muting & { readonly inhibitor: Inhibitor; readonly silences: Silences }
  settings: StoredSettings
  readonly alerts: Map<string, Alert>
  readonly groups: Map<string, Group>
  effects: EffectsDraft
  /** Keys whose deadlines may have moved. */
  readonly touched: Set<string>
  /** Heartbeat after which silence was said; not stored: it is said again after a start, with the same id. */
  raisedForMs: number | null
}

export const NO_SETTINGS: StoredSettings = { silences: [], overrides: [], heartbeatMs: null }

export function createWorld(plan: AlertPlan): World {
  return {
    plan,
    muting: mutingOf(plan),
    settings: NO_SETTINGS,
    alerts: new Map(),
    groups: new Map(),
    effects: new EffectsDraft(),
    touched: new Set(),
    raisedForMs: null,
  }
}

/** Its state differs from what is stored: `alert/…`, `group/…` or `settings/`. */
export function change(world: World, key: string): void {
  world.effects.changed.add(key)
  world.touched.add(key)
}

/** A new version of the tenant's file: what mutes is compiled anew and told what fires. */
export function usePlan(world: World, plan: AlertPlan): void {
  world.plan = plan
  world.muting = mutingOf(plan)
  world.muting.silences.use(world.settings.silences)
  for (const { fingerprint, labels, firing } of world.alerts.values())
    world.muting.inhibitor.set(fingerprint, labels, firing)
}

function mutingOf({ config, intervals }: AlertPlan): World['muting'] {
  return {
    inhibitor: new Inhibitor(config.inhibitRules),
    silences: new Silences(config.maintenance, intervals),
    intervals,
  }
}
