import { isUtf8 } from 'node:buffer'
import type { Instant } from './point-sink.ts'
import { malformed } from './errors.ts'

export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2
export const FIXED32 = 5

const TWO_32 = 4_294_967_296

/** Reads protobuf wire format within [pos, end) of a body and never outside; anything else throws otlp.malformed. */
export class WireReader {
  readonly #bytes: Buffer
  pos: number
  end: number
  /** Of the field that next() stands at. */
  field = 0
  wireType = 0

  constructor(bytes: Buffer, pos = 0, end = bytes.length) {
    this.#bytes = bytes
    this.pos = pos
    this.end = end
  }

  /** Moves to the next field; false at the end. Its value must then be read or skipped. */
  next(): boolean {
    if (this.pos >= this.end) return false
    const tag = this.varint()
    this.field = Math.floor(tag / 8)
    this.wireType = tag % 8
    if (this.field === 0 || tag >= TWO_32) malformed('a field number is out of range')
    return true
  }

  /** Unsigned, exact up to 2^53 and rounded above. */
  varint(): number {
    let value = 0
    let factor = 1
    for (let count = 0; count < 10; count++) {
      const byte = this.#byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 128
    }
    return malformed('a varint is longer than 10 bytes')
  }

  /** All 64 bits, for values that may be negative or large. */
  varint64(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    return malformed('a varint is longer than 10 bytes')
  }

  uint32(): number {
    return Number(BigInt.asUintN(32, this.varint64()))
  }

  sint32(): number {
    const value = this.uint32()
    return (value >>> 1) ^ -(value & 1)
  }

  bool(): boolean {
    return this.varint64() !== 0n
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8))
  }

  /** Rounded above 2^53. */
  fixed64(): number {
    const at = this.#take(8)
    return this.#bytes.readUInt32LE(at + 4) * TWO_32 + this.#bytes.readUInt32LE(at)
  }

  sfixed64(): number {
    const at = this.#take(8)
    return this.#bytes.readInt32LE(at + 4) * TWO_32 + this.#bytes.readUInt32LE(at)
  }

  /** fixed64 nanoseconds since the epoch, exactly: 2^32 ns are 4294 ms and 967296 ns. */
  instant(): Instant {
    const at = this.#take(8)
    const high = this.#bytes.readUInt32LE(at + 4)
    const rest = high * 967_296 + this.#bytes.readUInt32LE(at)
    return { ms: high * 4294 + Math.floor(rest / 1_000_000), ns: rest % 1_000_000 }
  }

  bytes(): Buffer {
    const length = this.varint()
    const at = this.#take(length)
    return this.#bytes.subarray(at, at + length)
  }

  string(): string {
    const bytes = this.bytes()
    if (!isUtf8(bytes)) malformed('a string is not valid UTF-8')
    return bytes.toString('utf8')
  }

  /** A reader of the submessage that stands here. */
  message(): WireReader {
    const length = this.varint()
    const at = this.#take(length)
    return new WireReader(this.#bytes, at, at + length)
  }

  /** Values of a repeated field, packed or not, appended to `into`. */
  repeated(into: number[], wireType: number, read: (reader: WireReader) => number): void {
    if (this.wireType === wireType) into.push(read(this))
    else if (this.wireType === BYTES)
      for (const packed = this.message(); packed.pos < packed.end;) into.push(read(packed))
    else this.skip()
  }

  /** Groups (wire types 3 and 4) are not part of proto3. */
  skip(): void {
    if (this.wireType === VARINT) this.varint64()
    else if (this.wireType === FIXED64) this.#take(8)
    else if (this.wireType === BYTES) this.#take(this.varint())
    else if (this.wireType === FIXED32) this.#take(4)
    else malformed(`wire type ${this.wireType} does not exist`)
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] ?? malformed('the bytes end too early')
  }

  #take(count: number): number {
    const at = this.pos
    if (count > this.end - at) malformed('the bytes end too early')
    this.pos = at + count
    return at
  }
}
