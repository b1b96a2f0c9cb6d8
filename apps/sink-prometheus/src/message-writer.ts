import { varintSize, writeVarint, zigzag } from './varint.ts'

/** Fields of one small protobuf message. */
export class MessageWriter {
  readonly #parts: Buffer[] = []

  varint(field: number, value: number): void {
    const head = field << 3
    const bytes = Buffer.allocUnsafe(varintSize(head) + varintSize(value))
    writeVarint(bytes, writeVarint(bytes, 0, head), value)
    this.#parts.push(bytes)
  }

  double(field: number, value: number): void {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeDoubleLE(value)
    this.bytes(field, 1, bytes)
  }

  message(field: number, value: Uint8Array): void {
    const length = Buffer.allocUnsafe(varintSize(value.length))
    writeVarint(length, 0, value.length)
    this.bytes(field, 2, Buffer.concat([length, value]))
  }

  /** A packed list of sint64. */
  deltas(field: number, values: readonly number[]): void {
    const packed = Buffer.allocUnsafe(values.reduce((size, value) => size + varintSize(zigzag(value)), 0))
    values.reduce((at, value) => writeVarint(packed, at, zigzag(value)), 0)
    this.message(field, packed)
  }

  /** A packed list of double. */
  doubles(field: number, values: readonly number[]): void {
    const packed = Buffer.allocUnsafe(values.length * 8)
    values.forEach((value, index) => packed.writeDoubleLE(value, index * 8))
    this.message(field, packed)
  }

  bytes(field: number, wireType: number, value: Uint8Array): void {
    const head = (field << 3) | wireType
    const tag = Buffer.allocUnsafe(varintSize(head))
    writeVarint(tag, 0, head)
    this.#parts.push(tag, Buffer.from(value))
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts)
  }
}
