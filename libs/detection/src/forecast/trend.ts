import { at } from '../numbers.ts'
import type { ThresholdDirection, TimeTo } from './forecast.ts'
import { HOUR_MS } from './parameters.ts'
import { Slope } from './slope.ts'
import { Turns } from './turns.ts'

const POINTS = 0
const FIRST_MS = 1
const LAST_MS = 2
const LAST = 3
const STEP = 4
const SMOOTH = 5

/** A jump, as a clean-up is one: so many times the usual step, and against the trend or this part of the range. */
const JUMP_STEPS = 12
const JUMP_PART = 0.1
const JUMP_FROM_POINTS = 20
/** After a jump the trend before it weighs this part. */
const KEPT_AFTER_JUMP = 0.25
const STEP_MEMORY = 300
const MOST_STEPS = 8
const SMOOTH_HOURS = 0.5
/** A threshold is out of reach when it is this part of the usual cycle beyond the highest of the last peaks, and the series is not above them by more than another part. */
const OUT_OF_REACH = 0.1
const ABOVE_PEAKS = 0.15
/** A trend is followed no further than what was seen of the series, divided by this. */
const FORESIGHT = 2.5
/** Normal quantile of 80 %. */
const RANGE_80 = 1.28

/** Where a series is heading when its jumps are left out, and how far it got before. */
export class Trend {
  readonly #numbers = new Float64Array(6)
  readonly #slope = new Slope()
  readonly #turns = new Turns()

  get parts(): readonly Float64Array[] {
    return [this.#numbers, this.#slope.numbers, ...this.#turns.parts]
  }

  /** Mean size of a step from point to point. */
  get step(): number {
    return at(this.#numbers, STEP)
  }

  add(timestampMs: number, value: number): void {
    const numbers = this.#numbers
    const points = at(numbers, POINTS)
    numbers[POINTS] = points + 1
    if (points === 0) {
      numbers.set([1, timestampMs, timestampMs, value, 0, value])
      this.#turns.begin(value)
      return
    }
    const hours = (timestampMs - at(numbers, LAST_MS)) / HOUR_MS
    const rise = value - at(numbers, LAST)
    numbers[LAST_MS] = timestampMs
    numbers[LAST] = value
    const isJump = this.#isJump(rise)
    this.#learnStep(Math.abs(rise))
    if (isJump) this.#slope.fade(KEPT_AFTER_JUMP)
    this.#slope.add(hours, isJump ? 0 : rise)
    const smooth = at(numbers, SMOOTH) + (isJump ? rise : 0)
    numbers[SMOOTH] = smooth + (1 - Math.exp(-hours / SMOOTH_HOURS)) * (value - smooth)
    this.#turns.add(at(numbers, SMOOTH), hours, this.step)
  }

  timeTo(threshold: number, direction: ThresholdDirection): TimeTo | undefined {
    const numbers = this.#numbers
    if (at(numbers, POINTS) === 0) return undefined
    const sign = direction === 'up' ? 1 : -1
    const gap = sign * (threshold - at(numbers, SMOOTH))
    if (!(gap > 0)) return { ms: 0, earliestMs: 0, latestMs: 0 }
    const rise = sign * this.#slope.rise
    if (!(rise > 0) || this.#isOutOfReach(sign * threshold, sign)) return undefined
    const ms = (gap / rise) * HOUR_MS
    if (!(ms <= (at(numbers, LAST_MS) - at(numbers, FIRST_MS)) / FORESIGHT)) return undefined
    const error = RANGE_80 * this.#slope.error
    return {
      ms,
      earliestMs: (gap / (rise + error)) * HOUR_MS,
      latestMs: rise > error ? (gap / (rise - error)) * HOUR_MS : Infinity,
    }
  }

  /** Throws detectionErrors.bad_state. */
  check(): void {
    this.#turns.check()
  }

  #isJump(rise: number): boolean {
    if (at(this.#numbers, POINTS) <= JUMP_FROM_POINTS) return false
    if (Math.abs(rise) <= JUMP_STEPS * this.step) return false
    return rise * this.#slope.rise < 0 || Math.abs(rise) > JUMP_PART * this.#turns.range
  }

  #learnStep(size: number): void {
    const points = at(this.#numbers, POINTS)
    const limit = points > JUMP_FROM_POINTS && this.step > 0 ? MOST_STEPS * this.step : Infinity
    this.#numbers[STEP] = this.step + (Math.min(size, limit) - this.step) / Math.min(points - 1, STEP_MEMORY)
  }

  /** Downwards all is turned over: troughs are peaks then. @param threshold turned over already */
  #isOutOfReach(threshold: number, sign: 1 | -1): boolean {
    const turns = this.#turns
    const [ends, count] = sign === 1 ? [turns.peaks, turns.peakCount] : [turns.troughs, turns.troughCount]
    const [starts, startCount] = sign === 1 ? [turns.troughs, turns.troughCount] : [turns.peaks, turns.peakCount]
    if (count === 0) return false
    const now = sign * at(this.#numbers, SMOOTH)
    let highest = -Infinity
    for (let index = 0; index < count; index++) highest = Math.max(highest, sign * at(ends, index))
    let start = startCount === 0 ? now : 0
    for (let index = 0; index < startCount; index++) start += (sign * at(starts, index)) / startCount
    const cycle = Math.max(highest - start, MOST_STEPS * this.step)
    return threshold > highest + OUT_OF_REACH * cycle && now < highest + ABOVE_PEAKS * cycle
  }
}
