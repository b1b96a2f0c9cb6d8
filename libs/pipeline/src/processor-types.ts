import type { DeadLetterRecord, LedgerRow } from '@pegel/contracts'
import type { KafkaPort, KafkaRecord, OutgoingRecord } from '@pegel/kafka'
import type { Logger, Metrics, Tracing } from '@pegel/telemetry'

/** What became of one source record. */
export type ProcessResult =
  | {
      readonly status: 'processed'
      /** In this order per partition, after those of earlier records of the source partition. */
      readonly outputs: readonly OutgoingRecord[]
      readonly rows: readonly LedgerRow[]
      readonly deadLetter?: DeadLetterRecord
    }
  /** Cannot be judged yet (a schema or a tenant version that is still to be read): the partition waits, then asks again. */
  | { readonly status: 'wait'; readonly reason: string }

/** A pure function from a record to its outcome: the same record gives the same bytes, whoever asks and however often. */
export interface Processor {
  /** May throw a retryable PegelError, which counts as `wait`. Anything else thrown is a bug: the record becomes a dead letter. */
  process(record: KafkaRecord): ProcessResult
}

export interface ProcessorOptions {
  readonly kafka: KafkaPort
  readonly group: string
  readonly topics: readonly string[]
  readonly processor: Processor
  /** Names this process in the ledger. */
  readonly instance: string
  readonly log: Logger
  readonly metrics: Metrics
  /** Off unless given. */
  readonly tracing?: Tracing
  /** Source bytes taken and not yet settled, over all partitions; beyond it they pause. Default 64 MiB. */
  readonly maxInFlightBytes?: number
  readonly commitIntervalMs?: number
}

/** Fits the host's `Hosted`. */
export interface RunningProcessor {
  start(): Promise<void>
  /** Settles what was processed, commits it, leaves the group. What was fetched and not processed comes again. */
  stop(deadlineMs: number): Promise<void>
  readonly checks: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>
}
