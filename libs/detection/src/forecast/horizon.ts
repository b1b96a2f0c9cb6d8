import type { Numbers } from '../numbers.ts'
import { at, singleAt } from '../numbers.ts'
import type { Experts } from './experts.ts'
import { EXPERTS } from './experts.ts'
import { Mixture } from './mixture.ts'
import { HORIZONS, WAITING } from './parameters.ts'
import { Ranges } from './ranges.ts'
import { ENDS, FORECAST, Waiting } from './waiting.ts'

/** A forecast is held against a value that is late by up to this part of the horizon. */
const LATE = 0.25
const TINY = 1e-9

const says = new Float32Array(EXPERTS)

export interface Moment {
  readonly timestampMs: number
  readonly value: number
}

/** One horizon: asks the experts, mixes what they say, and learns from what became of it. */
export class Horizon {
  readonly #index: number
  readonly #horizonMs: number
  readonly #mixture = new Mixture()
  readonly #ranges = new Ranges()
  readonly #waiting = new Waiting()
  readonly #next = Float64Array.of(-Infinity)

  constructor(index: number) {
    this.#index = index
    this.#horizonMs = HORIZONS[index] ?? NaN
  }

  get parts(): readonly Numbers[] {
    return [...this.#mixture.parts, ...this.#ranges.parts, ...this.#waiting.parts, this.#next]
  }

  /** The value of a time after the last point, by what this horizon has learned. */
  predict(experts: Experts, { timestampMs, value }: Moment, toMs: number): number {
    experts.ask(this.#index, { fromMs: timestampMs, toMs, last: value }, says, 0)
    return this.#mixture.combine(says, 0)
  }

  ends(unknown: number): readonly [number, number, number, number] {
    return this.#ranges.ends(unknown)
  }

  /** Learns from the forecasts whose time has come. */
  settle({ timestampMs, value }: Moment): void {
    const waiting = this.#waiting
    while (waiting.dueMs <= timestampMs) {
      if (timestampMs - waiting.dueMs <= LATE * this.#horizonMs) this.#learn(value, waiting.oldest)
      waiting.shift()
    }
  }

  /** Makes a forecast to learn from, if it is time for one. @param unknown the error to expect before there was one */
  plan(experts: Experts, now: Moment, unknown: number): void {
    const { timestampMs, value } = now
    if (timestampMs < at(this.#next, 0)) return
    this.#next[0] = timestampMs + (this.#horizonMs / WAITING) * (1 - TINY)
    const dueMs = timestampMs + this.#horizonMs
    const offset = this.#waiting.push(dueMs)
    const { said } = this.#waiting
    experts.ask(this.#index, { fromMs: timestampMs, toMs: dueMs, last: value }, said, offset)
    const forecast = this.#mixture.combine(said, offset)
    said[offset + FORECAST] = forecast
    const ends = this.#ranges.ends(unknown)
    for (let end = 0; end < ends.length; end++) said[offset + ENDS + end] = forecast + (ends[end] ?? 0)
  }

  /** What follows from the numbers that were restored. Throws detectionErrors.bad_state. */
  refresh(): void {
    this.#mixture.refresh()
    this.#ranges.refresh()
    this.#waiting.check()
  }

  #learn(value: number, offset: number): void {
    const { said } = this.#waiting
    const forecast = singleAt(said, offset + FORECAST)
    const error = value - forecast
    const scale = this.#ranges.scale > 0 ? this.#ranges.scale : Math.abs(error)
    this.#mixture.learn(said, offset, { forecast, error, scale })
    const isOutside = (end: number): boolean =>
      !(value >= singleAt(said, offset + end) && value <= singleAt(said, offset + end + 1))
    this.#ranges.learn(error, isOutside(ENDS), isOutside(ENDS + 2))
  }
}
