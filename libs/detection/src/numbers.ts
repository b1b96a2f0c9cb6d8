import { detectionErrors } from './errors.ts'

/** Magic ("PN"), kind, version, checksum. */
const HEADER = 8
const MAGIC = 0x4e50

/** What tells saved states apart: a kind of state, and the version of what its numbers mean. */
export interface NumbersFormat {
  readonly kind: number
  readonly version: number
}

export type Numbers = Float64Array | Float32Array

/** An element that is known to exist: the compiler demands a check, the optimiser removes it. */
export function at(values: Float64Array, index: number): number {
  return values[index] ?? 0
}

/** The same of single precision. One function for both would be slow for both (measured: three times), since it would never see one kind of array alone. */
export function singleAt(values: Float32Array, index: number): number {
  return values[index] ?? 0
}

/** All parts as they are (little-endian, as all machines that Node runs on), behind a header with a checksum. */
export function packNumbers(format: NumbersFormat, parts: readonly Numbers[]): Uint8Array {
  const bytes = new Uint8Array(HEADER + sizeOf(parts))
  let to = HEADER
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), to)
    to += part.byteLength
  }
  const header = new DataView(bytes.buffer)
  header.setUint16(0, MAGIC, true)
  header.setUint8(2, format.kind)
  header.setUint8(3, format.version)
  header.setUint32(4, checksum(bytes), true)
  return bytes
}

/** Fills the parts from bytes that `packNumbers` made of parts of the same sizes. Throws detectionErrors.bad_state, and then has changed nothing. */
export function unpackNumbers(format: NumbersFormat, bytes: Uint8Array, parts: readonly Numbers[]): void {
  check(format, bytes, HEADER + sizeOf(parts))
  let from = HEADER
  for (const part of parts) {
    new Uint8Array(part.buffer, part.byteOffset, part.byteLength).set(bytes.subarray(from, from + part.byteLength))
    from += part.byteLength
  }
}

/** Throws detectionErrors.bad_state unless the number is a whole one from 0 to the limit: for all that becomes an index. */
export function checkIndex(name: string, value: number, limit: number): void {
  if (!Number.isInteger(value) || value < 0 || value > limit)
    throw detectionErrors.bad_state({ problem: `its ${name} is ${value}` })
}

function check({ kind, version }: NumbersFormat, bytes: Uint8Array, expected: number): void {
  if (bytes.length < HEADER) throw detectionErrors.bad_state({ problem: `${bytes.length} bytes are too few` })
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (header.getUint16(0, true) !== MAGIC || header.getUint8(2) !== kind)
    throw detectionErrors.bad_state({ problem: 'it does not begin like one' })
  if (header.getUint8(3) !== version)
    throw detectionErrors.bad_state({ problem: `version ${header.getUint8(3)} instead of ${version}` })
  if (bytes.length !== expected)
    throw detectionErrors.bad_state({ problem: `${bytes.length} bytes instead of ${expected}` })
  if (header.getUint32(4, true) !== checksum(bytes))
    throw detectionErrors.bad_state({ problem: 'its checksum does not match' })
}

function sizeOf(parts: readonly Numbers[]): number {
  return parts.reduce((bytes, part) => bytes + part.byteLength, 0)
}

/** FNV-1a (Fowler, Noll, Vo) over all after the header, begun with kind and version. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 ^ (bytes[2] ?? 0) ^ ((bytes[3] ?? 0) << 8)
  for (let index = HEADER; index < bytes.length; index++) hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193)
  return hash >>> 0
}
