import { at } from '../numbers.ts'
import { HARMONICS, LEVEL } from './parameters.ts'
import type { Snapshots } from './snapshots.ts'
import type { Window } from './window.ts'
import { FIRST_HARMONIC, MOST_BUCKETS, SQUARES, TIME, WIDTH } from './window.ts'

/** Sums from the present back to each border of a window's buckets, cleared of the season that the snapshot knows. */
export class Borders {
  count = 0
  readonly rows = new Float64Array(MOST_BUCKETS + 1)
  readonly #sums = new Float64Array((MOST_BUCKETS + 1) * WIDTH)
  #snapshots: Snapshots | undefined

  read(window: Window, snapshots: Snapshots): void {
    this.#snapshots = snapshots
    this.count = window.accumulate(this.#sums, this.rows)
  }

  /** Mean of a stream between two borders, of which `newer` is the one nearer to the present, cleared of its season. */
  mean(stream: number, newer: number, older: number): number {
    let mean = this.#column(stream, newer, older)
    if (this.#snapshots?.hasSeason(stream) === true)
      for (let index = 0; index < HARMONICS; index++)
        mean -= this.#snapshots.harmonic(stream, index) * this.harmonic(index, newer, older)
    return mean
  }

  /** Mean of a harmonic between two borders. */
  harmonic(index: number, newer: number, older: number): number {
    return this.#column(FIRST_HARMONIC + index, newer, older)
  }

  /** Standard deviation of the values between two borders, as they are. */
  sd(newer: number, older: number): number {
    const mean = this.#column(LEVEL, newer, older)
    return Math.sqrt(Math.max(this.#column(SQUARES, newer, older) - mean * mean, 0))
  }

  /** Mean of the values between two borders, as they are. */
  rawMean(newer: number, older: number): number {
    return this.#column(LEVEL, newer, older)
  }

  /** Time of the first row of the bucket that ends at the border. */
  time(border: number): number {
    return at(this.#sums, border * WIDTH + TIME)
  }

  #column(column: number, newer: number, older: number): number {
    const sum = at(this.#sums, older * WIDTH + column) - at(this.#sums, newer * WIDTH + column)
    return sum / (at(this.rows, older) - at(this.rows, newer))
  }
}
