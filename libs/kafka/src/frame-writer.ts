/** Kafka's primitives (https://kafka.apache.org/protocol#protocol_types), into a buffer that has room for them. */
export class FrameWriter {
  readonly bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  int16(value: number): this {
    this.#at = this.bytes.writeInt16BE(value, this.#at)
    return this
  }

  int32(value: number): this {
    this.#at = this.bytes.writeInt32BE(value, this.#at)
    return this
  }

  string(value: string | null): this {
    if (value === null) return this.int16(-1)
    this.int16(Buffer.byteLength(value))
    this.#at += this.bytes.write(value, this.#at, 'utf8')
    return this
  }

  /** With its length in front. */
  records(value: Buffer): this {
    this.int32(value.length)
    this.bytes.set(value, this.#at)
    this.#at += value.length
    return this
  }
}

/** Bytes of a string with its length. */
export function stringBytes(value: string | null): number {
  return 2 + (value === null ? 0 : Buffer.byteLength(value))
}
