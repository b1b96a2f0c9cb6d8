import { at, checkIndex } from '../numbers.ts'
import { BLOCK_ROWS, SCALES } from './parameters.ts'

/** Differences that count at most, so that a scale forgets. */
const MEMORY = 200
/** After an alarm what was learned counts little against what follows. */
const MEMORY_AFTER_ALARM = 24
/** Differences that the scale below is worth where a scale has few of its own. */
const PRIOR = 20
/** How far the variance of a scale may lie below that of the scale below it. */
const LEAST_RATIO = 0.85
/** A square of a difference counts at most so many times the usual one: a step that happens once is not how the series varies. */
const CUT = 9

/**
 * The Allan variance of a stream (Allan 1966): how much the means of neighbouring blocks differ, for blocks of 8 rows and all doubles of it. Times the rows of a block it is
 * the same at all scales for independent rows; it grows with the scale where rows depend on each other, where there is a season, a trend or a random walk.
 * A change is judged by it, and so needs no model of the noise.
 */
export class Scales {
  readonly last = new Float64Array(SCALES)
  readonly pending = new Float64Array(SCALES)
  readonly isPending = new Float64Array(SCALES)
  readonly differences = new Float64Array(SCALES)
  /** Differences seen, from 0; -1 before the first block. */
  readonly counts = new Float64Array(SCALES).fill(-1)
  /** As `curve` saw them last. */
  readonly usual = new Float64Array(SCALES)

  get parts(): readonly Float64Array[] {
    return [this.last, this.pending, this.isPending, this.differences, this.counts, this.usual]
  }

  /** @param mean of a block of BLOCK_ROWS rows */
  add(mean: number): void {
    let value = mean
    for (let scale = 0; scale < SCALES; scale++) {
      this.#learn(scale, value)
      if (at(this.isPending, scale) === 0) {
        this.pending[scale] = value
        this.isPending[scale] = 1
        return
      }
      value = (at(this.pending, scale) + value) / 2
      this.isPending[scale] = 0
    }
  }

  /** Variance of a mean of blocks of each scale, times its rows; a scale of which little was seen leans on the one below. */
  curve(into: Float64Array, offset: number): void {
    let below = 0
    for (let scale = 0; scale < SCALES; scale++) {
      const own = (at(this.differences, scale) * BLOCK_ROWS * 2 ** scale) / 2
      const count = Math.max(at(this.counts, scale), 0)
      below = scale === 0 ? own : Math.max((below * PRIOR + own * count) / (PRIOR + count), LEAST_RATIO * below)
      this.usual[scale] = below
      into[offset + scale] = below
    }
  }

  /** @param ratio by which the variance has grown with the change, 1 if it has not */
  changed(ratio: number): void {
    for (let scale = 0; scale < SCALES; scale++) {
      this.counts[scale] = Math.min(at(this.counts, scale), MEMORY_AFTER_ALARM)
      this.differences[scale] = at(this.differences, scale) * ratio
      this.usual[scale] = at(this.usual, scale) * ratio
    }
  }

  /** Throws detectionErrors.bad_state. */
  check(): void {
    for (const count of this.counts) checkIndex('count of differences', count + 1, MEMORY + 1)
  }

  #learn(scale: number, value: number): void {
    const seen = at(this.counts, scale)
    if (seen >= 0) {
      const off = value - at(this.last, scale)
      const learned = at(this.differences, scale)
      const usual = (2 * at(this.usual, scale)) / (BLOCK_ROWS * 2 ** scale)
      const limit = usual > 0 ? CUT * Math.max(usual, seen > 4 ? learned : 0) : Infinity
      this.differences[scale] = learned + (Math.min(off * off, limit) - learned) / Math.min(seen + 1, MEMORY)
    }
    this.counts[scale] = Math.min(seen + 1, MEMORY)
    this.last[scale] = value
  }
}
