import type { Attribute } from '@pegel/contracts'
import { checkDepth, EMPTY, labelText, lastOfEachKey } from '../any-value.ts'
import type { AnyValue } from '../any-value.ts'
import { malformed } from '../errors.ts'
import type { WireReader } from '../../wire/wire-reader.ts'

const KEY = 0x0a // KeyValue.key = 1
const VALUE = 0x12 // KeyValue.value = 2
const STRING = 0x0a // AnyValue.string_value = 1
const BOOL = 0x10 // AnyValue.bool_value = 2
const INT = 0x18 // AnyValue.int_value = 3
const DOUBLE = 0x21 // AnyValue.double_value = 4
const ARRAY = 0x2a // AnyValue.array_value = 5
const PAIRS = 0x32 // AnyValue.kvlist_value = 6
const RAW = 0x3a // AnyValue.bytes_value = 7
const VALUES = 0x0a // ArrayValue.values = 1, KeyValueList.values = 1

/** Reads one KeyValue, its length first. */
export function readAttribute(reader: WireReader): Attribute {
  const [key, value] = readPair(reader, 0)
  return { key, value: labelText(value) }
}

/** Reads one AnyValue, its length first, as a text. */
export function readText(reader: WireReader): string {
  return labelText(readAnyValue(reader, 0))
}

/** Reads a range that holds nothing but KeyValues of one field: tag, length, content, again and again. */
export function readAttributes(reader: WireReader, from: number, to: number): readonly Attribute[] {
  const { pos, end } = reader
  reader.pos = from
  reader.end = to
  const attributes: Attribute[] = []
  while (reader.pos < reader.end) {
    reader.tag()
    attributes.push(readAttribute(reader))
  }
  reader.pos = pos
  reader.end = end
  return lastOfEachKey(attributes)
}

function readPair(reader: WireReader, depth: number): readonly [string, AnyValue] {
  const outer = reader.enter()
  let key = ''
  let value: AnyValue | undefined
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === KEY) key = reader.string()
    else if (tag === VALUE) {
      if (value !== undefined) malformed('an attribute with two values')
      value = readAnyValue(reader, depth + 1)
    } else reader.skip(tag)
  }
  reader.leave(outer)
  return [key, value ?? EMPTY]
}

function readAnyValue(reader: WireReader, depth: number): AnyValue {
  checkDepth(depth)
  const outer = reader.enter()
  let value: AnyValue | undefined
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    const member = readMember(reader, tag, depth)
    if (member === undefined) continue
    if (value !== undefined) malformed('an attribute with two values')
    value = member
  }
  reader.leave(outer)
  return value ?? EMPTY
}

/** Undefined for a field that is unknown, which is skipped. */
function readMember(reader: WireReader, tag: number, depth: number): AnyValue | undefined {
  switch (tag) {
    case STRING:
      return { type: 'string', text: reader.string() }
    case BOOL:
      reader.varint()
      return { type: 'bool', value: reader.lo !== 0 || reader.hi !== 0 }
    case INT:
      reader.varint()
      return { type: 'int', text: String(reader.signedBig()) }
    case DOUBLE:
      return { type: 'double', value: reader.double() }
    case ARRAY:
      return { type: 'array', values: readList(reader, () => readAnyValue(reader, depth + 1)) }
    case PAIRS:
      return { type: 'kvlist', entries: readList(reader, () => readPair(reader, depth + 1)) }
    case RAW:
      return { type: 'bytes', text: reader.take().toString('base64') }
    default:
      reader.skip(tag)
      return undefined
  }
}

function readList<T>(reader: WireReader, readItem: () => T): readonly T[] {
  const outer = reader.enter()
  const items: T[] = []
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === VALUES) items.push(readItem())
    else reader.skip(tag)
  }
  reader.leave(outer)
  return items
}
