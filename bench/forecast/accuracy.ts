import type { Forecast } from '@pegel/detection'
import { createForecaster } from '@pegel/detection'
import { PredictLinear } from './predict-linear.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Forecasts are judged from the eighth day on. */
const LEARN_MS = 7 * DAY_MS
/** A forecast is held against the first value at its time or up to this later. */
const LATE_MS = 15 * 60_000

export const HORIZONS_HOURS = [1, 4, 24] as const

/** Mean absolute errors over that of the last value, and shares of values within the ranges. */
export interface Accuracy {
  readonly own: number
  readonly linear1h: number
  readonly linear4h: number
  readonly within80: number
  readonly within95: number
  readonly forecasts: number
}

interface Waiting {
  readonly dueMs: number
  readonly last: number
  readonly made: Forecast
  readonly linear1h: number
  readonly linear4h: number
}

/** One series from its beginning to its end, a forecast at every point. */
export function measureAccuracy(timesMs: Float64Array, values: Float64Array): readonly Accuracy[] {
  const forecaster = createForecaster()
  const peers = [new PredictLinear(HOUR_MS), new PredictLinear(4 * HOUR_MS)] as const
  const horizons = HORIZONS_HOURS.map((hours) => new Judge(hours * HOUR_MS))
  const start = timesMs[0] ?? 0
  let last = -Infinity
  for (const [index, time] of timesMs.entries()) {
    const value = values[index] ?? NaN
    if (!(time > last) || !Number.isFinite(value)) continue
    last = time
    for (const horizon of horizons) horizon.settle(time, value)
    forecaster.update(time, value)
    for (const peer of peers) peer.update(time, value)
    if (time - start < LEARN_MS) continue
    for (const horizon of horizons) {
      const ms = horizon.horizonMs
      const [linear1h, linear4h] = [peers[0].predict(ms), peers[1].predict(ms)]
      horizon.waiting.push({ dueMs: time + ms, last: value, made: forecaster.forecast(ms), linear1h, linear4h })
    }
  }
  return horizons.map((horizon) => horizon.result())
}

class Judge {
  readonly horizonMs: number
  readonly waiting: Waiting[] = []
  #next = 0
  #count = 0
  readonly #errors = { own: 0, last: 0, linear1h: 0, linear4h: 0 }
  readonly #within = { 80: 0, 95: 0 }

  constructor(horizonMs: number) {
    this.horizonMs = horizonMs
  }

  settle(timestampMs: number, value: number): void {
    for (
      let due = this.waiting[this.#next];
      due !== undefined && due.dueMs <= timestampMs;
      due = this.waiting[this.#next]
    ) {
      this.#next++
      if (timestampMs - due.dueMs > LATE_MS && timestampMs - due.dueMs > this.horizonMs / 8) continue
      const { made, last, linear1h, linear4h } = due
      this.#count++
      this.#errors.own += Math.abs(value - made.value)
      this.#errors.last += Math.abs(value - last)
      this.#errors.linear1h += Math.abs(value - linear1h)
      this.#errors.linear4h += Math.abs(value - linear4h)
      if (value >= made.lower80 && value <= made.upper80) this.#within[80]++
      if (value >= made.lower95 && value <= made.upper95) this.#within[95]++
    }
  }

  result(): Accuracy {
    const { own, last, linear1h, linear4h } = this.#errors
    return {
      own: own / last,
      linear1h: linear1h / last,
      linear4h: linear4h / last,
      within80: (100 * this.#within[80]) / this.#count,
      within95: (100 * this.#within[95]) / this.#count,
      forecasts: this.#count,
    }
  }
}
