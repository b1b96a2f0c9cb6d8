/** Kafka's big-endian primitives. Reading past the end throws a RangeError. 64-bit integers are exact up to 2^53. */
export class ByteReader {
  readonly bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  int8(): number {
    const value = this.bytes.readInt8(this.at)
    this.at += 1
    return value
  }

  int16(): number {
    const value = this.bytes.readInt16BE(this.at)
    this.at += 2
    return value
  }

  int32(): number {
    const value = this.bytes.readInt32BE(this.at)
    this.at += 4
    return value
  }

  int64(): number {
    const value = this.bytes.readInt32BE(this.at) * 2 ** 32 + this.bytes.readUInt32BE(this.at + 4)
    this.at += 8
    return value
  }

  take(length: number): Buffer {
    if (length < 0 || length > this.left) throw new RangeError(`${length} bytes asked for, ${this.left} left`)
    const slice = this.bytes.subarray(this.at, this.at + length)
    this.at += length
    return slice
  }

  string(): string {
    const length = this.int16()
    return length < 0 ? '' : this.take(length).toString('utf8')
  }

  /** Zig-zag varint or varlong, exact up to 2^52. */
  varint(): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      const byte = this.bytes.readUInt8(this.at++)
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
      scale *= 128
    }
    throw new RangeError('a varint of more than 10 bytes')
  }

  /** Bytes with a varint length; null for -1. */
  varBytes(): Buffer | null {
    const length = this.varint()
    return length < 0 ? null : this.take(length)
  }
}
