import type { AlertRecord, StoredAlert } from '@pegel/contracts'
import type { Labels } from '../labels.ts'

/** An alert that fires, or did until a short while ago. */
export interface Alert {
  readonly fingerprint: string
  readonly labels: Labels
  readonly source: string
  /** Occurrence, as its source calls it. */
  id: string
  annotations: Readonly<Record<string, string>>
  values: Readonly<Record<string, number>>
  generatorUrl: string
  firing: boolean
  startsAtMs: number
  endsAtMs: number | null
  /** Of the last change of state. */
  updatedAtMs: number
  seenAtMs: number
  changesAtMs: readonly number[]
  /** Its source says that it is over, but it flaps: it counts as firing until then. */
  heldUntilMs: number | null
  resolvedBy: string
  /** Groups that it is a member of, or that still have to tell of it. */
  readonly groups: Set<string>
}

export function createAlert(record: AlertRecord, identity: Pick<Alert, 'fingerprint' | 'labels'>, atMs: number): Alert {
  return {
    ...identity,
    ...{ source: record.source, id: record.id, firing: true, startsAtMs: record.startsAtMs, endsAtMs: null },
    ...{ updatedAtMs: atMs, seenAtMs: atMs, changesAtMs: [], heldUntilMs: null, resolvedBy: '', groups: new Set() },
    ...detailsOf(record),
  }
}

/** What a later record of the same alert replaces. */
export function detailsOf(record: AlertRecord): Pick<Alert, 'annotations' | 'values' | 'generatorUrl'> {
  return { annotations: record.annotations, values: valuesOf(record), generatorUrl: record.generatorUrl }
}

function valuesOf({ evidence }: AlertRecord): Readonly<Record<string, number>> {
  if (evidence === null) return {}
  const { score, value, expected, lower, upper } = evidence
  const named = Object.entries({ score, value, expected, lower, upper })
  return Object.fromEntries(named.filter((pair): pair is [string, number] => pair[1] !== null))
}

export function toStoredAlert(alert: Alert): StoredAlert {
  return { ...alert, groups: [...alert.groups] }
}

export function fromStoredAlert(fingerprint: string, stored: StoredAlert): Alert {
  return { ...stored, fingerprint, groups: new Set(stored.groups) }
}
