import type { DeadLetterRecord, DeadLetterRefusal, KeptHeader } from '@pegel/contracts'
import type { KafkaRecord } from '@pegel/kafka'

export interface LetterInput {
  /** The source record. */
  readonly record: KafkaRecord
  readonly tenant: string
  readonly stage: 'enricher' | 'sink'
  /** Empty at the enricher. */
  readonly sink: string
  readonly refusals: readonly DeadLetterRefusal[]
  readonly nowMs: number
}

/** The dead letter of a source record: all of the record, so that it can be tried again though retention has removed it. */
export function letterOf({ record, tenant, stage, sink, refusals, nowMs }: LetterInput): DeadLetterRecord {
  const { topic, partition, offset, key, value, timestampMs, headers } = record
  return {
    ...{ tenant, stage, sink, topic, partition, offset, key, refusals, timestampMs },
    value: value ?? new Uint8Array(),
    failedAtMs: nowMs,
    headers: Object.entries(headers).map(([name, bytes]): KeptHeader => ({ key: name, value: bytes })),
    settled: '',
    replayId: '',
  }
}
