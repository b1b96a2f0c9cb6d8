import { writeSix, writeWhole } from '@pegel/buffers'
import { Slab } from '@pegel/contracts'
import { nanoText } from './decimal.ts'

/** Room that `copyTo` needs, bytes. */
export const LINE_TIME_ROOM = 64

/** The end of a line, ` 1700000000123456789\n`. Neighbouring points have one time: it is rendered once and copied. */
export class LineTime {
  readonly #slab = new Slab(LINE_TIME_ROOM / 4)
  readonly #bytes = Buffer.from(this.#slab.ints.buffer)
  readonly #view = new DataView(this.#slab.ints.buffer)
  #timeMs = NaN
  #timeNs = 0
  #length = 0

  /** Whole milliseconds since the epoch, and 0..999999 ns within the millisecond. */
  set(timeMs: number, timeNs: number): void {
    if (timeMs === this.#timeMs && timeNs === this.#timeNs) return
    this.#timeMs = timeMs
    this.#timeNs = timeNs
    this.#bytes[0] = SPACE
    const end =
      timeMs > 0
        ? writeSix(this.#view, writeWhole(this.#view, 1, timeMs), timeNs)
        : 1 + this.#bytes.write(nanoText(timeMs, timeNs), 1, 'latin1')
    this.#bytes[end] = NEWLINE
    this.#length = end + 1
  }

  /** @returns where it ends; what is written behind that means nothing */
  copyTo(view: DataView, at: number): number {
    this.#slab.copyTo(view, at, 0, this.#length)
    return at + this.#length
  }
}

const SPACE = 0x20
const NEWLINE = 0x0a
