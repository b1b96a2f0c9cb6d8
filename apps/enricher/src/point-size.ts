import { isFractional } from '@pegel/contracts'
import type { ComplexPoint, Exemplar, ExponentialHistogramPoint, HistogramPoint } from '@pegel/contracts'

/** Time (10), double (8), flags (2), counts of blocks, rounded up. */
export const NUMBER_BYTES = 32
const COMPLEX_BYTES = 128
/** A varint of a count, or a double, at most. */
const ITEM_BYTES = 10

/** Upper bound of an encoded complex point. */
export function complexBytes(point: ComplexPoint): number {
  switch (point.kind) {
    case 'histogram':
      return COMPLEX_BYTES + ITEM_BYTES * point.bounds.length + bucketBytes(point) * point.counts.length
    case 'exponential_histogram':
      return COMPLEX_BYTES + bucketBytes(point) * (point.positive.counts.length + point.negative.counts.length)
    case 'summary':
      return COMPLEX_BYTES + 2 * ITEM_BYTES * point.quantiles.length
  }
}

/** A count that is not whole stands there twice: rounded, and as it is. */
function bucketBytes(point: HistogramPoint | ExponentialHistogramPoint): number {
  return isFractional(point) ? 2 * ITEM_BYTES : ITEM_BYTES
}

/** Upper bound of an encoded exemplar; a UTF-16 unit is at most three bytes. */
export function exemplarBytes({ attributes }: Exemplar): number {
  return attributes.reduce(
    (sum, { key, value }) => sum + 2 * ITEM_BYTES + 3 * (key.length + value.length),
    COMPLEX_BYTES,
  )
}
