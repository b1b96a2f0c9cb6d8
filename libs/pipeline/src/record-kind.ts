import type { BatchSource } from '@pegel/contracts'
import type { KafkaRecord } from '@pegel/kafka'
import type { TenantConfig } from '@pegel/tenancy'
import type { SinkRecord } from './sink.ts'

/** A record that has a value. */
export type FilledRecord = KafkaRecord & { readonly value: Buffer }

/** What a record is given besides what its bytes say. */
export type RecordPlace = Pick<SinkRecord, 'source' | 'position' | 'select'>

/** A record whose envelope was read. */
export interface OpenRecord<R extends SinkRecord> {
  readonly envelope: R['envelope']
  /** Null when it does not say. */
  readonly source: BatchSource | null
  /** Reads the rest. What it throws is the reason of a dead letter, or, when it is retryable (an unknown schema), why the lane waits. */
  read(place: RecordPlace): R
}

/** How one kind of record is read: everything else about running a sink is the same for all kinds. */
export interface RecordKind<R extends SinkRecord> {
  /** What a sink of this kind consumes, unless it is told otherwise. */
  readonly topic: string
  /** Reads the envelope. Retryable errors make the lane wait; others refuse the whole record, since its tenant cannot be believed. */
  open(record: FilledRecord): OpenRecord<R>
  /** Settings of tenants that have no file. */
  builtIn?(tenant: string): TenantConfig | undefined
}
