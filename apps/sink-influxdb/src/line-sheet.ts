/**
 * Lines of a write in one buffer, and which point of which record each of them is. Meant to be used again: fresh megabytes for every write cost
 * as much as the lines themselves, measured, and so do growing arrays of numbers.
 */
export class LineSheet {
  #length = 0
  #record = new Uint32Array(1024)
  #point = new Uint32Array(1024)
  #ends = new Uint32Array(1024)
  #bytes: Buffer = Buffer.allocUnsafeSlow(256 * 1024)
  #used = 0
  /** Text that is not in the buffer yet: writing many lines at once is twice as fast as one by one. */
  #pending = ''

  get length(): number {
    return this.#length
  }

  /** Empties it for the next write; nothing of the last one may be in use. */
  clear(): void {
    this.#length = 0
    this.#used = 0
    this.#pending = ''
  }

  /** `text` is a binary string (see SeriesLine) and ends with a newline. */
  add(text: string, record: number, point: number): void {
    const line = this.#length
    if (line === this.#ends.length) this.#grow()
    const pending = this.#pending + text
    this.#record[line] = record
    this.#point[line] = point
    this.#ends[line] = this.#used + pending.length
    this.#length = line + 1
    this.#pending = pending
    if (pending.length >= PENDING_CHARS) this.#flush()
  }

  recordOf(line: number): number {
    return this.#record[line] ?? 0
  }

  pointOf(line: number): number {
    return this.#point[line] ?? 0
  }

  /** The bytes of some lines, ascending; valid until the next add() or clear(). Consecutive lines are not copied. */
  gather(lines: readonly number[]): Buffer {
    this.#flush()
    const first = lines[0] ?? 0
    const last = lines.at(-1) ?? 0
    if (last - first + 1 === lines.length) return this.#bytes.subarray(this.#start(first), this.#ends[last])
    return Buffer.concat(lines.map((line) => this.#bytes.subarray(this.#start(line), this.#ends[line])))
  }

  /** Where the next request starts: as many lines from `from` as fit, at least one. */
  cut(from: number, maxLines: number, maxBytes: number): number {
    const limit = this.#start(from) + maxBytes
    let to = from + 1
    while (to < this.length && to - from < maxLines && (this.#ends[to] ?? 0) <= limit) to += 1
    return to
  }

  #start(line: number): number {
    return line === 0 ? 0 : (this.#ends[line - 1] ?? 0)
  }

  #flush(): void {
    const needed = this.#used + this.#pending.length
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, this.#used)
      this.#bytes = grown
    }
    this.#used += this.#bytes.write(this.#pending, this.#used, 'latin1')
    this.#pending = ''
  }

  #grow(): void {
    const doubled = (array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const larger = new Uint32Array(array.length * 2)
      larger.set(array)
      return larger
    }
    this.#record = doubled(this.#record)
    this.#point = doubled(this.#point)
    this.#ends = doubled(this.#ends)
  }
}

const PENDING_CHARS = 16 * 1024
