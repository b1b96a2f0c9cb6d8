import type { ExponentialBuckets, ExponentialHistogramPoint } from '@pegel/contracts'

/** Eight buckets per power of two: a value is known to 4.5 %. */
const START_SCALE = 3
/** As OpenTelemetry's SDKs have it: 20 powers of two at the scale that it starts with. */
const MAX_BUCKETS = 160

/**
 * Gathers values into base-2 exponential buckets (OpenTelemetry's data model): bucket i holds (2^(i/2^scale), 2^((i+1)/2^scale)]. When they
 * spread too wide, the scale goes down by one and neighbours are merged, which loses no count.
 */
export class ExponentialHistogram {
  #scale = START_SCALE
  #count = 0
  #sum = 0
  #min = Infinity
  #max = -Infinity
  #zeroCount = 0
  #positive = new Map<number, number>()
  #negative = new Map<number, number>()

  /** @param count how many times the value was seen, a whole number */
  record(value: number, count: number): void {
    this.#count += count
    this.#sum += value * count
    this.#min = Math.min(this.#min, value)
    this.#max = Math.max(this.#max, value)
    if (value === 0) this.#zeroCount += count
    else if (value > 0) this.#positive = this.#add(this.#positive, value, count)
    else this.#negative = this.#add(this.#negative, -value, count)
  }

  point(): ExponentialHistogramPoint {
    return {
      kind: 'exponential_histogram',
      count: this.#count,
      sum: this.#sum,
      min: this.#min,
      max: this.#max,
      scale: this.#scale,
      zeroCount: this.#zeroCount,
      zeroThreshold: 0,
      positive: dense(this.#positive),
      negative: dense(this.#negative),
    }
  }

  #add(buckets: Map<number, number>, size: number, count: number): Map<number, number> {
    const index = this.#indexOf(size)
    buckets.set(index, (buckets.get(index) ?? 0) + count)
    let merged = buckets
    while (spreadOf(merged) > MAX_BUCKETS) {
      this.#scale -= 1
      merged = halved(merged)
      if (buckets === this.#positive) this.#negative = halved(this.#negative)
      else this.#positive = halved(this.#positive)
    }
    return merged
  }

  #indexOf(size: number): number {
    return Math.ceil(Math.log2(size) * 2 ** this.#scale) - 1
  }
}

function spreadOf(buckets: ReadonlyMap<number, number>): number {
  const [least, most] = rangeOf(buckets)
  return buckets.size === 0 ? 0 : most - least + 1
}

function rangeOf(buckets: ReadonlyMap<number, number>): readonly [least: number, most: number] {
  let [least, most] = [Infinity, -Infinity]
  for (const index of buckets.keys()) {
    if (index < least) least = index
    if (index > most) most = index
  }
  return [least, most]
}

function halved(buckets: ReadonlyMap<number, number>): Map<number, number> {
  const merged = new Map<number, number>()
  for (const [index, count] of buckets) merged.set(index >> 1, (merged.get(index >> 1) ?? 0) + count)
  return merged
}

function dense(buckets: ReadonlyMap<number, number>): ExponentialBuckets {
  if (buckets.size === 0) return { offset: 0, counts: [] }
  const [least, most] = rangeOf(buckets)
  return {
    offset: least,
    counts: Array.from({ length: most - least + 1 }, (_, step) => buckets.get(least + step) ?? 0),
  }
}
