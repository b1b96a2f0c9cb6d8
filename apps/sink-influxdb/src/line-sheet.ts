import { MAX_NUMBER_BYTES, writeDouble } from '@pegel/buffers'
import type { LineHead } from './gzip/line-head.ts'
import type { LinePlaces } from './gzip/line-gzip.ts'
import { LINE_TIME_ROOM, LineTime } from './line-time.ts'

/**
 * Lines of a write in one buffer, and which point of which record each of them is. Meant to be used again: fresh megabytes for every write cost
 * as much as the lines themselves, measured, and so do growing arrays of numbers. Numbers are written where they belong: as strings they were a
 * fifth of a sink's work.
 */
export class LineSheet implements LinePlaces {
  #length = 0
  #record = new Uint32Array(1024)
  #point = new Uint32Array(1024)
  #ends = new Uint32Array(1024)
  #times = new Uint32Array(1024)
  readonly #heads: (LineHead | undefined)[] = []
  #bytes: Buffer = Buffer.allocUnsafeSlow(256 * 1024)
  #view = viewOf(this.#bytes)
  #used = 0
  readonly #time = new LineTime()
  /** Of no other sheet, nor of this one before it was emptied last. */
  #fill = nextFill++

  get view(): DataView {
    return this.#view
  }

  get length(): number {
    return this.#length
  }

  /** Empties it for the next write; nothing of the last one may be in use. */
  clear(): void {
    this.#length = 0
    this.#used = 0
    this.#fill = nextFill++
    this.#heads.fill(undefined)
  }

  /** The time of the numbers that are added from here on: ms since the epoch, and 0..999999 ns within the millisecond. */
  setTime(timeMs: number, timeNs: number): void {
    this.#time.set(timeMs, timeNs)
  }

  /** Adds a line of a head, a finite value and the time. */
  addNumber(head: LineHead, value: number, record: number, point: number): void {
    const { text } = head
    const { length } = text
    this.#makeRoom(length + MAX_NUMBER_BYTES + LINE_TIME_ROOM)
    if (head.fill === this.#fill) copyBytes(this.#view, head.at, this.#used, length)
    else this.#bytes.write(text, this.#used, length, 'latin1')
    head.fill = this.#fill
    head.at = this.#used
    this.#heads[this.#length] = head
    this.#end(writeDouble(this.#view, this.#used + length, value), record, point)
  }

  /** Adds a line of `text`, a binary string (see SeriesLine), and the time. */
  addText(text: string, record: number, point: number): void {
    this.#makeRoom(text.length + LINE_TIME_ROOM)
    this.#heads[this.#length] = undefined
    this.#end(this.#used + this.#bytes.write(text, this.#used, 'latin1'), record, point)
  }

  head(line: number): LineHead | undefined {
    return this.#heads[line]
  }

  start(line: number): number {
    return line === 0 ? 0 : (this.#ends[line - 1] ?? 0)
  }

  timeAt(line: number): number {
    return this.#times[line] ?? 0
  }

  end(line: number): number {
    return this.#ends[line] ?? 0
  }

  recordOf(line: number): number {
    return this.#record[line] ?? 0
  }

  pointOf(line: number): number {
    return this.#point[line] ?? 0
  }

  /** The bytes of some lines, ascending; valid until the next line is added, or clear(). Consecutive lines are not copied. */
  gather(lines: readonly number[]): Buffer {
    const first = lines[0] ?? 0
    const last = lines.at(-1) ?? 0
    if (last - first + 1 === lines.length) return this.#bytes.subarray(this.start(first), this.#ends[last])
    return Buffer.concat(lines.map((line) => this.#bytes.subarray(this.start(line), this.#ends[line])))
  }

  /** Where the next request starts: as many lines from `from` as fit, at least one. */
  cut(from: number, maxLines: number, maxBytes: number): number {
    const limit = this.start(from) + maxBytes
    let to = from + 1
    while (to < this.length && to - from < maxLines && (this.#ends[to] ?? 0) <= limit) to += 1
    return to
  }

  #end(timeAt: number, record: number, point: number): void {
    const line = this.#length
    if (line === this.#ends.length) this.#grow()
    const end = this.#time.copyTo(this.#view, timeAt)
    this.#record[line] = record
    this.#point[line] = point
    this.#ends[line] = end
    this.#times[line] = timeAt
    this.#used = end
    this.#length = line + 1
  }

  #makeRoom(bytes: number): void {
    const needed = this.#used + bytes
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#used)
    this.#bytes = grown
    this.#view = viewOf(grown)
  }

  #grow(): void {
    this.#record = doubled(this.#record)
    this.#point = doubled(this.#point)
    this.#ends = doubled(this.#ends)
    this.#times = doubled(this.#times)
  }
}

let nextFill = 1

/** Copies bytes to where there is room for a long more, 64 bits at a time: a call of Node.js for so few costs more than they do. */
function copyBytes(view: DataView, from: number, to: number, length: number): void {
  for (let at = 0; at < length; at += 8) view.setBigInt64(to + at, view.getBigInt64(from + at, true), true)
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length)
}

function doubled(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}
