import type { Attribute, Scope } from '@pegel/contracts'
import { lastOfEachKey } from '../any-value.ts'
import { readAttribute } from './attributes.ts'
import type { Range } from '../../wire/range.ts'
import type { WireReader } from '../../wire/wire-reader.ts'

const RESOURCE_ATTRIBUTES = 0x0a // Resource.attributes = 1
const SCOPE_NAME = 0x0a // InstrumentationScope.name = 1
const SCOPE_VERSION = 0x12 // InstrumentationScope.version = 2
const SCOPE_ATTRIBUTES = 0x1a // InstrumentationScope.attributes = 3

/** The attributes of a Resource message at a range. */
export function readResource(reader: WireReader, range: Range): readonly Attribute[] {
  const attributes: Attribute[] = []
  readFields(reader, range, (tag) => {
    if (tag === RESOURCE_ATTRIBUTES) attributes.push(readAttribute(reader))
    else reader.skip(tag)
  })
  return lastOfEachKey(attributes)
}

/** An InstrumentationScope message at a range. */
export function readScope(reader: WireReader, range: Range): Scope {
  let [name, version] = ['', '']
  const attributes: Attribute[] = []
  readFields(reader, range, (tag) => {
    if (tag === SCOPE_NAME) name = reader.string()
    else if (tag === SCOPE_VERSION) version = reader.string()
    else if (tag === SCOPE_ATTRIBUTES) attributes.push(readAttribute(reader))
    else reader.skip(tag)
  })
  return { name, version, attributes: lastOfEachKey(attributes) }
}

/** Visits the fields of a message at a range and comes back to where the reader was. */
function readFields(reader: WireReader, { from, to }: Range, visit: (tag: number) => void): void {
  const { pos, end } = reader
  reader.pos = from
  reader.end = to
  while (reader.pos < reader.end) visit(reader.tag())
  reader.pos = pos
  reader.end = end
}
