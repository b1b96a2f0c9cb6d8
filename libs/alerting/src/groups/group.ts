import type { StoredAcknowledgement, StoredEscalation } from '@pegel/contracts'
import type { ChannelTarget } from '@pegel/tenancy'
import type { GroupIdentity } from '../routing/group-key.ts'
import type { Route } from '../routing/route-tree.ts'
import type { Knowledge } from './needs-update.ts'

export type SendEvent = 'firing' | 'acknowledged' | 'resolved'

export interface Target {
  readonly channel: string
  /** Empty: the address of the channel's settings. */
  readonly to: string
  /** Told by a step of the policy; the same address may be a target of the route as well, and is told apart. */
  readonly escalated: boolean
}

/** What one target was told last. */
export interface Told extends Target, Knowledge {
  readonly ref: string
}

/** A send that was decided and is not known to be done. */
export interface Pending extends Target {
  /** Of the sends of its group; names it for good. */
  readonly number: number
  readonly event: SendEvent
  /** Nothing is sent; only what the target knows changes, in its turn. */
  readonly silent: boolean
  readonly firing: ReadonlySet<string>
  readonly resolved: ReadonlySet<string>
  readonly occurrenceMs: number
  readonly dueAtMs: number
  readonly eventAtMs: number
  readonly step: number
  readonly round: number
  readonly person: string
}

/** Alerts that are told together, and what has been told. */
export interface Group extends GroupIdentity {
  readonly receiver: string
  readonly createdAtMs: number
  /** Undefined: no route of the tenant's file leads here any more; only what is pending is still done. */
  route: Route | undefined
  readonly members: Set<string>
  flushAtMs: number
  flushed: boolean
  occurrenceMs: number | null
  sends: number
  readonly told: Map<string, Told>
  pending: readonly Pending[]
  escalation: StoredEscalation | null
  acknowledged: StoredAcknowledgement | null
  /** Append time of the newest record that changed it since it was looked at; 0: none. Not stored. */
  lastEventMs: number
}

/** Sends are numbered from the group's beginning on, so that a group of the same name that comes later has other numbers. */
const SENDS_PER_MS = 1000

export function createGroup(identity: GroupIdentity, route: Route, nowMs: number): Group {
  return {
    ...identity,
    ...{ receiver: route.config.receiver, route, createdAtMs: nowMs, flushAtMs: nowMs + route.config.groupWaitMs },
    ...{
      flushed: false,
      occurrenceMs: null,
      sends: nowMs * SENDS_PER_MS,
      pending: [],
      escalation: null,
      acknowledged: null,
    },
    ...{ members: new Set(), told: new Map(), lastEventMs: 0 },
  }
}

export function targetOf({ channel, to = '' }: ChannelTarget, escalated: boolean): Target {
  return { channel, to, escalated }
}

export function targetKey({ channel, to, escalated }: Target): string {
  return JSON.stringify([channel, to, escalated])
}

/** What a target will know once everything that is pending for it is done. */
export function knowledgeOf(group: Group, target: Target): Knowledge | undefined {
  const key = targetKey(target)
  const pending = group.pending.findLast((each) => targetKey(each) === key)
  return pending === undefined ? group.told.get(key) : { ...pending, atMs: pending.dueAtMs }
}

/** The oldest pending send of each target: later ones of the same target wait for it. */
export function headsOf(group: Group): readonly Pending[] {
  const seen = new Set<string>()
  return group.pending.filter((each) => {
    const key = targetKey(each)
    return !seen.has(key) && seen.add(key)
  })
}
