import {
  CENTER,
  COURSE,
  COURSE_LENGTH,
  HAND,
  KEPT,
  SCALE,
  SEEN,
  SHAPES,
  SHAPE_BYTES,
  SHAPE_FIELDS,
  TYPICAL,
} from './slab.ts'
import { USED } from './slab.ts'
import type { Slab } from './slab.ts'

/** A bounded set of prototypes, each 8 values of 8 bits. */
export interface ShapeSet {
  readonly index: number
  /** How many prototypes it may hold, and the number of the first one in the slot. */
  readonly capacity: number
  readonly first: number
}

export const SHAPE_LENGTH = 8
/** Of 32 points, and of 128. */
export const SHAPE_SET: ShapeSet = { index: 0, first: 0, capacity: 64 }
export const LONG_SHAPE_SET: ShapeSet = { index: 1, first: 64, capacity: 32 }

/** Steps of the 8 bits in an e-fold of a large value, and in a spread of a small one. */
const STEPS = 25
const MIDDLE = 128
/** A shape this much nearer than is typical is the same as its prototype, which moves towards it; another one becomes a prototype. */
const SAME_BELOW = 0.5
const MOVE = 0.1
const TYPICAL_MEMORY = 200
/** `nearest` answers with the distance and the number of the prototype in one number, to make no object. */
const PROTOTYPE_BITS = 7
const PROTOTYPE_MASK = (1 << PROTOTYPE_BITS) - 1

/** 8 bits for a value: as it is near the centre, as its logarithm far away, so that one spike does not leave all else without resolution. */
function encode({ floats, f }: Slab, value: number): number {
  const scaled = Math.asinh((value - (floats[f + CENTER] ?? 0)) / (floats[f + SCALE] ?? 1))
  return Math.min(Math.max(Math.round(scaled * STEPS) + MIDDLE, 0), 255)
}

/** Keeps prototypes and courses what they were in the unit of the series when the centre and the scale of the encoding change. */
export function rescale(slab: Slab, center: number, scale: number): void {
  const { floats, f, bytes, b } = slab
  const [oldCenter, oldScale] = [floats[f + CENTER] ?? 0, floats[f + SCALE] ?? 0]
  floats[f + CENTER] = center
  floats[f + SCALE] = scale
  if (oldScale === 0) return
  for (let at = b; at < b + SHAPE_BYTES; at++) {
    const value = Math.sinh(((bytes[at] ?? 0) - MIDDLE) / STEPS) * oldScale + oldCenter
    bytes[at] = encode(slab, value)
  }
}

/** Appends a value to the course of the series, the last 8 values, of which the newest comes last. Returns how many there are. */
export function follow(slab: Slab, { index }: ShapeSet, value: number): number {
  const { floats, bytes } = slab
  const at = slab.b + COURSE + index * SHAPE_LENGTH
  bytes.copyWithin(at, at + 1, at + SHAPE_LENGTH)
  bytes[at + SHAPE_LENGTH - 1] = encode(slab, value)
  const length = slab.f + SHAPES + index * SHAPE_FIELDS + COURSE_LENGTH
  floats[length] = Math.min((floats[length] ?? 0) + 1, SHAPE_LENGTH)
  return floats[length] ?? 0
}

/** The distance of the course to the nearest prototype: the largest of its 8 differences. Learns the course. NaN for the first one. */
export function novelty(slab: Slab, set: ShapeSet): number {
  const { floats, bytes } = slab
  const at = slab.f + SHAPES + set.index * SHAPE_FIELDS
  const course = slab.b + COURSE + set.index * SHAPE_LENGTH
  const first = slab.b + set.first * SHAPE_LENGTH
  const used = floats[at + KEPT] ?? 0
  const found = used === 0 ? 0 : nearest(bytes, course, first, used)
  const distance = used === 0 ? NaN : found >> PROTOTYPE_BITS
  if (used > 0) {
    const seen = Math.min((floats[at + SEEN] ?? 0) + 1, TYPICAL_MEMORY)
    const typical = (floats[at + TYPICAL] ?? 0) + (distance - (floats[at + TYPICAL] ?? 0)) / seen
    floats[at + SEEN] = seen
    floats[at + TYPICAL] = typical
    if (distance <= typical * SAME_BELOW) {
      const prototype = found & PROTOTYPE_MASK
      bytes[slab.b + USED + set.first + prototype] = 1
      approach(bytes, course, first + prototype * SHAPE_LENGTH)
      return distance
    }
  }
  const into = used < set.capacity ? used : giveUp(slab, set)
  if (used < set.capacity) floats[at + KEPT] = used + 1
  bytes[slab.b + USED + set.first + into] = 0
  bytes.copyWithin(first + into * SHAPE_LENGTH, course, course + SHAPE_LENGTH)
  return distance
}

/** The prototype that a new one replaces: the next that was not used since the hand passed it last (second chance, which is nearly least recently used). */
function giveUp({ floats, f, bytes, b }: Slab, { index, first, capacity }: ShapeSet): number {
  const at = f + SHAPES + index * SHAPE_FIELDS + HAND
  const marks = b + USED + first
  let hand = floats[at] ?? 0
  for (; bytes[marks + hand] === 1; hand = (hand + 1) % capacity) bytes[marks + hand] = 0
  floats[at] = (hand + 1) % capacity
  return hand
}

/**
 * Every block asks this of up to 64 prototypes: written out, with the values of the course in registers, and leaving a prototype at its first difference
 * that is too large, which is nearly always the newest value or the one after.
 */
function nearest(bytes: Uint8Array, course: number, first: number, count: number): number {
  const a = bytes[course] ?? 0
  const b = bytes[course + 1] ?? 0
  const c = bytes[course + 2] ?? 0
  const d = bytes[course + 3] ?? 0
  const e = bytes[course + 4] ?? 0
  const f = bytes[course + 5] ?? 0
  const g = bytes[course + 6] ?? 0
  const h = bytes[course + 7] ?? 0
  let best = 256
  let which = 0
  const end = first + count * SHAPE_LENGTH
  for (let at = first; at < end; at += SHAPE_LENGTH) {
    const late = larger(apart(bytes[at + 7] ?? 0, h), apart(bytes[at + 5] ?? 0, f))
    const early = larger(apart(bytes[at + 3] ?? 0, d), apart(bytes[at] ?? 0, a))
    const half = larger(late, early)
    if (half >= best) continue
    const second = larger(apart(bytes[at + 1] ?? 0, b), apart(bytes[at + 2] ?? 0, c))
    const third = larger(apart(bytes[at + 4] ?? 0, e), apart(bytes[at + 6] ?? 0, g))
    const distance = larger(half, larger(second, third))
    if (distance >= best) continue
    best = distance
    which = at
  }
  return (best << PROTOTYPE_BITS) | ((which - first) / SHAPE_LENGTH)
}

/** |a - b| and the larger of two, of small integers, without a branch: which way it goes is as good as random here. */
function apart(a: number, b: number): number {
  const difference = a - b
  const sign = difference >> 31
  return (difference ^ sign) - sign
}

function larger(a: number, b: number): number {
  const difference = a - b
  return a - (difference & (difference >> 31))
}

function approach(bytes: Uint8Array, course: number, prototype: number): void {
  for (let index = 0; index < SHAPE_LENGTH; index++) {
    const is = bytes[prototype + index] ?? 0
    bytes[prototype + index] = is + Math.trunc(((bytes[course + index] ?? 0) - is) * MOVE)
  }
}
