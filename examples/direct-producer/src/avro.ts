import { readFileSync } from 'node:fs'
import avro from 'avsc'

/** 64-bit integers as bigint: nanoseconds since 1970 have more digits than a double. */
const bigLong = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer(value: bigint) {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(value)
    return buffer
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
})

export interface Encoder {
  /** Avro single-object encoding: C3 01, the schema's fingerprint, the value. Throws when the value does not fit the schema. */
  encode(value: unknown): Buffer
}

/** An encoder for the schema in a published .avsc file. */
export function readSchema(path: string): Encoder {
  const schema = JSON.parse(readFileSync(path, 'utf8')) as avro.Schema
  const type = avro.Type.forSchema(schema, { registry: { long: bigLong }, wrapUnions: true })
  const header = Buffer.alloc(10)
  header.writeUInt16BE(0xc301)
  header.writeBigUInt64LE(crc64(Buffer.from(JSON.stringify(type.schema()))), 2)
  return { encode: (value) => Buffer.concat([header, type.toBuffer(value)]) }
}

const EMPTY = 0xc15d213aa4d7a795n
const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let fingerprint = BigInt(byte)
  for (let bit = 0; bit < 8; bit += 1) fingerprint = (fingerprint >> 1n) ^ (EMPTY * (fingerprint & 1n))
  return fingerprint
})

/** CRC-64-AVRO of a schema in Parsing Canonical Form, as the Avro specification defines it. */
export function crc64(canonical: Uint8Array): bigint {
  let fingerprint = EMPTY
  for (const byte of canonical) {
    fingerprint = (fingerprint >> 8n) ^ (TABLE[Number((fingerprint ^ BigInt(byte)) & 0xffn)] ?? 0n)
  }
  return fingerprint
}
