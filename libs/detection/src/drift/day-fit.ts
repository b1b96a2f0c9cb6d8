import { at } from '../numbers.ts'
import { BLOCK_ROWS, DAY_MS, HARMONICS } from './parameters.ts'

/** Level and harmonics. */
export const TERMS = HARMONICS + 1
const LEVEL_TERM = 0
/** Variances of what is not known yet, in units of the noise of a block: amplitudes of three standard deviations of a row, half of it for the second harmonic. */
const AMPLITUDE = 9 * BLOCK_ROWS
const SECOND = AMPLITUDE / 4
const ANY_LEVEL = AMPLITUDE * 1e4
/** By which the level may move with each block: it is no part of the season. */
const WANDER = 1e-6

/**
 * A level and two harmonics of a day for both streams at once, by a Kalman filter. The covariance is in units of the noise, so one serves both
 * (the sines and cosines that both are fitted to are the same).
 */
export class DayFit {
  readonly values = new Float64Array(TERMS)
  readonly surprises = new Float64Array(TERMS)
  readonly covariance = new Float64Array(TERMS * TERMS)
  /** 1, then the harmonics at the time of the last block. */
  readonly terms = new Float64Array(TERMS)
  readonly #gain = new Float64Array(TERMS)

  constructor() {
    for (let term = 0; term < TERMS; term++)
      this.covariance[term * TERMS + term] = term === LEVEL_TERM ? ANY_LEVEL : term < 3 ? AMPLITUDE : SECOND
  }

  get parts(): readonly Float64Array[] {
    return [this.values, this.surprises, this.covariance]
  }

  seek(timestampMs: number): void {
    const angle = ((timestampMs % DAY_MS) / DAY_MS) * 2 * Math.PI
    const sine = Math.sin(angle)
    const cosine = Math.cos(angle)
    const { terms } = this
    terms[0] = 1
    terms[1] = sine
    terms[2] = cosine
    terms[3] = 2 * sine * cosine
    terms[4] = cosine * cosine - sine * sine
  }

  /** Learns the means of the block to whose time it was brought by `seek`. */
  learn(value: number, surprise: number): void {
    const { covariance, values, surprises, terms } = this
    const gain = this.#gain
    covariance[0] = at(covariance, 0) + WANDER
    let variance = 1
    let offValue = value
    let offSurprise = surprise
    for (let row = 0; row < TERMS; row++) {
      let sum = 0
      for (let column = 0; column < TERMS; column++) sum += at(covariance, row * TERMS + column) * at(terms, column)
      gain[row] = sum
      variance += sum * at(terms, row)
      offValue -= at(values, row) * at(terms, row)
      offSurprise -= at(surprises, row) * at(terms, row)
    }
    for (let row = 0; row < TERMS; row++) {
      const share = at(gain, row) / variance
      values[row] = at(values, row) + share * offValue
      surprises[row] = at(surprises, row) + share * offSurprise
      for (let column = 0; column < TERMS; column++)
        covariance[row * TERMS + column] = at(covariance, row * TERMS + column) - share * at(gain, column)
    }
  }

  /** The level has changed and is to be found anew. */
  loosenLevel(): void {
    this.covariance[0] = at(this.covariance, 0) + AMPLITUDE
  }
}
