import type { ComplexPoint, ExponentialBuckets, ExponentialHistogramPoint } from '@pegel/contracts'

/** A histogram as one list of count, sum and the buckets' counts, and the buckets' upper bounds (one fewer: the last is +Inf). */
export interface BucketVector {
  readonly bounds: readonly number[]
  readonly vector: number[]
}

/** Where the buckets begin in a vector. */
export const FIRST_BUCKET = 2

/** Four buckets a doubling, from a millionth to 10^12: exponential histograms of any scale are laid on this grid. */
const GRID_SCALE = 2
const LOW_EXPONENT = -20
const HIGH_EXPONENT = 40
const PER_DOUBLING = 2 ** GRID_SCALE
const GRID_BOUNDS: readonly number[] = Array.from(
  { length: (HIGH_EXPONENT - LOW_EXPONENT) * PER_DOUBLING + 1 },
  (_, index) => 2 ** (LOW_EXPONENT + index / PER_DOUBLING),
)

/** Undefined for a summary, which has no buckets. */
export function bucketsOf(point: ComplexPoint): BucketVector | undefined {
  if (point.kind === 'histogram')
    return { bounds: point.bounds, vector: [point.count, point.sum ?? NaN, ...point.counts] }
  return point.kind === 'summary' ? undefined : onGrid(point)
}

/** What is zero or negative goes into the first bucket: quantiles of interest lie above it. */
function onGrid(point: ExponentialHistogramPoint): BucketVector {
  const vector = [point.count, point.sum ?? NaN, ...new Array<number>(GRID_BOUNDS.length + 1).fill(0)]
  const add = (bucket: number, count: number): void => {
    const at = FIRST_BUCKET + Math.min(Math.max(bucket, 0), GRID_BOUNDS.length)
    vector[at] = (vector[at] ?? 0) + count
  }
  add(0, point.zeroCount + point.negative.counts.reduce((sum, count) => sum + count, 0))
  place(point.positive, point.scale, add)
  return { bounds: GRID_BOUNDS, vector }
}

/**
 * A bucket of a finer scale lies within one of the grid's. One of a coarser scale covers several and goes into that of its upper
 * end. Bucket i of scale s is (2^(i/2^s), 2^((i+1)/2^s)] (OpenTelemetry data model, "ExponentialHistogram").
 */
function place(
  { offset, counts }: ExponentialBuckets,
  scale: number,
  add: (bucket: number, count: number) => void,
): void {
  counts.forEach((count, index) => {
    if (count === 0) return
    const upper = (offset + index + 1) * 2 ** (GRID_SCALE - scale)
    add(Math.ceil(upper) - LOW_EXPONENT * PER_DOUBLING, count)
  })
}

export function sameBounds(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((bound, index) => bound === b[index]))
}

/**
 * The quantile, interpolated within its bucket as Prometheus' histogram_quantile does; what lies in the last bucket is its lower
 * bound. Undefined when nothing was observed or there are no buckets.
 */
export function quantileOf(vector: readonly number[], bounds: readonly number[], quantile: number): number | undefined {
  let total = 0
  for (let at = FIRST_BUCKET; at < vector.length; at += 1) total += vector[at] ?? 0
  if (total === 0 || bounds.length === 0) return undefined
  const rank = quantile * total
  let below = 0
  for (let bucket = 0; bucket < bounds.length; bucket += 1) {
    const count = vector[FIRST_BUCKET + bucket] ?? 0
    if (below + count >= rank && count > 0) {
      const upper = bounds[bucket] ?? NaN
      const lower = bucket === 0 ? Math.min(0, upper) : (bounds[bucket - 1] ?? NaN)
      return lower + (upper - lower) * ((rank - below) / count)
    }
    below += count
  }
  return bounds.at(-1)
}
