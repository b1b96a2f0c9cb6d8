import type { Numbers } from '../numbers.ts'
import { at, packNumbers, unpackNumbers } from '../numbers.ts'
import { Experts } from './experts.ts'
import type { Forecast, Forecaster, ForecastOptions, ThresholdDirection, TimeTo } from './forecast.ts'
import { Horizon } from './horizon.ts'
import { HORIZONS, MOST } from './parameters.ts'
import { Trend } from './trend.ts'

const FORMAT = { kind: 2, version: 1 }

const LAST_MS = 0
const LAST = 1
const ORIGIN = 2
const POINTS = 3

/** The error to expect of a forecast before there was one, in usual steps. */
const UNKNOWN_STEPS = 3

type Ends = readonly [number, number, number, number]

export class SeriesForecaster implements Forecaster {
  readonly #least: number
  readonly #most: number
  /** Values are kept as their distance from the first one: single precision is enough then. */
  readonly #numbers = Float64Array.of(-Infinity, NaN, 0, 0)
  readonly #experts = new Experts()
  readonly #horizons = HORIZONS.map((_, index) => new Horizon(index))
  readonly #trend = new Trend()

  constructor({ least = -Infinity, most = Infinity }: ForecastOptions) {
    this.#least = least
    this.#most = most
  }

  update(timestampMs: number, value: number): void {
    const numbers = this.#numbers
    const sinceMs = timestampMs - at(numbers, LAST_MS)
    if (!(sinceMs > 0) || !Number.isFinite(timestampMs) || !Number.isFinite(value)) return
    const cut = Math.min(Math.max(value, -MOST), MOST)
    const points = at(numbers, POINTS) + 1
    if (points === 1) numbers[ORIGIN] = cut
    const off = cut - at(numbers, ORIGIN)
    numbers[POINTS] = points
    numbers[LAST_MS] = timestampMs
    numbers[LAST] = off
    const now = { timestampMs, value: off }
    this.#trend.add(timestampMs, off)
    this.#experts.add(timestampMs, off, { sinceMs, points })
    const unknown = UNKNOWN_STEPS * this.#trend.step
    for (const horizon of this.#horizons) {
      horizon.settle(now)
      horizon.plan(this.#experts, now, unknown)
    }
  }

  forecast(horizonMs: number): Forecast {
    const { value, ends } = this.#at(horizonMs)
    const [lower80, upper80, lower95, upper95] = ends.map((end) => this.#bounded(value + end)) as unknown as Ends
    return {
      value: this.#bounded(value),
      lower80,
      upper80,
      lower95: Math.min(lower95, lower80),
      upper95: Math.max(upper95, upper80),
    }
  }

  timeTo(threshold: number, direction: ThresholdDirection): TimeTo | undefined {
    return this.#trend.timeTo(threshold - at(this.#numbers, ORIGIN), direction)
  }

  save(): Uint8Array {
    return packNumbers(FORMAT, this.#parts())
  }

  /** Throws detectionErrors.bad_state; this must not be used then. */
  load(bytes: Uint8Array): void {
    unpackNumbers(FORMAT, bytes, this.#parts())
    this.#experts.check()
    for (const horizon of this.#horizons) horizon.refresh()
    this.#trend.check()
  }

  #parts(): readonly Numbers[] {
    return [
      this.#numbers,
      ...this.#experts.parts,
      ...this.#horizons.flatMap(({ parts }) => parts),
      ...this.#trend.parts,
    ]
  }

  /** Between two learned horizons a share of each, by the logarithm of the time; below the first from the present on, beyond the last wider with the root of the time. */
  #at(horizonMs: number): { value: number; ends: Ends } {
    const first = HORIZONS[0]
    const last = HORIZONS.length - 1
    if (!(horizonMs > first)) {
      const share = Math.max(horizonMs / first, 0)
      const near = this.#learned(0, horizonMs)
      const value = share * near.value + (1 - share) * this.#experts.recent
      return { value, ends: widened(near.ends, Math.sqrt(share)) }
    }
    const after = HORIZONS.findIndex((each) => each >= horizonMs)
    if (after === -1) {
      const far = this.#learned(last, horizonMs)
      return { value: far.value, ends: widened(far.ends, Math.sqrt(horizonMs / (HORIZONS[last] ?? NaN))) }
    }
    const [from = NaN, to = NaN] = [HORIZONS[after - 1], HORIZONS[after]]
    const share = Math.log(horizonMs / from) / Math.log(to / from)
    return mixed(this.#learned(after - 1, horizonMs), this.#learned(after, horizonMs), share)
  }

  #learned(index: number, horizonMs: number): { value: number; ends: Ends } {
    const horizon = this.#horizons[index]
    const timestampMs = at(this.#numbers, LAST_MS)
    const now = { timestampMs, value: at(this.#numbers, LAST) }
    const value = horizon?.predict(this.#experts, now, timestampMs + Math.max(horizonMs, 0)) ?? NaN
    return { value, ends: horizon?.ends(UNKNOWN_STEPS * this.#trend.step) ?? [NaN, NaN, NaN, NaN] }
  }

  #bounded(value: number): number {
    return Math.min(Math.max(value + at(this.#numbers, ORIGIN), this.#least), this.#most)
  }
}

function widened(ends: Ends, by: number): Ends {
  return ends.map((end) => end * by) as unknown as Ends
}

function mixed(
  near: { value: number; ends: Ends },
  far: { value: number; ends: Ends },
  share: number,
): { value: number; ends: Ends } {
  const mix = (one: number, other: number): number => (1 - share) * one + share * other
  return {
    value: mix(near.value, far.value),
    ends: near.ends.map((end, index) => mix(end, far.ends[index] ?? NaN)) as unknown as Ends,
  }
}
