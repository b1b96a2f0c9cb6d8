import { at } from '../numbers.ts'

const ROWS = 0
const PREDICTED = 1
const VARIANCE = 2
const MEAN = 3
const RAW_VARIANCE = 4
const CLEAN_MEAN = 5
const CLEAN_VARIANCE = 6

/** What cannot be foreseen of a row is cut at so many of its standard deviations, so that one wild row is no change of level. */
const CUT = 4
/** A series that hardly varies is taken to vary by this part of all that was seen of it: it may not swallow its first step. */
const LEAST_SD = 0.1
/** Of the exponential mean that foresees a row: short, so that it follows a season and is over a change within some rows. */
const GAIN = 0.2
const MEMORY_ROWS = 200
const LONG_MEMORY_ROWS = 20_000
/** Rows of which nothing is cut, since nothing is known. */
const UNCUT_ROWS = 20

/** Foresees each row by an exponential mean, and cuts what is wild. */
export class Cleaner {
  readonly numbers = new Float64Array(7)
  /** Of the last row: its value after the cut, and the size of what could not be foreseen. */
  value = 0
  surprise = 0

  get rows(): number {
    return at(this.numbers, ROWS)
  }

  /** Standard deviation of all rows after the cut, season and all: the scale on which a change is judged worth a word. */
  get sd(): number {
    return Math.sqrt(at(this.numbers, CLEAN_VARIANCE))
  }

  /** The same with wild rows and all: what they leave of themselves after the cut is no change. */
  get wildSd(): number {
    return Math.sqrt(at(this.numbers, RAW_VARIANCE))
  }

  add(value: number): void {
    const { numbers } = this
    const rows = this.rows + 1
    numbers[ROWS] = rows
    this.#learnScale(value, MEAN, RAW_VARIANCE)
    const predicted = rows === 1 ? value : at(numbers, PREDICTED)
    const variance = at(numbers, VARIANCE)
    const limit =
      rows < UNCUT_ROWS ? Infinity : CUT * Math.sqrt(Math.max(variance, LEAST_SD ** 2 * at(numbers, RAW_VARIANCE)))
    const surprise = Math.min(Math.max(value - predicted, -limit), limit)
    if (rows > 1) numbers[VARIANCE] = variance + (surprise * surprise - variance) / Math.min(rows - 1, MEMORY_ROWS)
    numbers[PREDICTED] = predicted + Math.max(GAIN, 1 / rows) * surprise
    this.value = predicted + surprise
    this.surprise = Math.abs(surprise)
    this.#learnScale(this.value, CLEAN_MEAN, CLEAN_VARIANCE)
  }

  #learnScale(value: number, mean: number, variance: number): void {
    const { numbers } = this
    const weight = Math.max(1 / this.rows, 1 / LONG_MEMORY_ROWS)
    const off = value - at(numbers, mean)
    const before = at(numbers, variance)
    numbers[mean] = at(numbers, mean) + weight * off
    numbers[variance] = before + weight * (off * off * (1 - weight) - before)
  }
}
