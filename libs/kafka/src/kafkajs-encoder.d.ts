declare module 'kafkajs/src/protocol/encoder.js' {
  /** Writes Kafka's primitives into a buffer that grows. */
  export default class Encoder {
    constructor(initialBytes?: number)
    writeInt16(value: number): this
    writeInt32(value: number): this
    writeString(value: string | null): this
    writeBuffer(value: Buffer): this
    readonly buffer: Buffer
  }
}
