import { detectionErrors } from './errors.ts'
import { Season } from './scoring/season.ts'
import { BLOCK, RING } from './scoring/blocks.ts'
import { LONG_SHAPE_SET, SHAPE_SET } from './scoring/shapes.ts'
import { BLOCKS, BLOCK_AT, HAND, IN_BLOCK, KEPT, SHAPES, SHAPE_FIELDS, SLOT, SLOT_BYTES } from './scoring/slab.ts'
import type { Slot } from './scoring/slots.ts'

/** "PD", little-endian. */
const MAGIC = 0x4450
/** A change of what a number of the state means needs another version: states of this one are refused then, and the series learns anew. */
const VERSION = 2
const HAS_SEASON = 1
/** Magic, version, flags, checksum. */
const HEADER = 8
const SEASON_BYTES = seasonViews(new Season()).reduce((bytes, view) => bytes + view.length, 0)

/** What is used as an index or as a count of entries, and its limit. */
const BOUNDS: readonly (readonly [number, number])[] = [
  [IN_BLOCK, BLOCK],
  [BLOCKS, RING + 1],
  [BLOCK_AT, RING],
  ...[SHAPE_SET, LONG_SHAPE_SET].flatMap(({ index, capacity }) => [
    [SHAPES + index * SHAPE_FIELDS + KEPT, capacity + 1] as const,
    [SHAPES + index * SHAPE_FIELDS + HAND, capacity] as const,
  ]),
]

/** All of a slot's numbers as they are (little-endian, as all machines that Node runs on), behind a header with a checksum. */
export function encodeState(slot: Slot, season: Season | undefined): Uint8Array {
  const bytes = new Uint8Array(HEADER + SLOT_BYTES + (season === undefined ? 0 : SEASON_BYTES))
  let at = HEADER
  for (const view of [...slotViews(slot), ...(season === undefined ? [] : seasonViews(season))]) {
    bytes.set(view, at)
    at += view.length
  }
  const header = new DataView(bytes.buffer)
  header.setUint16(0, MAGIC, true)
  header.setUint8(2, VERSION)
  header.setUint8(3, season === undefined ? 0 : HAS_SEASON)
  header.setUint32(4, checksum(bytes), true)
  return bytes
}

/** Fills the slot; returns the season that the state holds, if any. Throws detectionErrors.bad_state. */
export function decodeState(bytes: Uint8Array, slot: Slot): Season | undefined {
  const hasSeason = check(bytes)
  const season = hasSeason ? new Season() : undefined
  let at = HEADER
  for (const view of [...slotViews(slot), ...(season === undefined ? [] : seasonViews(season))]) {
    view.set(bytes.subarray(at, at + view.length))
    at += view.length
  }
  if (!isSane(slot)) {
    slot.slab.clear()
    throw detectionErrors.bad_state({ problem: 'a number of it is out of bounds' })
  }
  return season
}

function check(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER) throw detectionErrors.bad_state({ problem: `${bytes.length} bytes are too few` })
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (header.getUint16(0, true) !== MAGIC) throw detectionErrors.bad_state({ problem: 'it does not begin like one' })
  const version = header.getUint8(2)
  if (version !== VERSION) throw detectionErrors.bad_state({ problem: `version ${version} instead of ${VERSION}` })
  const hasSeason = header.getUint8(3) === HAS_SEASON
  const expected = HEADER + SLOT_BYTES + (hasSeason ? SEASON_BYTES : 0)
  if (bytes.length !== expected)
    throw detectionErrors.bad_state({ problem: `${bytes.length} bytes instead of ${expected}` })
  if (header.getUint32(4, true) !== checksum(bytes))
    throw detectionErrors.bad_state({ problem: 'its checksum does not match' })
  return hasSeason
}

/** Whether all that becomes an index is one: a slot shares its buffer with others. */
function isSane({ slab, index }: Slot): boolean {
  slab.select(index)
  return BOUNDS.every(([field, limit]) => {
    const value = slab.floats[slab.f + field] ?? NaN
    return Number.isInteger(value) && value >= 0 && value < limit
  })
}

function slotViews({ slab, index }: Slot): readonly Uint8Array[] {
  const { doubles, floats, words, bytes } = slab
  return [
    part(doubles, SLOT.doubles, index),
    part(floats, SLOT.floats, index),
    part(words, SLOT.words, index),
    part(bytes, SLOT.bytes, index),
  ]
}

function part(view: ArrayBufferView, length: number, index: number): Uint8Array {
  const size = length * (view instanceof Uint8Array ? 1 : (view as Float64Array).BYTES_PER_ELEMENT)
  return new Uint8Array(view.buffer, view.byteOffset + index * size, size)
}

function seasonViews({ buffer }: Season): readonly Uint8Array[] {
  return [new Uint8Array(buffer)]
}

/** FNV-1a (Fowler, Noll, Vo) over all after the checksum, by 32-bit words where there are whole ones, and the header's flags. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 ^ (bytes[3] ?? 0)
  for (let at = HEADER; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
  return hash >>> 0
}
