import { contractErrors } from '../errors.ts'

const BEYOND_ASCII = /[\u0080-\uffff]/
const LOW_BITS = 28
const LOW = 0x10000000
/** A half above this times 2^27 would pass 2^53. */
const EXACT_HIGH = 0x4000000
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER)
const MIN_SAFE = -MAX_SAFE

/** The bits of four bytes that say that another one follows. */
const CONTINUED = 0x80808080 | 0

/** How many bytes there are up to the first that no other follows. */
function bytesUpTo(ends: number): number {
  return (39 - Math.clz32(ends & -ends)) >>> 3
}

/** Seven bits of each of four bytes, the first lowest. */
function septets(word: number): number {
  return (word & 0x7f) | ((word >>> 1) & 0x3f80) | ((word >>> 2) & 0x1fc000) | ((word >>> 3) & 0xfe00000)
}

/**
 * Avro's binary encoding, read with every bound checked: no value is read, and no memory is set aside, beyond the bytes
 * that are there. Every failure is contracts.decode_failed.
 */
export class ByteReader {
  readonly bytes: Buffer
  readonly view: DataView
  readonly end: number
  readonly #record: string
  #ascii: string | undefined
  pos: number

  constructor(bytes: Uint8Array, options: { readonly record: string; readonly start?: number }) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.end = bytes.length
    this.pos = options.start ?? 0
    this.#record = options.record
  }

  fail(problem: string): never {
    throw contractErrors.decode_failed({ record: this.#record, problem: `${problem} at byte ${this.pos}` })
  }

  byte(): number {
    if (this.pos >= this.end) this.fail('cut short')
    return this.bytes[this.pos++] ?? 0
  }

  /** A long as a number; fails beyond 2^53. */
  long(): number {
    const { pos, bytes } = this
    if (pos < this.end) {
      const first = bytes[pos] ?? 0
      if (first < 128) {
        this.pos = pos + 1
        return (first >>> 1) ^ -(first & 1)
      }
    }
    const value = this.longOrNaN()
    if (Number.isNaN(value)) this.fail('a long beyond 2^53')
    return value
  }

  /** A long as a number; NaN (and it has been passed) when a number does not hold it exactly. */
  longOrNaN(): number {
    const { pos } = this
    if (pos + 8 <= this.end) {
      const value = this.#shortLong(pos)
      if (!Number.isNaN(value)) return value
    }
    let low = 0
    let high = 0
    for (let shift = 0; shift < 2 * LOW_BITS; shift += 7) {
      const byte = this.byte()
      if (shift < LOW_BITS) low |= (byte & 127) << shift
      else high |= (byte & 127) << (shift - LOW_BITS)
      if (byte < 128) {
        if (high >= EXACT_HIGH) break
        const half = high * (LOW / 2) + (low >>> 1)
        return (low & 1) === 0 ? half : -half - 1
      }
    }
    this.pos = pos
    const exact = this.bigLong()
    return exact >= MIN_SAFE && exact <= MAX_SAFE ? Number(exact) : NaN
  }

  /** A long of up to 8 bytes, of 8 bytes that are there; NaN (and it has not been passed) when it is longer or a number does not hold it exactly. */
  #shortLong(pos: number): number {
    const first = this.view.getInt32(pos, true)
    const ends = ~first & CONTINUED
    if (ends !== 0) {
      const bytes = bytesUpTo(ends)
      this.pos = pos + bytes
      const low = septets(first) & ((1 << (7 * bytes)) - 1)
      return (low >>> 1) ^ -(low & 1)
    }
    const second = this.view.getInt32(pos + 4, true)
    const laterEnds = ~second & CONTINUED
    if (laterEnds === 0) return NaN
    const bytes = bytesUpTo(laterEnds)
    const high = septets(second) & ((1 << (7 * bytes)) - 1)
    if (high >= EXACT_HIGH) return NaN
    this.pos = pos + 4 + bytes
    const low = septets(first)
    const half = high * (LOW / 2) + (low >>> 1)
    return (low & 1) === 0 ? half : -half - 1
  }

  bigLong(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) {
        if (value > 0xffff_ffff_ffff_ffffn) this.fail('a long of more than 64 bits')
        return (value >> 1n) ^ -(value & 1n)
      }
    }
    return this.fail('a long of more than 10 bytes')
  }

  int(): number {
    const value = this.long()
    if (value !== (value | 0)) this.fail('an int of more than 32 bits')
    return value
  }

  /** A length or count that the rest of the bytes can hold, at `itemBytes` each. */
  size(itemBytes = 1): number {
    const size = this.long()
    if (size < 0 || size * itemBytes > this.end - this.pos) this.fail(`a length of ${size}, which the rest cannot hold`)
    return size
  }

  double(): number {
    const { pos } = this
    if (pos + 8 > this.end) this.fail('cut short')
    this.pos = pos + 8
    return this.view.getFloat64(pos, true)
  }

  boolean(): boolean {
    const value = this.byte()
    if (value > 1) this.fail('a boolean that is neither 0 nor 1')
    return value === 1
  }

  string(): string {
    const size = this.size()
    const { pos } = this
    this.pos = pos + size
    return this.#ascii?.slice(pos, pos + size) ?? this.bytes.toString('utf8', pos, pos + size)
  }

  /**
   * Prepares for many strings: when all bytes are ASCII they become one string, of which string() gives slices. A call into
   * native code for each short string costs several times as much. For small buffers: a slice keeps the whole alive.
   */
  expectStrings(): this {
    const text = this.bytes.toString('latin1')
    if (!BEYOND_ASCII.test(text)) this.#ascii = text
    return this
  }

  /** A view of length-prefixed bytes, not a copy. */
  lengthPrefixed(): Buffer {
    return this.raw(this.size())
  }

  raw(size: number): Buffer {
    this.skip(size)
    return this.bytes.subarray(this.pos - size, this.pos)
  }

  skip(size: number): void {
    if (size > this.end - this.pos) this.fail('cut short')
    this.pos += size
  }

  /**
   * Begins the next block of an array and gives its count; 0 ends the array. A block that states its size is entered as
   * well: `blockEnd` is then where it must end, else -1.
   * @param itemBytes the least that an item takes
   */
  arrayBlock(itemBytes: number): number {
    this.blockEnd = -1
    const count = this.long()
    if (count >= 0) {
      if (count * itemBytes > this.end - this.pos) this.fail(`an array of ${count} items, which the rest cannot hold`)
      return count
    }
    this.blockEnd = this.size() + this.pos
    if (-count * itemBytes > this.blockEnd - this.pos)
      this.fail(`an array of ${-count} items, which its block cannot hold`)
    return -count
  }

  blockEnd = -1

  /** Checks a block that stated its size, after its items. */
  endBlock(blockEnd: number): void {
    if (blockEnd !== -1 && blockEnd !== this.pos) this.fail('an array block that is not as long as it says')
  }

  atEnd(): void {
    if (this.pos !== this.end) this.fail(`${this.end - this.pos} bytes too many`)
  }
}
