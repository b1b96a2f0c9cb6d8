import { createRandom } from '../support/random.ts'

export interface Sample {
  /** Seconds since the beginning. */
  readonly atS: number
  readonly value: number
}

export interface Trend {
  readonly start: number
  readonly end: number
  /** Per hour, with the bounds of its 95 % interval. */
  readonly slope: number
  readonly low: number
  readonly high: number
  /** True when the slope cannot be told from 0, or when what it adds while it is measured is within the noise of the samples, or too little to tell from settling. */
  readonly flat: boolean
}

const DRAWS = 2000
/** Share of the size by which a process may still settle while it is measured. */
const SETTLING = 0.02
/** Memory is a saw: neighbouring samples say the same, so they are drawn in blocks of several teeth (moving block bootstrap, Künsch 1989). */
const BLOCKS = 8

/** A straight line through the samples by least squares, and how sure it is. */
export function trendOf(samples: readonly Sample[]): Trend {
  const line = fit(samples)
  const residuals = samples.map(({ atS, value }) => value - line.at(atS))
  const random = createRandom(1)
  const size = Math.max(1, Math.floor(samples.length / BLOCKS))
  const slopes = Array.from({ length: DRAWS }, () => {
    const drawn: Sample[] = []
    while (drawn.length < samples.length) {
      const from = Math.floor(random.uniform() * (samples.length - size + 1))
      for (let index = from; index < from + size && drawn.length < samples.length; index += 1) {
        const atS = samples[drawn.length]?.atS ?? 0
        drawn.push({ atS, value: line.at(atS) + (residuals[index] ?? 0) })
      }
    }
    return fit(drawn).slope * 3600
  }).sort((a, b) => a - b)
  const bound = (share: number): number => slopes[Math.floor((DRAWS - 1) * share)] ?? NaN
  const [low, high] = [bound(0.025), bound(0.975)]
  const seconds = (samples.at(-1)?.atS ?? 0) - (samples[0]?.atS ?? 0)
  const noise = Math.sqrt(residuals.reduce((sum, each) => sum + each * each, 0) / Math.max(1, residuals.length))
  return {
    ...{ start: line.at(samples[0]?.atS ?? 0), end: line.at(samples.at(-1)?.atS ?? 0) },
    ...{ slope: line.slope * 3600, low, high },
    flat: low <= 0 || line.slope * seconds <= Math.max(noise, SETTLING * line.at(samples[0]?.atS ?? 0)),
  }
}

function fit(samples: readonly Sample[]): { readonly slope: number; at(atS: number): number } {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, each) => sum + of(each), 0) / samples.length
  const [meanX, meanY] = [mean(({ atS }) => atS), mean(({ value }) => value)]
  const over = mean(({ atS, value }) => (atS - meanX) * (value - meanY))
  const under = mean(({ atS }) => (atS - meanX) ** 2)
  const slope = under === 0 ? 0 : over / under
  return { slope, at: (atS) => meanY + slope * (atS - meanX) }
}
