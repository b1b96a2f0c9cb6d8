import type { DeadLetterRecord, DeadLetterRefusal } from '@pegel/contracts'
import type { KafkaRecord } from '@pegel/kafka'
import { keepRecord } from '../kept-record.ts'

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
  return {
    ...keepRecord(record),
    ...{ tenant, stage, sink, refusals },
    failedAtMs: nowMs,
    settled: '',
    replayId: '',
  }
}
