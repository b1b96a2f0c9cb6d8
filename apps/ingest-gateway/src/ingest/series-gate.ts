import type { SeriesLabels } from './labels.ts'
import type { SeriesReason } from './refusals.ts'

/** What a request asks before it takes the first point of a series. */
export interface SeriesGate {
  /** A series with this number in `admittedAt` need not ask. */
  readonly stamp: number
  /** Why points of the series must not be taken; undefined when they may be. */
  admit(series: SeriesLabels): SeriesReason | undefined
  /** Nothing of the request was taken: forgets the series that it brought. */
  withdraw(): void
}

/** Of SeriesLabels.admittedAt before it was admitted. */
export const NEVER = -1

/** Lets every series in: for what has no limits. */
export const OPEN_GATE: SeriesGate = { stamp: NEVER, admit: () => undefined, withdraw: () => undefined }
