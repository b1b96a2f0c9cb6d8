import { contractErrors } from '../errors.ts'
import type { SchemaLookup } from '../schema-lookup.ts'
import type { RecordName } from '../schemas.ts'
import { SCHEMAS } from '../schemas.ts'
import { ByteReader } from './byte-reader.ts'
import type { AvroJson } from './canonical-form.ts'
import { schemaFingerprint } from './canonical-form.ts'
import { compileCheck } from './check-bytes.ts'
import type { Frame } from './framing.ts'
import { readFrame } from './framing.ts'
import { makeType, typeOf } from './types.ts'

type Decode = (value: Uint8Array, start: number) => unknown

/** Decoders by record and writer schema. Schemas are few; the bound holds off a producer that invents them. */
const decoders = new Map<string, Decode>()
const MAX_DECODERS = 256

/**
 * A framed record, decoded with its writer's schema and resolved to the current one.
 * @throws contracts.decode_failed, contracts.unknown_schema (retryable), contracts.incompatible_schema
 */
export function resolveFrame(record: RecordName, value: Uint8Array, lookup: SchemaLookup | undefined): unknown {
  const frame = readFrame(value)
  const schema = frame.fingerprint ?? `registry id ${frame.registryId ?? 0}`
  const key = `${record} ${schema}`
  let decode = decoders.get(key)
  if (decode === undefined) {
    const json = findSchema(record, frame, lookup)
    if (json === undefined) throw contractErrors.unknown_schema({ schema, record })
    decode = makeDecoder(record, { json, schema, fingerprint: frame.fingerprint })
    if (decoders.size >= MAX_DECODERS) decoders.clear()
    decoders.set(key, decode)
  }
  return decode(value, frame.start)
}

function findSchema(record: RecordName, frame: Frame, lookup: SchemaLookup | undefined): string | undefined {
  const { fingerprint, registryId } = frame
  if (fingerprint === null) return lookup?.byRegistryId?.(registryId ?? 0)
  const { fingerprint: current, json, history } = SCHEMAS[record]
  return fingerprint === current ? json : (history[fingerprint] ?? lookup?.byFingerprint(fingerprint))
}

interface WriterSchema {
  readonly json: string
  /** How the frame names it. */
  readonly schema: string
  readonly fingerprint: string | null
}

function makeDecoder(record: RecordName, { json, schema, fingerprint }: WriterSchema): Decode {
  try {
    const writer = JSON.parse(json) as AvroJson
    // A wrong schema under a fingerprint would turn good bytes into wrong values.
    if (fingerprint !== null && schemaFingerprint(writer) !== fingerprint) throw new Error('its fingerprint is another')
    const reader = typeOf(record)
    const type = makeType(record, writer)
    const resolver = reader.createResolver(type)
    const check = compileCheck(writer)
    return (value, start) => {
      const bytes = new ByteReader(value, { record, start })
      check(bytes)
      bytes.atEnd()
      return decodeChecked(record, () => reader.fromBuffer(bytes.bytes.subarray(start), resolver) as unknown)
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw contractErrors.incompatible_schema({ record, schema, problem }, error)
  }
}

function decodeChecked(record: RecordName, decode: () => unknown): unknown {
  try {
    return decode()
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw contractErrors.decode_failed({ record, problem }, error)
  }
}
