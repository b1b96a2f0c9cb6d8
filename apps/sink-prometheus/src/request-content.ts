import type { Columns } from './columns.ts'
import { STATUS } from './status.ts'
import type { Target } from './target.ts'

/** What a sample is: a number, a staleness marker, or a native histogram (its value is then the index of its bytes). */
export const FORM = { number: 0, stale: 1, histogram: 2 } as const

/** An encoded prompb.Exemplar and the unit that it goes with. */
export interface ExemplarBytes {
  readonly unit: number
  readonly bytes: Buffer
}

/** What encoders see of a request. */
export interface RequestContent {
  readonly columns: Columns
  /** By slot, as many as there are series in the columns; what stands behind them is old. */
  readonly targets: readonly Target[]
  /** Encoded prompb.Histograms, which are the same in both versions, without a start. */
  readonly histograms: readonly Buffer[]
  /** By slot. */
  readonly exemplars: ReadonlyMap<number, readonly ExemplarBytes[]>
  readonly labelBytes: number
}

export interface SampleCounts {
  readonly samples: number
  readonly histograms: number
}

/** Open, and marked where marks are given. */
export function isIncluded({ status }: Columns, unit: number, marked: Uint8Array | undefined): boolean {
  return status[unit] === STATUS.open && (marked === undefined || marked[unit] === 1)
}
