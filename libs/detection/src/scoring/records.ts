import { ANCHOR, LAST_PERIOD_SINCE, MEAN_RECORDS, PERIOD_POINTS, PERIOD_SINCE, POINT_RECORDS } from './slab.ts'
import type { Slab } from './slab.ts'

/** A record stands for at least so many points and so long, and for at most twice of it: the range is that of this period and the one before. */
const PERIOD_MIN_POINTS = 4096
const PERIOD_MIN_MS = 14 * 86_400_000
/** Surprise of any new record, and the excess over the range, as a fraction of the range, that doubles what counts for more. */
const RECORD_SURPRISE = 2.5
const SURPRISE_PER_DECADE = 0.5
const EXCESS_UNIT = 0.01

/**
 * How far a value lies outside of all that the last two periods have seen, in units of their range, as surprise; 0 within. The range is the series' own
 * measure: unlike a standard deviation it is not blown by heavy tails, and new records become rarer by themselves the longer a series is watched.
 */
export function recordSurprise({ doubles, d }: Slab, records: number, value: number): number {
  const at = d + records
  const high = Math.max(doubles[at] ?? 0, doubles[at + 2] ?? 0)
  const low = Math.min(doubles[at + 1] ?? 0, doubles[at + 3] ?? 0)
  if (value > (doubles[at] ?? 0)) doubles[at] = value
  if (value < (doubles[at + 1] ?? 0)) doubles[at + 1] = value
  const excess = Math.max(value - high, low - value)
  // The first value of all has no range to lie outside of.
  if (excess <= 0 || high < low) return 0
  // A series that never changed has no range: a thousandth of its level stands in.
  const range = high - low || Math.max(Math.abs(doubles[d + ANCHOR] ?? 0) / 1000, 1e-9)
  return RECORD_SURPRISE + SURPRISE_PER_DECADE * Math.log10(1 + excess / (range * EXCESS_UNIT))
}

export function clearRecords({ doubles, d }: Slab): void {
  for (const records of [POINT_RECORDS, MEAN_RECORDS]) {
    doubles[d + records] = doubles[d + records + 2] = -Infinity
    doubles[d + records + 1] = doubles[d + records + 3] = Infinity
  }
}

/** Begins a period when this one is long enough; the one before the last is forgotten. */
export function turnPeriod({ doubles, d, floats, f }: Slab, timestampMs: number): void {
  const points = (floats[f + PERIOD_POINTS] ?? 0) + 1
  floats[f + PERIOD_POINTS] = points
  if (points < PERIOD_MIN_POINTS || timestampMs - (doubles[d + PERIOD_SINCE] ?? 0) < PERIOD_MIN_MS) return
  floats[f + PERIOD_POINTS] = 0
  doubles[d + LAST_PERIOD_SINCE] = doubles[d + PERIOD_SINCE] ?? 0
  doubles[d + PERIOD_SINCE] = timestampMs
  for (const records of [POINT_RECORDS, MEAN_RECORDS]) {
    const at = d + records
    doubles[at + 2] = doubles[at] ?? 0
    doubles[at + 3] = doubles[at + 1] ?? 0
    doubles[at] = -Infinity
    doubles[at + 1] = Infinity
  }
}
