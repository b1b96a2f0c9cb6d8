import avro from 'avsc'
import type { RecordName } from '../schemas.ts'
import { SCHEMAS } from '../schemas.ts'
import type { AvroJson } from './canonical-form.ts'

export type AvroType = avro.Type

/** Longs as BigInt: nanoseconds since the epoch pass 2^53. */
const exactLong = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8)
    bytes.writeBigInt64LE(value)
    return bytes
  },
  fromJSON: (value: number | string) => BigInt(value),
  toJSON: Number,
  isValid: (value: unknown) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (a: bigint, b: bigint) => (a === b ? 0 : a < b ? -1 : 1),
})

const types = new Map<RecordName, AvroType>()

/** MetricBatch holds nanoseconds; every other record has longs below 2^53 only, which are plain numbers. */
export function makeType(name: RecordName, schema: AvroJson): AvroType {
  const registry = name === 'MetricBatch' ? { long: exactLong } : {}
  return avro.Type.forSchema(schema as avro.Schema, { registry, wrapUnions: 'auto' })
}

/** The current schema of a record. */
export function typeOf(name: RecordName): AvroType {
  let type = types.get(name)
  if (type === undefined) {
    type = makeType(name, JSON.parse(SCHEMAS[name].json) as AvroJson)
    types.set(name, type)
  }
  return type
}
