import { at, checkIndex } from '../numbers.ts'

/** Peaks or troughs that are remembered. */
const CAPACITY = 8
const COUNT = 0
const NEXT = 1

const HIGH = 0
const LOW = 1
const DIRECTION = 2
const RANGE = 3

/** A turn is one that goes back by this part of the range, or by so many usual steps. */
const PART = 0.2
const STEPS = 8
const RANGE_MEMORY_HOURS = 14 * 24

/** The last values at which a series turned: after each peak it fell by a fifth of its range. */
export class Turns {
  readonly peaks = new Float64Array(CAPACITY)
  readonly troughs = new Float64Array(CAPACITY)
  readonly #peakCount = new Float64Array(2)
  readonly #troughCount = new Float64Array(2)
  readonly #numbers = new Float64Array(4)

  get parts(): readonly Float64Array[] {
    return [this.peaks, this.troughs, this.#peakCount, this.#troughCount, this.#numbers]
  }

  /** How far the series went in the last weeks. */
  get range(): number {
    return Math.max(at(this.#numbers, RANGE), at(this.#numbers, HIGH) - at(this.#numbers, LOW))
  }

  get peakCount(): number {
    return Math.min(at(this.#peakCount, COUNT), CAPACITY)
  }

  get troughCount(): number {
    return Math.min(at(this.#troughCount, COUNT), CAPACITY)
  }

  begin(value: number): void {
    this.#numbers[HIGH] = value
    this.#numbers[LOW] = value
  }

  /** @param step the usual step from point to point */
  add(value: number, sinceHours: number, step: number): void {
    const numbers = this.#numbers
    numbers[RANGE] = at(numbers, RANGE) * Math.exp(-sinceHours / RANGE_MEMORY_HOURS)
    numbers[HIGH] = Math.max(at(numbers, HIGH), value)
    numbers[LOW] = Math.min(at(numbers, LOW), value)
    const least = Math.max(STEPS * step, PART * this.range)
    const direction = at(numbers, DIRECTION)
    if (direction >= 0 && value < at(numbers, HIGH) - least) {
      remember(this.peaks, this.#peakCount, at(numbers, HIGH))
      numbers[DIRECTION] = -1
      numbers[LOW] = value
    } else if (direction <= 0 && value > at(numbers, LOW) + least) {
      remember(this.troughs, this.#troughCount, at(numbers, LOW))
      numbers[DIRECTION] = 1
      numbers[HIGH] = value
    }
    numbers[RANGE] = this.range
  }

  /** Throws detectionErrors.bad_state. */
  check(): void {
    checkIndex('next peak', at(this.#peakCount, NEXT), CAPACITY - 1)
    checkIndex('next trough', at(this.#troughCount, NEXT), CAPACITY - 1)
  }
}

function remember(values: Float64Array, numbers: Float64Array, value: number): void {
  const next = at(numbers, NEXT)
  values[next] = value
  numbers[NEXT] = (next + 1) % CAPACITY
  numbers[COUNT] = at(numbers, COUNT) + 1
}
