/** Bounds and times of a sink runner. All sizes are bytes of record values as they are in memory, not on the wire. */
export interface SinkLimits {
  /** A lane that holds more pauses its partition. */
  readonly laneBytes: number
  /** All lanes together, until ledger and dead letters are acknowledged; beyond it every partition pauses. */
  readonly totalBytes: number
  /** One write merges at most so many records, points and bytes of a lane. A single record may exceed the latter two. */
  readonly recordsPerWrite: number
  readonly pointsPerWrite: number
  readonly bytesPerWrite: number
  /** Writes in flight over all lanes; a lane has one at most. */
  readonly concurrentWrites: number
  readonly writeTimeoutMs: number
  readonly checkTimeoutMs: number
  /** Full jitter: a wait is random between 0 and min(retryMaxMs, retryBaseMs * 2^attempt). */
  readonly retryBaseMs: number
  readonly retryMaxMs: number
  /** Failures of one lane in a row that open its breaker, and for how long. */
  readonly breakerFailures: number
  readonly breakerOpenMs: number
  /** A lane that nothing succeeds for so long counts as one whose breaker is open, also when its attempts were too few to open it. */
  readonly retryDeadlineMs: number
  /** A lane is parked when its breaker has been open, or its mailbox full, for so long while the backend takes writes. */
  readonly parkAfterMs: number
  /**
   * A lane is stopped, until an operator resumes it, when one reason would make dead letters of more than this share of its last
   * `deadLetterWindow` points, once it had so many, or of so many points in a row.
   */
  readonly deadLetterWindow: number
  readonly deadLetterShare: number
  readonly deadLetterRun: number
  /** How many parked lanes are read back at a time, and how much of each is in memory at most, beyond one fetch. */
  readonly parallelDrains: number
  readonly drainBytes: number
  /** Retention of the parked topic; shortly before it ends, what could not be written is booked as expired. */
  readonly parkedRetentionMs: number
  /** Offsets are committed at most so often. */
  readonly commitIntervalMs: number
}

export const DEFAULT_SINK_LIMITS: SinkLimits = {
  laneBytes: 16 * 1024 * 1024,
  totalBytes: 128 * 1024 * 1024,
  recordsPerWrite: 64,
  pointsPerWrite: 10_000,
  bytesPerWrite: 4 * 1024 * 1024,
  concurrentWrites: 8,
  writeTimeoutMs: 30_000,
  checkTimeoutMs: 5_000,
  retryBaseMs: 250,
  retryMaxMs: 30_000,
  breakerFailures: 5,
  breakerOpenMs: 10_000,
  retryDeadlineMs: 60_000,
  parkAfterMs: 10_000,
  deadLetterWindow: 10_000,
  deadLetterShare: 0.01,
  deadLetterRun: 1_000,
  parallelDrains: 4,
  drainBytes: 8 * 1024 * 1024,
  parkedRetentionMs: 30 * 86_400_000,
  commitIntervalMs: 200,
}
