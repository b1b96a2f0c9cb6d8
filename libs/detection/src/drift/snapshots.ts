import { at, checkIndex } from '../numbers.ts'
import type { DayFit } from './day-fit.ts'
import { TERMS } from './day-fit.ts'
import { BLOCK_ROWS, HARMONICS, LEVEL, SCALES, SNAPSHOT_ROWS, SNAPSHOTS, SPREAD } from './parameters.ts'
import type { Scales } from './scales.ts'
import { solve } from './solve.ts'

/** Offsets within a snapshot; those of the two streams follow each other. */
const CURVES = 0
const DAY = CURVES + 2 * SCALES
const HAS_DAY = DAY + 2 * HARMONICS
const COVARIANCE = HAS_DAY + 2
const SIZE = COVARIANCE + HARMONICS * HARMONICS

/** Evidence that a stream has a season, as a log-likelihood ratio for its four numbers. */
const SEASON_EVIDENCE = 12

/** What was known some time ago: the newest few, of which the oldest is the one to judge by. */
export class Snapshots {
  readonly numbers = new Float64Array(SNAPSHOTS * SIZE)
  readonly count = new Float64Array(1)
  #start = 0
  readonly #covariance = new Float64Array(HARMONICS * HARMONICS)
  readonly #solution = new Float64Array(HARMONICS)

  get parts(): readonly Float64Array[] {
    return [this.numbers, this.count]
  }

  get isEmpty(): boolean {
    return this.count[0] === 0
  }

  /** Chooses the one to judge by: as old as may be, but not older than a quarter of the stream, or two of them. */
  choose(rows: number): void {
    const count = at(this.count, 0)
    const age = Math.max(2, Math.floor(rows / 4 / SNAPSHOT_ROWS))
    this.#start = Math.max(0, count - 1 - age) * SIZE
  }

  /** Variance of a mean of the stream's rows over so many, times their number, season aside. */
  variance(stream: number, rows: number): number {
    const scale = 31 - Math.clz32((rows / BLOCK_ROWS) * Math.SQRT2)
    return at(this.numbers, this.#start + CURVES + stream * SCALES + Math.min(scale, SCALES - 1))
  }

  /** Amplitude of a harmonic; 0 without a season. */
  harmonic(stream: number, index: number): number {
    return at(this.numbers, this.#start + DAY + stream * HARMONICS + index)
  }

  hasSeason(stream: number): boolean {
    return at(this.numbers, this.#start + HAS_DAY + stream) === 1
  }

  /** Of two amplitudes, in units of the stream's noise per block. */
  covariance(row: number, column: number): number {
    return at(this.numbers, this.#start + COVARIANCE + row * HARMONICS + column)
  }

  take(scales: readonly [Scales, Scales], fit: DayFit): void {
    const { numbers } = this
    if (at(this.count, 0) === SNAPSHOTS) numbers.copyWithin(0, SIZE)
    else this.count[0] = at(this.count, 0) + 1
    const start = (at(this.count, 0) - 1) * SIZE
    for (let row = 0; row < HARMONICS; row++)
      for (let column = 0; column < HARMONICS; column++)
        numbers[start + COVARIANCE + row * HARMONICS + column] = at(fit.covariance, (row + 1) * TERMS + column + 1)
    scales[LEVEL].curve(numbers, start + CURVES)
    scales[SPREAD].curve(numbers, start + CURVES + SCALES)
    this.#takeSeason(start, LEVEL, fit.values)
    this.#takeSeason(start, SPREAD, fit.surprises)
  }

  /** The variance has grown by the ratio: so has all that was learned of it. */
  scaleUp(ratio: number): void {
    for (let index = 0; index < SNAPSHOTS; index++)
      for (let each = 0; each < 2 * SCALES; each++)
        this.numbers[index * SIZE + CURVES + each] = at(this.numbers, index * SIZE + CURVES + each) * ratio
  }

  /** Throws detectionErrors.bad_state. */
  check(): void {
    checkIndex('count of snapshots', at(this.count, 0), SNAPSHOTS)
  }

  /** A season counts if its amplitudes are together too large to be chance (a Wald test): else the stream is judged as it is. */
  #takeSeason(start: number, stream: number, fitted: Float64Array): void {
    const solution = this.#solution
    const covariance = this.#covariance
    for (let index = 0; index < HARMONICS; index++) solution[index] = at(fitted, index + 1)
    for (let index = 0; index < covariance.length; index++)
      covariance[index] = at(this.numbers, start + COVARIANCE + index)
    solve(covariance, solution)
    let evidence = 0
    for (let index = 0; index < HARMONICS; index++) evidence += (at(solution, index) * at(fitted, index + 1)) / 2
    const noise = at(this.numbers, start + CURVES + stream * SCALES + SCALES - 1) / BLOCK_ROWS
    const has = evidence > SEASON_EVIDENCE * noise
    this.numbers[start + HAS_DAY + stream] = has ? 1 : 0
    for (let index = 0; index < HARMONICS; index++)
      this.numbers[start + DAY + stream * HARMONICS + index] = has ? at(fitted, index + 1) : 0
  }
}
