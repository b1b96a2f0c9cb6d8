import { at } from '../numbers.ts'

const WEIGHT = 0
const X = 1
const XX = 2
const Y = 3
const XY = 4
const YY = 5

/** Memory of the trend: one and a half days, so that the hours of a day even out. */
const MEMORY_HOURS = 36
/** A point weighs the time since the one before, up to this. */
const MOST_WEIGHT_HOURS = 1
/** Points within so many hours tell one thing, not many. */
const DEPENDENT_HOURS = 3

/** A straight line by least squares with fading memory, over hours; its origin moves along with the newest point. */
export class Slope {
  readonly numbers = new Float64Array(6)

  /** The next point, by how far it is from the one before. */
  add(hours: number, rise: number): void {
    const { numbers } = this
    const weight = at(numbers, WEIGHT)
    const x = at(numbers, X)
    const y = at(numbers, Y)
    const fade = Math.exp(-hours / MEMORY_HOURS)
    numbers[XX] = (at(numbers, XX) - 2 * hours * x + hours * hours * weight) * fade
    numbers[XY] = (at(numbers, XY) - rise * x - hours * y + hours * rise * weight) * fade
    numbers[YY] = (at(numbers, YY) - 2 * rise * y + rise * rise * weight) * fade
    numbers[X] = (x - hours * weight) * fade
    numbers[Y] = (y - rise * weight) * fade
    numbers[WEIGHT] = weight * fade + Math.min(hours, MOST_WEIGHT_HOURS)
  }

  /** What was seen shall weigh this part of what it did. */
  fade(part: number): void {
    for (let index = 0; index < this.numbers.length; index++) this.numbers[index] = at(this.numbers, index) * part
  }

  /** Rise per hour; 0 while there is none to tell. */
  get rise(): number {
    const { spread, together } = this.#moments()
    return spread > 0 ? together / spread : 0
  }

  /** Standard error of the rise. */
  get error(): number {
    const { spread, together, height, weight } = this.#moments()
    if (!(spread > 0)) return Infinity
    const left = Math.max(height - (together * together) / spread, 0)
    return Math.sqrt(left / spread / Math.max(1, weight / DEPENDENT_HOURS))
  }

  #moments(): { spread: number; together: number; height: number; weight: number } {
    const { numbers } = this
    const weight = at(numbers, WEIGHT)
    const x = at(numbers, X) / weight
    const y = at(numbers, Y) / weight
    return {
      weight,
      spread: at(numbers, XX) / weight - x * x,
      together: at(numbers, XY) / weight - x * y,
      height: at(numbers, YY) / weight - y * y,
    }
  }
}
