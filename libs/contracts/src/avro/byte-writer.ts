const INITIAL_BYTES = 4096
/** 2^52: below it, zigzag doubling stays an exact double. */
const EXACT = 4_503_599_627_370_496
const LOW = 0x10000000

/** Gives a buffer of so many bytes; what is in them does not matter. */
export type Allocate = (bytes: number) => Buffer

/**
 * Avro's binary encoding into a buffer that grows and is used again. Methods that write one scalar make room themselves;
 * hot loops call `reserve` once and write through `bytes` and `view`.
 */
export class ByteWriter {
  bytes: Buffer
  view: DataView
  pos = 0

  /** @param memory to begin with, or its bytes */
  constructor(memory: Buffer | number = INITIAL_BYTES) {
    this.bytes = typeof memory === 'number' ? Buffer.allocUnsafeSlow(memory) : memory
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length)
  }

  /** Makes room for `size` more bytes. Replaces `bytes` and `view` when it grows. */
  reserve(size: number): void {
    const needed = this.pos + size
    if (needed <= this.bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(grown, 0, 0, this.pos)
    this.bytes = grown
    this.view = new DataView(grown.buffer)
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.pos++] = value
  }

  /** A long or int given as a whole number. Exact to 2^52 by itself, above by BigInt. */
  long(value: number): void {
    this.reserve(10)
    if (value >= -64 && value < 64) {
      this.bytes[this.pos++] = value >= 0 ? value * 2 : -value * 2 - 1
    } else if (value >= -EXACT && value <= EXACT) {
      this.#varint(value >= 0 ? value * 2 : -value * 2 - 1)
    } else {
      this.bigLong(BigInt(value))
    }
  }

  bigLong(value: bigint): void {
    this.reserve(10)
    let rest = value >= 0n ? value << 1n : (-value << 1n) - 1n
    while (rest > 127n) {
      this.bytes[this.pos++] = Number(rest & 127n) | 128
      rest >>= 7n
    }
    this.bytes[this.pos++] = Number(rest)
  }

  double(value: number): void {
    this.reserve(8)
    this.view.setFloat64(this.pos, value, true)
    this.pos += 8
  }

  string(value: string): void {
    const size = Buffer.byteLength(value, 'utf8')
    this.long(size)
    this.reserve(size)
    this.pos += this.bytes.write(value, this.pos, size, 'utf8')
  }

  /** A length, then the bytes. */
  lengthPrefixed(value: Uint8Array): void {
    this.long(value.length)
    this.raw(value)
  }

  raw(value: Uint8Array): void {
    this.reserve(value.length)
    this.bytes.set(value, this.pos)
    this.pos += value.length
  }

  /** A copy of what was written from `start` on. */
  copy(start = 0, allocate: Allocate = (bytes) => Buffer.allocUnsafe(bytes)): Buffer {
    const copy = allocate(this.pos - start)
    this.bytes.copy(copy, 0, start, this.pos)
    return copy
  }

  /** In two halves of 28 bits, since bitwise operators see only 32. */
  #varint(value: number): void {
    const { bytes } = this
    const high = Math.floor(value / LOW)
    let low = value - high * LOW
    if (high > 0) {
      for (let index = 0; index < 4; index++) {
        bytes[this.pos++] = (low & 127) | 128
        low >>>= 7
      }
      low = high
    }
    while (low > 127) {
      bytes[this.pos++] = (low & 127) | 128
      low >>>= 7
    }
    bytes[this.pos++] = low
  }
}
