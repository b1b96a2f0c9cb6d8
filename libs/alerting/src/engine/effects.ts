import type { AlertRecord } from '@pegel/contracts'
import type { Group, Pending } from '../groups/group.ts'

/** Things worth a log line or a count. */
export type Note =
  | {
      readonly kind: 'timer'
      readonly timer: 'flush' | 'step' | 'lapse' | 'alert' | 'watchdog'
      readonly lateMs: number
    }
  | {
      readonly kind: 'alert'
      readonly what: 'fired' | 'refreshed' | 'ended' | 'held' | 'stale' | 'refused' | 'expired'
    }
  | { readonly kind: 'step_skipped'; readonly group: string; readonly step: number; readonly round: number }
  | { readonly kind: 'step_fired'; readonly group: string; readonly step: number; readonly round: number }
  | { readonly kind: 'step_muted'; readonly group: string }
  | { readonly kind: 'nobody_on_call'; readonly group: string; readonly schedule: string }
  | { readonly kind: 'action'; readonly what: string; readonly group: string; readonly by: string }
  | { readonly kind: 'action_ignored'; readonly what: string; readonly reason: string }

export interface SendOrder {
  readonly group: Group
  readonly pending: Pending
}

/** What a tenant's alerts want done. Nothing of it has happened yet. */
export interface Effects {
  /** `alert/…`, `group/…` and `settings/` whose state differs from what is stored. */
  readonly changed: ReadonlySet<string>
  /** Sends whose turn it is; to be started once the state is stored. */
  readonly starts: readonly SendOrder[]
  readonly notes: readonly Note[]
  /** Alerts to be written to `alerts`. */
  readonly emits: readonly AlertRecord[]
}

/** Collects effects until they are taken. */
export class EffectsDraft implements Effects {
  readonly changed = new Set<string>()
  readonly starts: SendOrder[] = []
  readonly notes: Note[] = []
  readonly emits: AlertRecord[] = []
}
