import type { PendingSend, StoredGroup, ToldTarget } from '@pegel/contracts'
import { packFingerprints, unpackFingerprints } from './fingerprint-set.ts'
import { targetKey } from './group.ts'
import type { Group, Pending, SendEvent, Told } from './group.ts'

export function toStoredGroup(group: Group): StoredGroup {
  const { key, receiver, labels, createdAtMs, flushAtMs, flushed, occurrenceMs, sends } = group
  return {
    ...{ key, receiver, labels, createdAtMs, flushAtMs, flushed, occurrenceMs, sends },
    told: [...group.told.values()].map(toStoredTold),
    pending: group.pending.map(toStoredPending),
    escalation: group.escalation,
    acknowledged: group.acknowledged,
  }
}

/** The group without its route and members, which follow from the tenant's file and the alerts. */
export function fromStoredGroup(id: string, stored: StoredGroup): Group {
  const told = stored.told.map(fromStoredTold)
  return {
    ...stored,
    id,
    ...{ route: undefined, members: new Set(), lastEventMs: 0 },
    told: new Map(told.map((each) => [targetKey(each), each])),
    pending: stored.pending.map(fromStoredPending),
  }
}

function toStoredTold(told: Told): ToldTarget {
  return { ...told, firing: packFingerprints(told.firing), resolved: packFingerprints(told.resolved) }
}

function fromStoredTold(told: ToldTarget): Told {
  return { ...told, firing: unpackFingerprints(told.firing), resolved: unpackFingerprints(told.resolved) }
}

function toStoredPending(pending: Pending): PendingSend {
  return { ...pending, firing: packFingerprints(pending.firing), resolved: packFingerprints(pending.resolved) }
}

function fromStoredPending(pending: PendingSend): Pending {
  const [firing, resolved] = [unpackFingerprints(pending.firing), unpackFingerprints(pending.resolved)]
  return { ...pending, event: pending.event as SendEvent, firing, resolved }
}
