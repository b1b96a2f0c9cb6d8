import { at, checkIndex } from '../numbers.ts'
import { BLOCK_ROWS, HARMONICS, LEVELS, PER_LEVEL } from './parameters.ts'

/** Sums over a bucket's rows: value, surprise, square, harmonics; and the time of its first row. */
export const SQUARES = 2
export const FIRST_HARMONIC = 3
export const TIME = FIRST_HARMONIC + HARMONICS
export const WIDTH = TIME + 1
const SLOTS = PER_LEVEL + 1
export const MOST_BUCKETS = LEVELS * PER_LEVEL

/**
 * An exponential histogram: the newest rows in small buckets, older ones in buckets of twice the size, and so on
 * (Datar, Gionis, Indyk, Motwani 2002; Bifet and Gavalda's ADWIN 2007). Each border of buckets is a place where the series may have changed.
 */
export class Window {
  readonly buckets = new Float64Array(LEVELS * SLOTS * WIDTH)
  readonly counts = new Float64Array(LEVELS)

  /** @param block sums over BLOCK_ROWS rows, WIDTH numbers */
  add(block: Float64Array): void {
    this.#put(0, block, 0)
    for (let level = 0; level < LEVELS && at(this.counts, level) > PER_LEVEL; level++) this.#mergeOldest(level)
  }

  /** Forgets all but the newest buckets, of which there are `keep`. */
  keepNewest(keep: number): void {
    let left = keep
    for (let level = 0; level < LEVELS; level++) {
      const count = at(this.counts, level)
      const kept = Math.min(left, count)
      this.#dropOldest(level, count - kept)
      left -= kept
    }
  }

  /**
   * Sums from the newest row back to each border of buckets, WIDTH numbers for each; the last is no sum but the time of the bucket that ends there.
   * Only the first `columns` are summed. `rows` gets the rows up to there. Border 0 is the present; returns the number of the oldest.
   */
  accumulate(into: Float64Array, rows: Float64Array, columns: number): number {
    let border = 0
    let total = 0
    for (let level = 0; level < LEVELS; level++) {
      for (let slot = at(this.counts, level) - 1; slot >= 0; slot--) {
        const from = (level * SLOTS + slot) * WIDTH
        const to = (border + 1) * WIDTH
        for (let column = 0; column < columns; column++)
          into[to + column] = at(into, to - WIDTH + column) + at(this.buckets, from + column)
        into[to + TIME] = at(this.buckets, from + TIME)
        total += BLOCK_ROWS * 2 ** level
        rows[++border] = total
      }
    }
    return border
  }

  /** Throws detectionErrors.bad_state. */
  check(): void {
    for (const count of this.counts) checkIndex('count of buckets', count, PER_LEVEL)
  }

  #put(level: number, from: Float64Array, offset: number): void {
    const count = at(this.counts, level)
    const to = (level * SLOTS + count) * WIDTH
    for (let column = 0; column < WIDTH; column++) this.buckets[to + column] = at(from, offset + column)
    this.counts[level] = count + 1
  }

  #mergeOldest(level: number): void {
    const { buckets } = this
    const oldest = level * SLOTS * WIDTH
    if (level + 1 < LEVELS) {
      for (let column = 0; column < TIME; column++)
        buckets[oldest + column] = at(buckets, oldest + column) + at(buckets, oldest + WIDTH + column)
      this.#put(level + 1, buckets, oldest)
    }
    this.#dropOldest(level, 2)
  }

  #dropOldest(level: number, drop: number): void {
    if (drop === 0) return
    const count = at(this.counts, level)
    const start = level * SLOTS * WIDTH
    this.buckets.copyWithin(start, start + drop * WIDTH, start + count * WIDTH)
    this.counts[level] = count - drop
  }
}
