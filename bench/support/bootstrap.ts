import { median } from './measure.ts'
import { createRandom } from './random.ts'

export interface Interval {
  readonly median: number
  /** The bounds of the 95 % interval. */
  readonly low: number
  readonly high: number
}

const SAMPLES = 10_000

/** The median of some values with its 95 % interval, by the percentile bootstrap (Efron 1979). */
export function medianInterval(values: readonly number[]): Interval {
  const random = createRandom(1)
  const draw = (): number => median(values.map(() => values[Math.floor(random.uniform() * values.length)] ?? NaN))
  const medians = Array.from({ length: SAMPLES }, draw).sort((a, b) => a - b)
  const at = (share: number): number => medians[Math.floor((SAMPLES - 1) * share)] ?? NaN
  return { median: median(values), low: at(0.025), high: at(0.975) }
}

/** The value that a share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
