/** A score of this and above is a detection, whatever the series and the settings. */
export const DETECTION_THRESHOLD = 0.5

/** Which side of the expected range is worth a detection. */
export type Direction = 'up' | 'down' | 'both'

/** How one series is watched; what is left out has one setting for all series. */
export interface DetectorOptions {
  /** Default `both`: a deviation to the other side scores 0. */
  readonly direction?: Direction
  /** A point nearer than this to what was expected scores 0, in the unit of the series; default 0. */
  readonly minDeviation?: number
  /** The same as a fraction of what was expected; default 0. */
  readonly minDeviationRelative?: number
  /** Default 1. At 2 half the surprise is enough for a detection, at 0.5 twice of it is needed; 0.1 to 10. */
  readonly sensitivity?: number
  /** Learn the hour of the day and the day of the week too (more memory; see the cost table); default false. */
  readonly season?: boolean
}

/** What one point looks like to a detector. The object is the detector's own and is overwritten by the next update. */
export interface Verdict {
  /** 0..1; 0.5 and above is a detection, whatever the series and the settings. */
  readonly score: number
  /** What was expected of this point before it was seen, and the range that would not have surprised; NaN during the warm-up. */
  readonly expected: number
  readonly lower: number
  readonly upper: number
  /** Why the score is what it is, strongest first; empty when nothing is remarkable. */
  readonly reasons: readonly Reason[]
  /** False during the warm-up: the score is 0 then. */
  readonly ready: boolean
}

export type ReasonKind =
  'record_high' | 'record_low' | 'jump' | 'unusual_shape' | 'unusual_level' | 'flat' | 'off_season'

export interface Reason {
  readonly kind: ReasonKind
  /** 0..1, as the score. */
  readonly score: number
}

/** Watches one series: one point at a time, no look-ahead, bounded state. Points that are not newer than the last one are ignored. */
export interface Detector {
  update(timestampMs: number, value: number): Verdict
  /** The last verdict as one sentence, for example "highest value in 14 days; usual range 3–8". */
  explain(): string
  /** All that a detector has learned; `restoreDetector` of the same version continues exactly where this one stands. */
  save(): Uint8Array
}
