import { decodeRecord } from '@pegel/contracts'
import type { AlertStateRecord, StoredAlert, StoredGroup, StoredSettings } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import { readCompacted } from '@pegel/pipeline'

const STATE_TOPIC = 'pegel.alert-state.v1'

export interface KnownAlert extends StoredAlert {
  readonly tenant: string
  readonly fingerprint: string
}

export interface KnownGroup extends StoredGroup {
  readonly tenant: string
  readonly id: string
}

/** What the alert-router has stored; reading waits for no router. */
export interface AlertsState {
  readonly alerts: readonly KnownAlert[]
  readonly groups: readonly KnownGroup[]
  readonly settings: ReadonlyMap<string, StoredSettings>
}

/** Reads the compacted state to its end. What cannot be read is of a newer program, and left out. */
export async function readAlertsState(kafka: KafkaPort, tenant?: string): Promise<AlertsState> {
  const values = await readCompacted({ kafka, topic: STATE_TOPIC })
  const states = [...values.values()].flatMap(decode).filter((state) => tenant === undefined || state.tenant === tenant)
  return {
    alerts: states.flatMap((state) =>
      state.alert === null ? [] : { ...state.alert, tenant: state.tenant, fingerprint: state.id },
    ),
    groups: states.flatMap((state) =>
      state.group === null ? [] : { ...state.group, tenant: state.tenant, id: state.id },
    ),
    settings: new Map(states.flatMap((state) => (state.settings === null ? [] : [[state.tenant, state.settings]]))),
  }
}

function decode(value: Buffer): readonly AlertStateRecord[] {
  try {
    return [decodeRecord('AlertState', value)]
  } catch {
    return []
  }
}

/** Alerts of a group that its route has not told the end of. */
export function membersOf({ alerts }: AlertsState, { tenant, id }: KnownGroup): readonly KnownAlert[] {
  return alerts.filter((alert) => alert.tenant === tenant && alert.groups.includes(id))
}
