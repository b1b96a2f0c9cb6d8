export type DriftKind = 'level' | 'variance'

export interface DriftOptions {
  /**
   * How much evidence a change needs, as a log-likelihood ratio; default 11.5, 6 to 30. On independent normal rows the default gives about one
   * false alarm in 200,000 rows; each 1 less or more makes it about 2.5 times as many or as few, and delays shorter or longer in proportion.
   */
  readonly threshold?: number
  /** The least change worth an alarm, in standard deviations of the series; default 0.2. */
  readonly minMagnitude?: number
  /** Rows after which a new level that has lasted is the usual one, and the drift is over; default 1000. */
  readonly acceptAfterRows?: number
}

export interface SampleStatistics {
  readonly rows: number
  readonly mean: number
  /** Standard deviation, with what season the rows have. */
  readonly sd: number
}

/** What one row brought. Of a row that changes nothing only the four flags are set. */
export interface DriftVerdict {
  /** A change was found with this row. True once for a change, not as long as it lasts. */
  readonly drift: boolean
  /** The drift is over with this row: the series came back (`drift` is true too), or stayed so long that this is the usual now. */
  readonly resolved: boolean
  /** Whether a drift was found and is not over. */
  readonly active: boolean
  /** False during the warm-up, which takes 384 rows. */
  readonly ready: boolean
  readonly kind?: DriftKind
  /** Timestamp of the first row after the change, as well as it can be told. */
  readonly since?: number
  readonly before?: SampleStatistics
  readonly after?: SampleStatistics
  /** Of a level: the change in standard deviations of before, with its sign. Of a variance: the ratio of the standard deviations, cleared of slow movement. */
  readonly magnitude?: number
}

/** Watches one series for a lasting change of its level or its variance. Rows that are not newer than the last one, or not finite, are ignored. */
export interface DriftDetector {
  update(timestampMs: number, value: number): DriftVerdict
  /** The last change as one sentence, for example "level rose from 0.91 to 0.96 (+1.2 sd) since 2026-01-02T03:04:00.000Z"; empty before one. */
  explain(): string
  /** All that it has learned; `restoreDriftDetector` of the same version continues exactly where this one stands. */
  save(): Uint8Array
}
