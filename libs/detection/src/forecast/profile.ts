import type { Numbers } from '../numbers.ts'
import { at, checkIndex, singleAt } from '../numbers.ts'

const BIN = 0
const SUM = 1
const COUNT = 2

/** The mean of each part of a day or a week, over the days or weeks that were seen, newer ones weighing more. */
export class Profile {
  readonly numbers = new Float64Array(3).fill(-1, BIN, 1)
  readonly #bins: number
  readonly #periodMs: number
  readonly #gain: number
  readonly #means: Float32Array
  readonly #visits: Float32Array

  /** @param gain weight of the newest visit of a bin, once there were 1 / gain of them */
  constructor(bins: number, periodMs: number, gain: number) {
    this.#bins = bins
    this.#periodMs = periodMs
    this.#gain = gain
    this.#means = new Float32Array(bins).fill(NaN)
    // A gain of a third and more is reached at once: visits need not be counted.
    this.#visits = new Float32Array(gain < 1 / 3 ? bins : 0)
  }

  get parts(): readonly Numbers[] {
    return [this.numbers, this.#means, this.#visits]
  }

  add(timestampMs: number, value: number): void {
    const { numbers } = this
    const bin = Math.min(Math.floor(this.#position(timestampMs)), this.#bins - 1)
    if (bin !== at(numbers, BIN)) {
      this.#close()
      numbers[BIN] = bin
      numbers[SUM] = 0
      numbers[COUNT] = 0
    }
    numbers[SUM] = at(numbers, SUM) + value
    numbers[COUNT] = at(numbers, COUNT) + 1
  }

  /** Between the middles of two bins a straight line; NaN where nothing was seen yet. */
  valueAt(timestampMs: number): number {
    const bins = this.#bins
    const position = this.#position(timestampMs) - 0.5 + bins
    const before = Math.floor(position)
    const left = singleAt(this.#means, before % bins)
    const right = singleAt(this.#means, (before + 1) % bins)
    if (Number.isNaN(left)) return right
    return Number.isNaN(right) ? left : left + (position - before) * (right - left)
  }

  /** Throws detectionErrors.bad_state. */
  check(): void {
    checkIndex('bin', at(this.numbers, BIN) + 1, this.#bins)
  }

  /** In bins, from the start of the day or week (of UTC, a week from Thursday as Unix time began on one). */
  #position(timestampMs: number): number {
    const part = timestampMs % this.#periodMs
    return ((part < 0 ? part + this.#periodMs : part) / this.#periodMs) * this.#bins
  }

  #close(): void {
    const count = at(this.numbers, COUNT)
    if (!(count > 0)) return
    const bin = at(this.numbers, BIN)
    const mean = at(this.numbers, SUM) / count
    const before = singleAt(this.#means, bin)
    const visits = singleAt(this.#visits, bin) + 1
    if (this.#visits.length > 0) this.#visits[bin] = Math.min(visits, 1 / this.#gain)
    const gain = this.#visits.length > 0 ? Math.max(this.#gain, 1 / visits) : this.#gain
    this.#means[bin] = Number.isNaN(before) ? mean : before + gain * (mean - before)
  }
}
