import xxhash from 'xxhash-wasm'
import { ByteWriter } from './avro/byte-writer.ts'
import { METRIC_KINDS, sortAttributes, TEMPORALITIES } from './blocks.ts'
import type { Attribute, GroupIdentity, SeriesIdentity } from './metric-batch.ts'

/** 64 bits as two unsigned 32-bit integers: no BigInt on the hot path. */
export interface Fingerprint {
  readonly hi: number
  readonly lo: number
}

const xxh = await xxhash()
const out = new ByteWriter()
const HIGH_BITS = 0x1fffff
const TWO_32 = 0x1_0000_0000

/**
 * Fingerprint version 1: XXH64, seed 0, of identityBytes. The same for every protocol and order of attributes. Two series may
 * share one, so whoever keys by it also compares the identity.
 */
export function fingerprintOf(group: GroupIdentity, series: SeriesIdentity): Fingerprint {
  return xxh64(identityBytes(group, series))
}

/** XXH64 with seed 0. */
export function xxh64(bytes: Uint8Array): Fingerprint {
  const hash = xxh.h64Raw(bytes, 0n)
  return { hi: Number(hash >> 32n), lo: Number(hash & 0xffff_ffffn) }
}

/**
 * The canonical identity, version 1: name; one byte each of kind, temporality (their index in the schema's enum) and
 * monotonicity; unit; resource; scope name; scope version; attributes; and the scope's attributes only when there are any. A
 * string is its UTF-8 length as 4 bytes little-endian, then its bytes; a list its length likewise, then key and value in
 * turn, sorted by key bytes. Frozen: fingerprints are kept in topics and backends.
 */
export function identityBytes(group: GroupIdentity, series: SeriesIdentity): Buffer {
  const { scope } = group
  out.pos = 0
  string(series.name)
  out.byte(METRIC_KINDS.indexOf(series.kind))
  out.byte(TEMPORALITIES.indexOf(series.temporality))
  out.byte(series.monotonic ? 1 : 0)
  string(series.unit)
  list(group.resource)
  string(scope.name)
  string(scope.version)
  list(series.attributes)
  if (scope.attributes.length > 0) list(scope.attributes)
  return out.copy()
}

/** 16 hexadecimal digits, most significant first. */
export function fingerprintHex({ hi, lo }: Fingerprint): string {
  return hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0')
}

/** The low 53 bits as a number, for keys of a Map. As with the whole fingerprint, compare the identity on a hit. */
export function fingerprintKey(hi: number, lo: number): number {
  return (hi & HIGH_BITS) * TWO_32 + lo
}

function list(attributes: readonly Attribute[]): void {
  length(attributes.length)
  for (const { key, value } of sortAttributes(attributes)) {
    string(key)
    string(value)
  }
}

function string(value: string): void {
  const size = Buffer.byteLength(value, 'utf8')
  length(size)
  out.reserve(size)
  out.pos += out.bytes.write(value, out.pos, size, 'utf8')
}

function length(value: number): void {
  out.reserve(4)
  out.view.setUint32(out.pos, value, true)
  out.pos += 4
}
