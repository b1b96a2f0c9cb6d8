import type { ExponentialHistogramPoint } from '@pegel/contracts'

/** counts[i] is what lies above bounds[i-1] and up to bounds[i]; the last count is beyond all bounds. */
export interface ExplicitBuckets {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

/**
 * The buckets of an exponential histogram with their bounds, in the form of an explicit one, so that one query reads both. Bucket i of the
 * positive side is (base^i, base^(i+1)] with base 2^(2^-scale) (OpenTelemetry data model, exponential buckets); the negative side mirrors it. Where
 * buckets begin again after a gap there is a bound with nothing up to it. Bounds that no double can tell apart or hold are one bucket.
 */
export function explicitBuckets({
  scale,
  zeroCount,
  zeroThreshold,
  positive,
  negative,
}: ExponentialHistogramPoint): ExplicitBuckets {
  const edge = (index: number): number => 2 ** (index / 2 ** scale)
  const list = new BoundList()
  const { offset, counts } = negative
  if (counts.length > 0) list.add(-edge(offset + counts.length), 0)
  for (let i = counts.length - 1; i >= 0; i -= 1) list.add(-edge(offset + i), counts[i] ?? 0)
  if (zeroCount > 0) {
    if (zeroThreshold > 0) list.add(-zeroThreshold, 0)
    list.add(zeroThreshold, zeroCount)
  }
  if (positive.counts.length > 0) list.add(edge(positive.offset), 0)
  positive.counts.forEach((count, i) => list.add(edge(positive.offset + i + 1), count))
  return list.buckets()
}

/** Bounds that only grow. */
class BoundList {
  readonly #bounds: number[] = []
  readonly #counts: number[] = []
  /** Of bounds too low for a double: they lie up to the next bound. */
  #below = 0
  #beyond = 0

  add(bound: number, count: number): void {
    if (bound === Infinity) this.#beyond += count
    else if (bound === -Infinity) this.#below += count
    else if (bound > (this.#bounds.at(-1) ?? -Infinity)) {
      this.#bounds.push(bound)
      this.#counts.push(count + this.#below)
      this.#below = 0
    } else if (count > 0) this.#counts.push((this.#counts.pop() ?? 0) + count)
  }

  buckets(): ExplicitBuckets {
    const beyond = this.#below + this.#beyond
    const none = this.#bounds.length === 0 && beyond === 0
    return { bounds: this.#bounds, counts: none ? [] : [...this.#counts, beyond] }
  }
}
