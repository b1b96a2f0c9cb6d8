import { ByteReader } from './avro/byte-reader.ts'
import { ByteWriter } from './avro/byte-writer.ts'
import type { Attribute, GroupIdentity, MetricKind, SeriesIdentity, Temporality } from './metric-batch.ts'

/** In the order of the schema's enum; the index is what a record holds. */
export const METRIC_KINDS: readonly MetricKind[] = ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary']
export const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative']

/** The least bytes of an Attribute: two empty strings. */
const ATTRIBUTE_BYTES = 2
const SURROGATE = /[\ud800-\udfff]/
const scratch = new ByteWriter()
const items = new ByteWriter()

/** Encodes `resource` and `scope` of a Group as they stand in a record, attributes sorted: equal identities give equal bytes. */
export function encodeGroupBlock(group: GroupIdentity): Buffer {
  scratch.pos = 0
  writeAttributes(scratch, group.resource)
  scratch.string(group.scope.name)
  scratch.string(group.scope.version)
  writeAttributes(scratch, group.scope.attributes)
  return scratch.copy()
}

/** @throws contracts.decode_failed */
export function parseGroupBlock(block: Uint8Array): GroupIdentity {
  const reader = new ByteReader(block, { record: 'Group' }).expectStrings()
  const resource = readAttributes(reader)
  const scope = { name: reader.string(), version: reader.string(), attributes: readAttributes(reader) }
  reader.atEnd()
  return { resource, scope }
}

/** Encodes the identity of a Series as it stands in a record, attributes sorted: equal identities give equal bytes. */
export function encodeSeriesBlock(series: SeriesIdentity): Buffer {
  scratch.pos = 0
  scratch.string(series.name)
  scratch.long(METRIC_KINDS.indexOf(series.kind))
  scratch.long(TEMPORALITIES.indexOf(series.temporality))
  scratch.byte(series.monotonic ? 1 : 0)
  scratch.string(series.unit)
  writeAttributes(scratch, series.attributes)
  return scratch.copy()
}

/** @throws contracts.decode_failed */
export function parseSeriesBlock(block: Uint8Array): SeriesIdentity {
  const reader = new ByteReader(block, { record: 'SeriesIdentity' }).expectStrings()
  const name = reader.string()
  const kind = METRIC_KINDS[reader.long()] ?? reader.fail('an unknown kind')
  const temporality = TEMPORALITIES[reader.long()] ?? reader.fail('an unknown temporality')
  const monotonic = reader.boolean()
  const unit = reader.string()
  const attributes = readAttributes(reader)
  reader.atEnd()
  return { name, kind, temporality, monotonic, unit, attributes }
}

/** The kind of an encoded series, without parsing the rest. @throws contracts.decode_failed */
export function kindOfSeriesBlock(block: Uint8Array): MetricKind {
  // A name of up to 63 bytes, as nearly all have, is read without a reader: this is called for every run that is written.
  const first = block[0] ?? 255
  const index = first < 128 && (first & 1) === 0 ? block[1 + (first >>> 1)] : undefined
  const kind = index === undefined || (index & 1) === 1 ? undefined : METRIC_KINDS[index >>> 1]
  return kind ?? kindOfAnyBlock(block)
}

function kindOfAnyBlock(block: Uint8Array): MetricKind {
  const reader = new ByteReader(block, { record: 'SeriesIdentity' })
  reader.skip(reader.size())
  return METRIC_KINDS[reader.long()] ?? reader.fail('an unknown kind')
}

/** Moves past resource and scope. */
export function skipGroupBlock(reader: ByteReader): void {
  skipAttributes(reader)
  reader.skip(reader.size())
  reader.skip(reader.size())
  skipAttributes(reader)
}

/** Moves past a series' identity and gives its kind's index. */
export function skipSeriesBlock(reader: ByteReader): number {
  reader.skip(reader.size())
  const kind = reader.long()
  if (kind < 0 || kind >= METRIC_KINDS.length) reader.fail('an unknown kind')
  reader.long()
  reader.skip(1)
  reader.skip(reader.size())
  skipAttributes(reader)
  return kind
}

/** By key bytes, then value bytes. Gives the list itself when it is in order already, as most are. */
export function sortAttributes(attributes: readonly Attribute[]): readonly Attribute[] {
  for (let index = 1; index < attributes.length; index++) {
    const [before, after] = [attributes[index - 1], attributes[index]]
    if (before !== undefined && after !== undefined && compareAttributes(before, after) > 0) {
      return [...attributes].sort(compareAttributes)
    }
  }
  return attributes
}

function compareAttributes(a: Attribute, b: Attribute): number {
  return compareUtf8(a.key, b.key) || compareUtf8(a.value, b.value)
}

/** UTF-16 order differs from UTF-8 order only where a surrogate takes part. */
function compareUtf8(a: string, b: string): number {
  if (a === b) return 0
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
  return a < b ? -1 : 1
}

/** One block that states its size, so that a reader steps over all attributes at once. */
export function writeAttributes(writer: ByteWriter, attributes: readonly Attribute[]): void {
  if (attributes.length > 0) {
    items.pos = 0
    for (const { key, value } of sortAttributes(attributes)) {
      items.string(key)
      items.string(value)
    }
    writer.long(-attributes.length)
    writer.long(items.pos)
    writer.raw(items.bytes.subarray(0, items.pos))
  }
  writer.byte(0)
}

export function readAttributes(reader: ByteReader): Attribute[] {
  const attributes: Attribute[] = []
  for (let count = reader.arrayBlock(ATTRIBUTE_BYTES); count > 0; count = reader.arrayBlock(ATTRIBUTE_BYTES)) {
    const { blockEnd } = reader
    for (let index = 0; index < count; index++) attributes.push({ key: reader.string(), value: reader.string() })
    reader.endBlock(blockEnd)
  }
  return attributes
}

function skipAttributes(reader: ByteReader): void {
  for (let count = reader.arrayBlock(ATTRIBUTE_BYTES); count > 0; count = reader.arrayBlock(ATTRIBUTE_BYTES)) {
    if (reader.blockEnd !== -1) {
      reader.pos = reader.blockEnd
      continue
    }
    for (let index = 0; index < count; index++) {
      reader.skip(reader.size())
      reader.skip(reader.size())
    }
  }
}
