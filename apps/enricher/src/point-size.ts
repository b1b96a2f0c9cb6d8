import type { ComplexPoint, Exemplar } from '@pegel/contracts'

/** Time (10), double (8), flags (2), counts of blocks, rounded up. */
export const NUMBER_BYTES = 32
const COMPLEX_BYTES = 96
/** A varint of a count, or a double, at most. */
const ITEM_BYTES = 10

/** Upper bound of an encoded complex point. */
export function complexBytes(point: ComplexPoint): number {
  switch (point.kind) {
    case 'histogram':
      return COMPLEX_BYTES + ITEM_BYTES * (point.bounds.length + point.counts.length)
    case 'exponential_histogram':
      return COMPLEX_BYTES + ITEM_BYTES * (point.positive.counts.length + point.negative.counts.length)
    case 'summary':
      return COMPLEX_BYTES + 2 * ITEM_BYTES * point.quantiles.length
  }
}

/** Upper bound of an encoded exemplar; a UTF-16 unit is at most three bytes. */
export function exemplarBytes({ attributes }: Exemplar): number {
  return attributes.reduce(
    (sum, { key, value }) => sum + 2 * ITEM_BYTES + 3 * (key.length + value.length),
    COMPLEX_BYTES,
  )
}
