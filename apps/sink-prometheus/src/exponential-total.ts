import type { ExponentialBuckets, ExponentialHistogramPoint } from '@pegel/contracts'
import { coarserBuckets } from './exponential-scale.ts'

/** The parts of an exponential histogram that add up. */
export type ExponentialTotal = Pick<
  ExponentialHistogramPoint,
  'count' | 'scale' | 'zeroCount' | 'zeroThreshold' | 'positive' | 'negative'
> & { readonly sum: number }

/** Buckets of one side that a total may have; beyond it its resolution is halved, as OpenTelemetry's SDKs do at 160. */
const MAX_BUCKETS = 320

/** As the flat list of numbers that totals are stored as. */
export function packExponential({
  count,
  sum,
  scale,
  zeroCount,
  zeroThreshold,
  positive,
  negative,
}: ExponentialTotal): number[] {
  const head = [count, sum, scale, zeroCount, zeroThreshold, positive.offset, positive.counts.length]
  return [...head, ...positive.counts, negative.offset, ...negative.counts]
}

export function unpackExponential(values: readonly number[]): ExponentialTotal {
  const [count = 0, sum = 0, scale = 0, zeroCount = 0, zeroThreshold = 0, offset = 0, length = 0, ...rest] = values
  const positive = { offset, counts: rest.slice(0, length) }
  const negative = { offset: rest[length] ?? 0, counts: rest.slice(length + 1) }
  return { count, sum, scale, zeroCount, zeroThreshold, positive, negative }
}

/** The sum of two: at the coarser of their resolutions, with the wider of their zero buckets. */
export function addExponential(a: ExponentialTotal, b: ExponentialTotal): ExponentialTotal {
  const scale = commonScale(a, b)
  const [one, other] = [atScale(a, scale), atScale(b, scale)]
  const threshold = commonThreshold(one, other)
  const [left, right] = [widened(one, threshold), widened(other, threshold)]
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    scale,
    zeroCount: left.zeroCount + right.zeroCount,
    zeroThreshold: threshold,
    positive: added(left.positive, right.positive),
    negative: added(left.negative, right.negative),
  }
}

/** The coarser of the two, and coarser still until the buckets of both are few enough. */
function commonScale(a: ExponentialTotal, b: ExponentialTotal): number {
  let scale = Math.min(a.scale, b.scale)
  while (spread(a, b, scale) > MAX_BUCKETS) scale -= 1
  return scale
}

/** Buckets from the first to the last of both, on the side that has more. */
function spread(a: ExponentialTotal, b: ExponentialTotal, scale: number): number {
  const sides = (['positive', 'negative'] as const).map((side) => {
    const ends = [a, b]
      .filter((total) => total[side].counts.length > 0)
      .map((total) => {
        const factor = 2 ** (total.scale - scale)
        const { offset, counts } = total[side]
        return [Math.floor(offset / factor), Math.floor((offset + counts.length - 1) / factor)] as const
      })
    return ends.length === 0
      ? 0
      : Math.max(...ends.map(([, last]) => last)) - Math.min(...ends.map(([first]) => first)) + 1
  })
  return Math.max(...sides)
}

function atScale(total: ExponentialTotal, scale: number): ExponentialTotal {
  const shift = total.scale - scale
  if (shift === 0) return total
  return {
    ...total,
    scale,
    positive: coarserBuckets(total.positive, shift),
    negative: coarserBuckets(total.negative, shift),
  }
}

/** Bucket i holds what is above base^i and up to base^(i+1), where base = 2^(2^-scale). */
function upperBound(scale: number, index: number): number {
  return 2 ** ((index + 1) * 2 ** -scale)
}

/** The wider of the two zero buckets, and as much more as it takes not to cut through a bucket. */
function commonThreshold(a: ExponentialTotal, b: ExponentialTotal): number {
  const threshold = Math.max(a.zeroThreshold, b.zeroThreshold)
  if (a.zeroThreshold === b.zeroThreshold) return threshold
  let common = threshold
  for (const { scale, positive, negative } of [a, b]) {
    for (const { offset, counts } of [positive, negative]) {
      counts.forEach((count, index) => {
        const cut = upperBound(scale, offset + index - 1) < threshold
        if (count > 0 && cut) common = Math.max(common, upperBound(scale, offset + index))
      })
    }
  }
  return common
}

/** Moves the buckets within the threshold into the zero bucket. */
function widened(total: ExponentialTotal, threshold: number): ExponentialTotal {
  if (total.zeroThreshold === threshold) return total
  let { zeroCount } = total
  const rest = ({ offset, counts }: ExponentialBuckets): ExponentialBuckets => {
    const within = counts.filter((_, index) => upperBound(total.scale, offset + index) <= threshold).length
    for (const count of counts.slice(0, within)) zeroCount += count
    return { offset: offset + within, counts: counts.slice(within) }
  }
  const [positive, negative] = [rest(total.positive), rest(total.negative)]
  return { ...total, zeroThreshold: threshold, zeroCount, positive, negative }
}

function added(a: ExponentialBuckets, b: ExponentialBuckets): ExponentialBuckets {
  if (a.counts.length === 0) return b
  if (b.counts.length === 0) return a
  const offset = Math.min(a.offset, b.offset)
  const end = Math.max(a.offset + a.counts.length, b.offset + b.counts.length)
  const counts = Array.from(
    { length: end - offset },
    (_, index) => (a.counts[offset + index - a.offset] ?? 0) + (b.counts[offset + index - b.offset] ?? 0),
  )
  return { offset, counts }
}
