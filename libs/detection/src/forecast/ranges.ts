import type { Numbers } from '../numbers.ts'
import { at, checkIndex, singleAt } from '../numbers.ts'
import { ERRORS } from './parameters.ts'

const COUNT = 0
const NEXT = 1
const SCALE = 2
const MISS_80 = 3
const MISS_95 = 4

/** How often a range may miss, and how it is moved by each hit and miss (adaptive conformal inference, Gibbs and Candes 2021). */
const WANTED = [0.2, 0.047] as const
const STEP = [0.01, 0.005] as const
const LEAST_MISS = 0.002
const MOST_MISS = 0.6
const ADAPT_FROM = 20
const EMPIRICAL_FROM = 12
const SCALE_MEMORY = 100
/** Half widths of 80 and 95 % in units of the mean absolute error, while there are few errors to go by. */
const FEW = [1.8, 3.2] as const

/** Ranges of a horizon: quantiles of its last errors, at levels that are corrected by how often its ranges missed. */
export class Ranges {
  readonly numbers = Float64Array.of(0, 0, 0, WANTED[0], WANTED[1])
  readonly #errors = new Float32Array(ERRORS)
  /** The same in order. */
  readonly #sorted = new Float32Array(ERRORS)

  get parts(): readonly Numbers[] {
    return [this.numbers, this.#errors]
  }

  /** Mean absolute error; 0 before the first. */
  get scale(): number {
    return at(this.numbers, SCALE)
  }

  /** @param missed80 whether the value was outside of the range that was given for it; the same for 95 % */
  learn(error: number, missed80: boolean, missed95: boolean): void {
    const { numbers } = this
    const count = at(numbers, COUNT) + 1
    const next = at(numbers, NEXT)
    numbers[COUNT] = count
    numbers[SCALE] = this.scale + (Math.abs(error) - this.scale) / Math.min(count, SCALE_MEMORY)
    if (count > ERRORS) this.#remove(singleAt(this.#errors, next), ERRORS)
    this.#errors[next] = error
    this.#insert(singleAt(this.#errors, next), Math.min(count - 1, ERRORS - 1))
    numbers[NEXT] = (next + 1) % ERRORS
    if (count <= ADAPT_FROM) return
    this.#adapt(0, missed80)
    this.#adapt(1, missed95)
  }

  /** Distances of the ranges' ends from a forecast: lower 80, upper 80, lower 95, upper 95. @param unknown the error to expect before there was one */
  ends(unknown: number): readonly [number, number, number, number] {
    const { numbers } = this
    const count = Math.min(at(numbers, COUNT), ERRORS)
    if (count < EMPIRICAL_FROM) {
      const scale = this.scale > 0 ? this.scale : unknown
      return [-FEW[0] * scale, FEW[0] * scale, -FEW[1] * scale, FEW[1] * scale]
    }
    const some = at(numbers, MISS_80) / 2
    const few = at(numbers, MISS_95) / 2
    return [
      this.#quantile(some, count),
      this.#quantile(1 - some, count),
      this.#quantile(few, count),
      this.#quantile(1 - few, count),
    ]
  }

  /** What follows from the numbers that were restored. Throws detectionErrors.bad_state. */
  refresh(): void {
    checkIndex('next error', at(this.numbers, NEXT), ERRORS - 1)
    checkIndex('count of errors', at(this.numbers, COUNT), Number.MAX_SAFE_INTEGER)
    const count = Math.min(at(this.numbers, COUNT), ERRORS)
    this.#sorted.set(this.#errors.slice(0, count).sort())
  }

  #adapt(level: 0 | 1, missed: boolean): void {
    const miss = at(this.numbers, MISS_80 + level) + STEP[level] * (WANTED[level] - (missed ? 1 : 0))
    this.numbers[MISS_80 + level] = Math.min(Math.max(miss, LEAST_MISS), MOST_MISS)
  }

  /** @param count errors in order before this one */
  #insert(error: number, count: number): void {
    const index = this.#find(error, count)
    this.#sorted.copyWithin(index + 1, index, count)
    this.#sorted[index] = error
  }

  #remove(error: number, count: number): void {
    const index = this.#find(error, count)
    this.#sorted.copyWithin(index, index + 1, count)
  }

  /** The first place of one that is not below the error. */
  #find(error: number, count: number): number {
    let from = 0
    let to = count
    while (from < to) {
      const middle = (from + to) >> 1
      if (singleAt(this.#sorted, middle) < error) from = middle + 1
      else to = middle
    }
    return from
  }

  /** Beyond the outermost errors the line through the outer two goes on, so that a rare error can be rarer than those that were seen. */
  #quantile(share: number, count: number): number {
    const position = share * (count + 1) - 1
    const left = Math.min(Math.max(Math.floor(position), 0), count - 2)
    const error = singleAt(this.#sorted, left)
    return error + (position - left) * (singleAt(this.#sorted, left + 1) - error)
  }
}
