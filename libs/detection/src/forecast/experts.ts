import type { Numbers } from '../numbers.ts'
import { at } from '../numbers.ts'
import { DAY_MS, HORIZONS, HOUR_MS } from './parameters.ts'
import { Profile } from './profile.ts'

const PROFILES = 3
export const EXPERTS = 14
/** How much of a deviation from a profile may stay until the horizon: an expert for each. */
const KEPT = [0, 0.5, 1] as const
const KEPT_A_DAY = 0.8
const KEPT_LITTLE = 0.25
/** Weights of a mean over the last three days. */
const LONG_MS = 3 * DAY_MS
/** Per horizon, how long a deviation is averaged. */
const AVERAGED_MS = [0.25 * HOUR_MS, HOUR_MS, 3 * HOUR_MS] as const

const LONG = 0
const RECENT = 1
const DEVIATIONS = RECENT + HORIZONS.length
const SIZE = DEVIATIONS + HORIZONS.length * PROFILES

/** What simple methods say of the future: the last value, means, the usual course of a day and of a week with what is left of today's deviation from it. */
export class Experts {
  readonly #numbers = new Float64Array(SIZE)
  readonly #profiles: readonly Profile[] = [
    new Profile(48, DAY_MS, 0.5),
    new Profile(48, DAY_MS, 0.15),
    new Profile(168, 7 * DAY_MS, 0.4),
  ]
  readonly #gains = new Float64Array(HORIZONS.length + 1)
  #gainsOfMs = NaN

  get parts(): readonly Numbers[] {
    return [this.#numbers, ...this.#profiles.flatMap(({ parts }) => parts)]
  }

  /** Mean of the last quarter of an hour or so. */
  get recent(): number {
    return at(this.#numbers, RECENT)
  }

  /** @param sinceMs since the point before; @param points with this one */
  add(timestampMs: number, value: number, { sinceMs, points }: { sinceMs: number; points: number }): void {
    const numbers = this.#numbers
    const gains = this.#gainsAfter(points === 1 ? Infinity : sinceMs)
    for (let profile = 0; profile < PROFILES; profile++) {
      const usual = this.#profiles[profile]?.valueAt(timestampMs) ?? NaN
      const deviation = Number.isNaN(usual) ? 0 : value - usual
      for (let horizon = 0; horizon < HORIZONS.length; horizon++)
        this.#follow(DEVIATIONS + horizon * PROFILES + profile, deviation, at(gains, horizon))
    }
    for (let horizon = 0; horizon < HORIZONS.length; horizon++)
      this.#follow(RECENT + horizon, value, at(gains, horizon))
    numbers[LONG] = at(numbers, LONG) + Math.max(at(gains, HORIZONS.length), 1 / points) * (value - at(numbers, LONG))
    for (const profile of this.#profiles) profile.add(timestampMs, value)
  }

  /** What the experts of a horizon say of a time, after the last point; all of them something, from the first point on. */
  ask(
    horizon: number,
    { fromMs, toMs, last }: { fromMs: number; toMs: number; last: number },
    into: Float32Array,
    offset: number,
  ): void {
    into[offset] = last
    into[offset + 1] = at(this.#numbers, RECENT + horizon)
    into[offset + 2] = at(this.#numbers, LONG)
    const deviations = DEVIATIONS + horizon * PROFILES
    let to = offset + 3
    for (let profile = 0; profile < PROFILES; profile++) {
      const then = this.#profiles[profile]?.valueAt(toMs) ?? NaN
      const known = !Number.isNaN(then)
      const deviation = at(this.#numbers, deviations + profile)
      for (const kept of KEPT) {
        const share = kept === 1 && horizon === HORIZONS.length - 1 ? KEPT_A_DAY : kept
        into[to++] = known ? then + share * deviation : last
      }
    }
    const slow = this.#profiles[1]
    const weekly = this.#profiles[2]?.valueAt(toMs) ?? NaN
    const moved = (slow?.valueAt(toMs) ?? NaN) - (slow?.valueAt(fromMs) ?? NaN)
    into[to++] = Number.isNaN(moved) ? last : last + moved
    into[to] = Number.isNaN(weekly) ? last : weekly + KEPT_LITTLE * at(this.#numbers, deviations + 2)
  }

  /** Throws detectionErrors.bad_state. */
  check(): void {
    for (const profile of this.#profiles) profile.check()
  }

  #follow(index: number, value: number, gain: number): void {
    this.#numbers[index] = at(this.#numbers, index) + gain * (value - at(this.#numbers, index))
  }

  /** Kept from point to point: an exponential costs more than all the rest, and intervals seldom change. */
  #gainsAfter(sinceMs: number): Float64Array {
    if (sinceMs !== this.#gainsOfMs) {
      this.#gainsOfMs = sinceMs
      for (let horizon = 0; horizon < HORIZONS.length; horizon++)
        this.#gains[horizon] = 1 - Math.exp(-sinceMs / (AVERAGED_MS[horizon] ?? 1))
      this.#gains[HORIZONS.length] = 1 - Math.exp(-sinceMs / LONG_MS)
    }
    return this.#gains
  }
}
