import { decodeRecord } from '@pegel/contracts'
import type { ParkedKind, ParkedRecord } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import type { KafkaRecord } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import { keepRecord } from '../kept-record.ts'

export const PARKED_TOPIC = 'pegel.parked.v1'
/** Read at a time: what was fetched is worked on in one go, and others wait meanwhile. */
export const FETCH_BYTES = 64 * 1024

/** The group that remembers how far the parked lanes of a sink's group are drained. Nobody joins it. */
export function parkedGroup(group: string): string {
  return `${group}.parked`
}

/** Why a lane is parked: what the records of the parked topic say, and `pegel lanes list`. */
export type ParkReason = 'lane_full' | 'breaker_open' | 'dead_letter_rule' | 'resumed'

/** What is to be written; whose word it is, is added where it is written. */
export type ParkedDraft = Omit<ParkedRecord, 'sink' | 'owner' | 'seq' | 'parkedAtMs'> & { readonly kind: ParkedKind }

const NOTHING = Buffer.alloc(0)

/** A lane in a topic and a partition of it: the tenant's records there. */
export interface LaneKey {
  readonly tenant: string
  readonly topic: string
  readonly partition: number
}

export function laneName({ tenant, topic, partition }: LaneKey): string {
  return `${topic}/${partition}/${tenant}`
}

/** Hands on what a record of the parked topic says, if it can be read and was not removed, and frees it: what it says is a copy. Never throws. */
export function withParked(record: KafkaRecord, log: Logger, use: (parked: ParkedRecord) => void): void {
  const { value, partition, offset, memory } = record
  try {
    if (value !== null) use(decodeRecord('Parked', value))
  } catch (error) {
    log.error('a record of the parked topic cannot be read', { partition, offset, problem: messageOf(error) })
  } finally {
    memory?.release()
  }
}

/** A record of the parked topic that holds no source record. */
export function controlDraft(
  { tenant, topic, partition }: LaneKey,
  kind: Exclude<ParkedKind, 'record'>,
  more: Partial<Omit<ParkedDraft, 'kind'>> = {},
): ParkedDraft {
  return {
    ...{ tenant, topic, partition, offset: -1, timestampMs: 0, key: null, value: NOTHING, headers: [] },
    ...{ reason: '', kind, detail: '', points: 0, records: 0, sizeBytes: 0, upTo: -1 },
    ...more,
  }
}

export interface CopyOptions {
  readonly tenant: string
  readonly reason: string
  readonly detail: string
  readonly points: number
}

/** The copy of a source record, unchanged. */
export function copyDraft(record: KafkaRecord, { tenant, reason, detail, points }: CopyOptions): ParkedDraft {
  return {
    ...keepRecord(record),
    ...{ tenant, reason, kind: 'record', detail, points, records: 0, sizeBytes: 0, upTo: -1 },
  }
}
