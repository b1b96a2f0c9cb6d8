import type { Numbers } from '../numbers.ts'
import { at, checkIndex } from '../numbers.ts'
import { EXPERTS } from './experts.ts'
import { WAITING } from './parameters.ts'

/** Of a forecast: what the experts said, itself, the ends of its ranges. */
export const FORECAST = EXPERTS
export const ENDS = FORECAST + 1
export const WIDTH = ENDS + 4
const CAPACITY = WAITING + 1

const COUNT = 0
const FIRST = 1

/** Forecasts of a horizon whose time has not come, oldest first. When it is full, the oldest is forgotten. */
export class Waiting {
  readonly said = new Float32Array(CAPACITY * WIDTH)
  readonly #due = new Float64Array(CAPACITY)
  readonly #numbers = new Float64Array(2)

  get parts(): readonly Numbers[] {
    return [this.said, this.#due, this.#numbers]
  }

  /** When the oldest is due; Infinity if there is none. */
  get dueMs(): number {
    return at(this.#numbers, COUNT) === 0 ? Infinity : at(this.#due, at(this.#numbers, FIRST))
  }

  /** Where the numbers of the oldest begin in `said`. */
  get oldest(): number {
    return at(this.#numbers, FIRST) * WIDTH
  }

  /** Makes room for a forecast; returns where its numbers begin in `said`. */
  push(dueMs: number): number {
    if (at(this.#numbers, COUNT) === CAPACITY) this.shift()
    const count = at(this.#numbers, COUNT)
    const index = (at(this.#numbers, FIRST) + count) % CAPACITY
    this.#numbers[COUNT] = count + 1
    this.#due[index] = dueMs
    return index * WIDTH
  }

  shift(): void {
    this.#numbers[COUNT] = at(this.#numbers, COUNT) - 1
    this.#numbers[FIRST] = (at(this.#numbers, FIRST) + 1) % CAPACITY
  }

  /** Throws detectionErrors.bad_state. */
  check(): void {
    checkIndex('count of forecasts', at(this.#numbers, COUNT), CAPACITY)
    checkIndex('first forecast', at(this.#numbers, FIRST), CAPACITY - 1)
  }
}
