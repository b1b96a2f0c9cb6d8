/** Lines of a write in one buffer, and which point of which record each of them is. */
export class LineSheet {
  readonly #record: number[] = []
  readonly #point: number[] = []
  readonly #ends: number[] = []
  #bytes: Buffer = Buffer.allocUnsafe(64 * 1024)
  #used = 0
  /** Text that is not in the buffer yet: writing many lines at once is twice as fast as one by one. */
  #pending = ''

  get length(): number {
    return this.#ends.length
  }

  /** `text` is a binary string (see SeriesLine) and ends with a newline. */
  add(text: string, record: number, point: number): void {
    this.#pending += text
    this.#record.push(record)
    this.#point.push(point)
    this.#ends.push(this.#used + this.#pending.length)
    if (this.#pending.length >= PENDING_CHARS) this.#flush()
  }

  recordOf(line: number): number {
    return this.#record[line] ?? 0
  }

  pointOf(line: number): number {
    return this.#point[line] ?? 0
  }

  /** The bytes of some lines, ascending; valid until the next add(). Consecutive lines are not copied. */
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
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(grown, 0, 0, this.#used)
      this.#bytes = grown
    }
    this.#used += this.#bytes.write(this.#pending, this.#used, 'latin1')
    this.#pending = ''
  }
}

const PENDING_CHARS = 16 * 1024
