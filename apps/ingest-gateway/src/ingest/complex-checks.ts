import { isFractional } from '@pegel/contracts'
import type { ComplexPoint, HistogramPoint } from '@pegel/contracts'
import type { RefusalReason } from './refusals.ts'

/** Most bytes of a number in a record: time, value, flags and the run around it. */
export const NUMBER_BYTES = 64
/** Of a histogram or summary, besides its buckets: counts, sum, min, max, scale, offsets. */
const TOTALS_BYTES = 160
const LONG_BYTES = 10
const DOUBLE_BYTES = 8
const MAX_BUCKETS = 10_000

/** Most bytes of a point in a record. */
export function complexBytes(point: ComplexPoint): number {
  const bounds = point.kind === 'histogram' ? point.bounds.length : 0
  const perBucket = bucketBytes(point)
  return TOTALS_BYTES + perBucket * bucketsOf(point) + DOUBLE_BYTES * bounds
}

/** A count that is not whole stands there twice: rounded, and as it is. */
function bucketBytes(point: ComplexPoint): number {
  if (point.kind === 'summary') return 2 * DOUBLE_BYTES
  return isFractional(point) ? LONG_BYTES + DOUBLE_BYTES : LONG_BYTES
}

/** What makes a point impossible to store, whatever its series and time. */
export function problemOfComplex(point: ComplexPoint): RefusalReason | undefined {
  if (point.kind === 'histogram' && !isConsistent(point)) return 'counts_inconsistent'
  return bucketsOf(point) > MAX_BUCKETS ? 'too_many_buckets' : undefined
}

/** OTLP: no buckets at all, or ascending bounds and one count more than bounds. */
export function isConsistent({ bounds, counts }: HistogramPoint): boolean {
  if (counts.length === 0 && bounds.length === 0) return true
  if (counts.length !== bounds.length + 1) return false
  for (let index = 1; index < bounds.length; index++) {
    if (!((bounds[index] ?? NaN) > (bounds[index - 1] ?? NaN))) return false
  }
  return true
}

function bucketsOf(point: ComplexPoint): number {
  switch (point.kind) {
    case 'histogram':
      return point.counts.length
    case 'exponential_histogram':
      return point.positive.counts.length + point.negative.counts.length
    case 'summary':
      return point.quantiles.length
  }
}
