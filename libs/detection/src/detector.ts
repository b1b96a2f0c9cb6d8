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

export type ReasonKind = 'record_high' | 'record_low' | 'jump' | 'unusual_shape' | 'unusual_level' | 'flat' | 'off_season'

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
  /** All that a detector has learned; `restore` of the same version continues exactly where this one stands. */
  save(): Uint8Array
}
