import { crc64Avro } from './crc64.ts'

/** A schema as JSON. */
export type AvroJson = string | number | boolean | null | readonly AvroJson[] | AvroObject

export interface AvroObject {
  readonly [key: string]: AvroJson
}

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])
/** The attributes that identify a schema, in the order of the canonical form. */
const KEPT = ['name', 'type', 'fields', 'symbols', 'items', 'values', 'size'] as const

/** Avro's Parsing Canonical Form (Avro 1.12 specification, "Transforming into Parsing Canonical Form"). */
export function canonicalForm(schema: AvroJson): string {
  return JSON.stringify(canonicalType(schema, ''))
}

/** CRC-64-AVRO of the canonical form: 16 hexadecimal digits, most significant first. */
export function schemaFingerprint(schema: AvroJson): string {
  return crc64Avro(Buffer.from(canonicalForm(schema), 'utf8'))
    .toString(16)
    .padStart(16, '0')
}

function canonicalType(schema: AvroJson, namespace: string): AvroJson {
  if (typeof schema === 'string') return PRIMITIVES.has(schema) ? schema : fullName(schema, namespace)
  if (isList(schema)) return schema.map((branch) => canonicalType(branch, namespace))
  if (!isObject(schema)) throw new TypeError(`Not an Avro schema: ${JSON.stringify(schema)}`)
  const { type } = schema
  if (typeof type !== 'string') return canonicalType(type ?? null, namespace)
  if (PRIMITIVES.has(type)) return type
  return canonicalComplex(schema, namespace)
}

function canonicalComplex(schema: AvroObject, outer: string): AvroJson {
  const { name, namespace } = schema
  const full = typeof name === 'string' ? fullName(name, typeof namespace === 'string' ? namespace : outer) : undefined
  const inner = full === undefined ? outer : full.slice(0, Math.max(0, full.lastIndexOf('.')))
  const result: Record<string, AvroJson> = {}
  for (const key of KEPT) {
    const value = schema[key]
    if (value === undefined) continue
    if (key === 'name') result[key] = full ?? value
    else if (key === 'fields') result[key] = canonicalFields(value, inner)
    else if (key === 'items' || key === 'values') result[key] = canonicalType(value, inner)
    else result[key] = key === 'size' ? Number(value) : value
  }
  return result
}

function canonicalFields(fields: AvroJson, namespace: string): AvroJson {
  if (!isList(fields)) throw new TypeError('The fields of an Avro record are a list')
  return fields.map((field) => {
    if (!isObject(field)) throw new TypeError('A field of an Avro record is an object')
    return { name: field.name ?? '', type: canonicalType(field.type ?? null, namespace) }
  })
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}

export function isList(value: AvroJson | undefined): value is readonly AvroJson[] {
  return Array.isArray(value)
}

export function isObject(value: AvroJson | undefined): value is AvroObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
