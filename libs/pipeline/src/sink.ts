import type { BatchEnvelope, BatchSource, LogBatch, MetricPoints } from '@pegel/contracts'
import type { ReplayNote } from './replay/replay-record.ts'
import type { TenantConfig } from '@pegel/tenancy'

export interface RecordPosition {
  readonly partition: number
  readonly offset: number
}

/** What a runner must know of a record, whatever it holds. A point is what is counted: a data point, or a log event. */
export interface RecordEnvelope {
  readonly tenant: string
  readonly configVersion: number
  readonly receivedAtMs: number
  readonly points: number
}

/** One source record, decoded. */
export interface SinkRecord {
  readonly envelope: RecordEnvelope
  /** What the ledger knows it by. */
  readonly source: BatchSource
  /** Where it stands in the topic that the sink reads. */
  readonly position: RecordPosition
  /** Only these point indices are to be written (a retry); null means all. A sink must honour it. */
  readonly select: Uint32Array | null
  /** What is known of a record that was sent again by a replay. */
  readonly replayed?: ReplayNote
}

/** One source record of `metrics`. */
export interface MetricRecord extends SinkRecord {
  readonly envelope: BatchEnvelope
  /** The same object in every attempt at this record: what a sink worked out for it may be kept in a WeakMap under it. */
  readonly points: MetricPoints
}

/** One source record of `events`. */
export interface LogRecord extends SinkRecord {
  /** The same object in every attempt at this record. */
  readonly batch: LogBatch
}

/** Records of ONE tenant, in order, as many as the sink's batch limits allow. */
export interface Batch<R> {
  readonly tenant: string
  readonly config: TenantConfig
  readonly records: readonly R[]
}

export interface Rejection {
  /** Index of the point in its source record. */
  readonly point: number
  /** Stable snake_case code, for example `out_of_order`, `mapping_conflict`. */
  readonly reason: string
  readonly message: string
}

/** What became of one source record. Every selected point is counted exactly once: delivered + alreadyPresent + collapsed + collided + unsupported + rejected.length + retry.length. */
export interface Outcome {
  readonly delivered: number
  readonly alreadyPresent: number
  readonly unsupported: number
  readonly collapsed: number
  readonly collided: number
  readonly rejected: readonly Rejection[]
  /** Indices of points to try again. */
  readonly retry: readonly number[]
}

/** One outcome per source record, in the order of the batch. */
export interface WriteResult {
  readonly outcomes: readonly Outcome[]
  /** The backend's own wish (Retry-After), when it gave one. */
  readonly afterMs?: number
}

/**
 * A backend. Its author writes only this; queue, retry, timeout, ledger, dead letters and commits are wrapped once for all.
 * A lane sends nothing newer until its retry set is written, refused or parked: order within a series depends on it.
 */
export interface Sink<R = MetricRecord> {
  /**
   * Resolves when every selected point is durable in the backend, or named in the result. Expected failures (refusals, 429, 5xx) are values;
   * a lost connection or a timeout may be thrown and counts as: retry all.
   */
  write(batch: Batch<R>, signal: AbortSignal): Promise<WriteResult>
  /** Rejects when the backend as a whole cannot take writes. */
  check(signal: AbortSignal): Promise<void>
  /**
   * Called after every (re)assignment before the first write: whatever the sink holds about records that were not committed is void, since they come
   * again. A sink that keeps state per partition loads it here. Rejecting is retried; nothing is written before it resolves.
   */
  assigned?(partitions: readonly number[], signal: AbortSignal): Promise<void>
  /**
   * Records that were handed to write() are given up with points unanswered. If they come again in this assignment, they come as new objects: what
   * they have changed in the sink's state is to be undone. Called after the write's signal has aborted.
   */
  abandoned?(records: readonly R[]): void
  /** Makes what a tenant needs in the backend (bucket, templates), idempotently; called when the configuration is applied or read, never per write. */
  prepare?(config: TenantConfig, signal: AbortSignal): Promise<void>
  close(): Promise<void>
}
