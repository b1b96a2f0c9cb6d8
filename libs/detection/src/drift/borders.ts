import { at } from '../numbers.ts'
import { HARMONICS, LEVEL, SPREAD } from './parameters.ts'
import type { Snapshots } from './snapshots.ts'
import type { Window } from './window.ts'
import { FIRST_HARMONIC, MOST_BUCKETS, SQUARES, TIME, WIDTH } from './window.ts'

/** Sums from the present back to each border of a window's buckets, cleared of the season that the snapshot knows. */
export class Borders {
  count = 0
  readonly rows = new Float64Array(MOST_BUCKETS + 1)
  readonly #sums = new Float64Array((MOST_BUCKETS + 1) * WIDTH)
  readonly #cleared: readonly [Float64Array, Float64Array] = [
    new Float64Array(MOST_BUCKETS + 1),
    new Float64Array(MOST_BUCKETS + 1),
  ]

  /** Columns other than the two streams are read where there is a season, or with `all`: it is what a test costs most. */
  read(window: Window, snapshots: Snapshots, all = false): void {
    const needed = all || snapshots.hasSeason(LEVEL) || snapshots.hasSeason(SPREAD)
    this.count = window.accumulate(this.#sums, this.rows, needed ? TIME : SPREAD + 1)
    this.#clear(snapshots, LEVEL)
    this.#clear(snapshots, SPREAD)
  }

  /** Mean of a stream between two borders, of which `newer` is the one nearer to the present, cleared of its season. */
  mean(stream: number, newer: number, older: number): number {
    const sums = stream === LEVEL ? this.#cleared[LEVEL] : this.#cleared[SPREAD]
    return (at(sums, older) - at(sums, newer)) / (at(this.rows, older) - at(this.rows, newer))
  }

  /** Mean of a harmonic between two borders. */
  harmonic(index: number, newer: number, older: number): number {
    return this.#column(FIRST_HARMONIC + index, newer, older)
  }

  /** Standard deviation of the values between two borders, as they are. */
  sd(newer: number, older: number): number {
    const mean = this.rawMean(newer, older)
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

  #clear(snapshots: Snapshots, stream: 0 | 1): void {
    const sums = this.#sums
    const cleared = this.#cleared[stream]
    const hasSeason = snapshots.hasSeason(stream)
    for (let border = 1; border <= this.count; border++) {
      const row = border * WIDTH
      let sum = at(sums, row + stream)
      if (hasSeason)
        for (let index = 0; index < HARMONICS; index++)
          sum -= snapshots.harmonic(stream, index) * at(sums, row + FIRST_HARMONIC + index)
      cleared[border] = sum
    }
  }

  #column(column: number, newer: number, older: number): number {
    const sum = at(this.#sums, older * WIDTH + column) - at(this.#sums, newer * WIDTH + column)
    return sum / (at(this.rows, older) - at(this.rows, newer))
  }
}
