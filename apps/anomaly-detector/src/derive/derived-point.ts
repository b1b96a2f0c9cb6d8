/** A number that a detector is shown. */
export interface DerivedPoint {
  readonly name: string
  readonly timeMs: number
  readonly value: number
  /** Counts of a histogram's buckets, for its distribution; `value` is their sum then. */
  readonly counts?: readonly number[]
}

/** A point of a series as it came. */
export interface SourcePoint {
  readonly timeMs: number
  readonly timeNs: number
  /** Start of accumulation; 0 when unknown. */
  readonly startTimeMs: number
  readonly value: number
}
