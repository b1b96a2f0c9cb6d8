import { isTenantId, NOTHING_BOOKED, PEGEL_TENANT } from '@pegel/contracts'
import type { LedgerRow } from '@pegel/contracts'
import type { KafkaRecord } from '@pegel/kafka'
import { letterOf } from './dead-letters/letter.ts'
import type { ProcessResult } from './processor-types.ts'

export interface Unreadable {
  readonly record: KafkaRecord
  /** Stable snake_case code. */
  readonly reason: string
  readonly message: string
  readonly nowMs: number
}

/**
 * The outcome of an ingest record that cannot be decoded, verified or processed: a dead letter with its original value and
 * a ledger row beside the balance, since nobody knows how many points it held. Its tenant is the key's, where that is an id.
 */
export function unreadable({ record, reason, message, nowMs }: Unreadable): ProcessResult {
  const key = record.key?.toString('utf8') ?? ''
  const tenant = isTenantId(key) ? key : PEGEL_TENANT
  const { topic, partition, offset } = record
  const row: LedgerRow = {
    ...NOTHING_BOOKED,
    ...{ tenant, topic, partition, offset },
    part: 0,
    parts: 0,
    appendTimeMs: record.timestampMs,
    configVersion: 0,
    unreadable: 1,
  }
  const refusals = [{ point: -1, reason, message }]
  const deadLetter = letterOf({ record, tenant, stage: 'enricher', sink: '', refusals, nowMs })
  return { status: 'processed', outputs: [], rows: [row], deadLetter }
}
