import type { TenantConfig } from '@pegel/tenancy'
import type { Logger, Tracing } from '@pegel/telemetry'
import type { LaneBreaker } from './lane-breaker.ts'
import type { Steps } from './lane-scheduler.ts'
import type { Lane } from './lane.ts'
import type { Finished } from './sink-finish.ts'
import type { SinkLimits } from './sink-limits.ts'
import type { Batch, Rejection, SinkRecord, WriteResult } from './sink.ts'

/** What lanes share. */
export interface LaneDeps<R extends SinkRecord> {
  readonly sinkName: string
  readonly limits: SinkLimits
  readonly log: Logger
  readonly tracing: Tracing
  readonly write: (batch: Batch<R>, signal: AbortSignal) => Promise<WriteResult>
  readonly prepare: (config: TenantConfig) => Promise<void>
  /** Is the backend as a whole up? Asked when a write failed. */
  readonly backendUp: () => Promise<boolean>
  readonly schedule: (lane: Steps) => void
  readonly onFinished: (lane: Lane<R>, finished: readonly Finished[]) => void
  /** A write failed and the backend is up: the breaker has counted it. */
  readonly onTrouble: (lane: Lane<R>) => void
  /** Counts the outcome of a record. Returns the reason when so much is refused that the lane is to be stopped. */
  readonly countRefused: (points: number, rejected: readonly Rejection[]) => string | null
  /** Nothing more may become a dead letter: all that has no outcome is to be put aside. */
  readonly onStop: (lane: Lane<R>, reason: string) => void
  /** Records that were handed to write() and are given up with points unanswered; they may come again. */
  readonly onAbandoned: (records: readonly R[]) => void
}

export interface LanePast {
  readonly breaker?: LaneBreaker | undefined
  /** Its next write may well fail. */
  readonly doubtful?: boolean
}
