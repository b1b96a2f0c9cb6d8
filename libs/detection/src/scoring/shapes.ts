import { CENTER, SCALE, SHAPES, USED_AT } from './slab.ts'
import type { Slab } from './slab.ts'

/** A bounded set of prototypes, each 8 values of 8 bits. */
export interface ShapeSet {
  readonly index: number
  /** How many prototypes it may hold, and the first one's number in the slot. */
  readonly capacity: number
  readonly first: number
}

export const SHAPE_LENGTH = 8
/** Of 32 points, and of 128. */
export const SHAPE_SET: ShapeSet = { index: 0, first: 0, capacity: 64 }
export const LONG_SHAPE_SET: ShapeSet = { index: 1, first: 64, capacity: 32 }
const PROTOTYPES = 96
/** Steps of the 8 bits in an e-fold of a large value, and twice that in a spread of a small one. */
const STEPS = 25
const MIDDLE = 128
/** A shape this much nearer than is typical is the same as its prototype, which moves towards it; another one becomes a prototype. */
const SAME_BELOW = 0.5
const MOVE = 0.1
const TYPICAL_MEMORY = 200

/** The shape that is compared, filled by the caller through `encode`. */
export const shape = new Uint8Array(SHAPE_LENGTH)

/** 8 bits for a value: as it is near the centre, as its logarithm far away, so that one spike does not leave all else without resolution. */
export function encode({ floats, f }: Slab, value: number): number {
  const scaled = Math.asinh((value - (floats[f + CENTER] ?? 0)) / (floats[f + SCALE] ?? 1))
  return Math.min(Math.max(Math.round(scaled * STEPS) + MIDDLE, 0), 255)
}

/** Keeps the prototypes what they were in the unit of the series when the centre and the scale of the encoding change. */
export function rescale(slab: Slab, center: number, scale: number): void {
  const { floats, f, bytes, b } = slab
  const [oldCenter, oldScale] = [floats[f + CENTER] ?? 0, floats[f + SCALE] ?? 0]
  floats[f + CENTER] = center
  floats[f + SCALE] = scale
  if (oldScale === 0) return
  for (let at = b; at < b + PROTOTYPES * SHAPE_LENGTH; at++) {
    const value = Math.sinh(((bytes[at] ?? 0) - MIDDLE) / STEPS) * oldScale + oldCenter
    bytes[at] = encode(slab, value)
  }
}

/** The distance of `shape` to the nearest prototype: the largest of its 8 differences. Learns the shape. NaN for the first one. */
export function novelty(slab: Slab, set: ShapeSet): number {
  const { floats, words, bytes } = slab
  const at = slab.f + SHAPES + set.index * 3
  const times = slab.w + USED_AT + set.first
  const used = floats[at] ?? 0
  const clock = ((floats[at + 1] ?? 0) + 1) & 0xffff
  floats[at + 1] = clock
  const found = nearest(bytes, slab.b + set.first * SHAPE_LENGTH, used)
  const distance = used === 0 ? NaN : found >> PROTOTYPE_BITS
  if (used > 0) {
    const typical = (floats[at + 2] ?? 0) + (distance - (floats[at + 2] ?? 0)) / Math.min(clock, TYPICAL_MEMORY)
    floats[at + 2] = typical
    if (distance <= typical * SAME_BELOW) {
      const prototype = found & ((1 << PROTOTYPE_BITS) - 1)
      words[times + prototype] = clock
      approach(bytes, slab.b + (set.first + prototype) * SHAPE_LENGTH)
      return distance
    }
  }
  const into = used < set.capacity ? used : oldest(words, times, set.capacity, clock)
  if (used < set.capacity) floats[at] = used + 1
  words[times + into] = clock
  bytes.set(shape, slab.b + (set.first + into) * SHAPE_LENGTH)
  return distance
}

/** `nearest` answers with the distance and the number of the prototype in one number, to make no object. */
const PROTOTYPE_BITS = 7

function nearest(bytes: Uint8Array, first: number, count: number): number {
  let best = 256
  let which = 0
  for (let prototype = 0; prototype < count; prototype++) {
    const at = first + prototype * SHAPE_LENGTH
    let distance = 0
    for (let index = 0; index < SHAPE_LENGTH && distance < best; index++) {
      const difference = Math.abs((bytes[at + index] ?? 0) - (shape[index] ?? 0))
      if (difference > distance) distance = difference
    }
    if (distance < best) {
      best = distance
      which = prototype
    }
  }
  return (best << PROTOTYPE_BITS) | which
}

function approach(bytes: Uint8Array, at: number): void {
  for (let index = 0; index < SHAPE_LENGTH; index++) {
    const is = bytes[at + index] ?? 0
    bytes[at + index] = is + Math.trunc(((shape[index] ?? 0) - is) * MOVE)
  }
}

function oldest(words: Uint16Array, times: number, capacity: number, clock: number): number {
  let which = 0
  let age = -1
  for (let prototype = 0; prototype < capacity; prototype++) {
    const unused = (clock - (words[times + prototype] ?? 0)) & 0xffff
    if (unused > age) {
      age = unused
      which = prototype
    }
  }
  return which
}
