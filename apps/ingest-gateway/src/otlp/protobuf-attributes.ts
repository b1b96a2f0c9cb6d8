import type { Attribute } from '@pegel/contracts'
import { checkDepth, EMPTY, labelText, type AnyValue } from './any-value.ts'
import { BYTES, FIXED64, VARINT, type WireReader } from './wire-reader.ts'

/** opentelemetry.proto.common.v1.KeyValue as a label. */
export function readAttribute(reader: WireReader): Attribute {
  const [key, value] = readKeyValue(reader, 0)
  return { key, value: labelText(value) }
}

function readKeyValue(reader: WireReader, depth: number): readonly [string, AnyValue] {
  let key = ''
  let value = EMPTY
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === BYTES) key = reader.string()
    else if (reader.field === 2 && reader.wireType === BYTES) value = readAnyValue(reader.message(), depth + 1)
    else reader.skip()
  }
  return [key, value]
}

function readAnyValue(reader: WireReader, depth: number): AnyValue {
  checkDepth(depth)
  let value = EMPTY
  while (reader.next()) value = readMember(reader, depth) ?? value
  return value
}

function readMember(reader: WireReader, depth: number): AnyValue | undefined {
  const { field, wireType } = reader
  if (field === 1 && wireType === BYTES) return { type: 'string', text: reader.string() }
  if (field === 2 && wireType === VARINT) return { type: 'bool', value: reader.bool() }
  if (field === 3 && wireType === VARINT) return { type: 'int', text: String(BigInt.asIntN(64, reader.varint64())) }
  if (field === 4 && wireType === FIXED64) return { type: 'double', value: reader.double() }
  if (field === 5 && wireType === BYTES)
    return { type: 'array', values: readList(reader.message(), (at) => readAnyValue(at, depth + 1)) }
  if (field === 6 && wireType === BYTES)
    return { type: 'kvlist', entries: readList(reader.message(), (at) => readKeyValue(at, depth + 1)) }
  if (field === 7 && wireType === BYTES) return { type: 'bytes', text: reader.bytes().toString('base64') }
  reader.skip()
  return undefined
}

/** ArrayValue and KeyValueList: field 1, repeated. */
function readList<T>(reader: WireReader, read: (item: WireReader) => T): T[] {
  const items: T[] = []
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === BYTES) items.push(read(reader.message()))
    else reader.skip()
  }
  return items
}
