import { writeSix, writeWhole } from '@pegel/buffers'
import { nanoText } from './decimal.ts'

const ROOM_WORDS = 16

/** Room that `copyTo` needs, bytes. */
export const LINE_TIME_ROOM = ROOM_WORDS * 4

/** The end of a line, ` 1700000000123456789\n`. Neighbouring points have one time: it is rendered once and copied. */
export class LineTime {
  readonly #words = new Int32Array(ROOM_WORDS)
  readonly #bytes = Buffer.from(this.#words.buffer)
  readonly #view = new DataView(this.#words.buffer)
  #timeMs = NaN
  #timeNs = 0
  #length = 0
  /** Another number for each time that was rendered. */
  version = 0

  /** Whole milliseconds since the epoch, and 0..999999 ns within the millisecond. */
  set(timeMs: number, timeNs: number): void {
    if (timeMs === this.#timeMs && timeNs === this.#timeNs) return
    this.#timeMs = timeMs
    this.#timeNs = timeNs
    this.version += 1
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
    const length = this.#length
    const words = this.#words
    for (let word = 0; word * 4 < length; word += 1) view.setInt32(at + word * 4, words[word] ?? 0, true)
    return at + length
  }
}

const SPACE = 0x20
const NEWLINE = 0x0a
