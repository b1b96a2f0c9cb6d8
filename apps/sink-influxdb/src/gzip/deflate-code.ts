import { codeLengths, codesOf } from './huffman.ts'

/**
 * One prefix code for all requests (RFC 1951, 3.2.7): it is made for lines whose tags are copied from the line before, so that digits and
 * lengths are nearly all that is left to send. Counting symbols in every request first would cost more than it saves.
 */
const END_OF_BLOCK = 256
const FIRST_LENGTH = 257
const LENGTHS = 29
const DISTANCES = 30
export const MIN_MATCH = 3
export const MAX_MATCH = 258
export const MAX_DISTANCE = 32_768

/** No code is longer, so that one fits into a unit of a line's steps. */
export const MAX_CODE_BITS = 12

const FREQUENT = new Map([
  ['0123456789', 240],
  ['.', 110],
  [',= -_/\n', 14],
  ['abcdefghijklmnopqrstuvwxyz', 3],
])
const LENGTH_WEIGHT = 30
const RARE_WEIGHT = 1
/** By code: from 97 to 768 bytes, which is how far the line before is. */
const NEAR_CODES = new Set([14, 15, 16, 17, 18])
const NEAR_WEIGHT = 16
const NEXT_CODES = new Set([13, 19, 20])
const NEXT_WEIGHT = 8

function literalWeight(symbol: number): number {
  if (symbol >= FIRST_LENGTH) return LENGTH_WEIGHT
  if (symbol === END_OF_BLOCK) return RARE_WEIGHT
  const text = String.fromCharCode(symbol)
  return [...FREQUENT].find(([chars]) => chars.includes(text))?.[1] ?? RARE_WEIGHT
}

function distanceWeight(code: number): number {
  if (NEAR_CODES.has(code)) return NEAR_WEIGHT
  return NEXT_CODES.has(code) ? NEXT_WEIGHT : RARE_WEIGHT
}

const symbols = Array.from({ length: FIRST_LENGTH + LENGTHS }, (_, symbol) => symbol)
export const literalLengths = codeLengths(symbols.map(literalWeight))
const literalCodes = codesOf(literalLengths)
export const distanceLengths = codeLengths(Array.from({ length: DISTANCES }, (_, code) => distanceWeight(code)))
const distanceCodes = codesOf(distanceLengths)

/** How many bits stand in the upper half of a packed code; the bits themselves are below. */
export const COUNT_SHIFT = 24
export const BITS_MASK = 0xff_ffff

/** What fits into a word beside what is left over of the one before. */
const MAX_PAIR_BITS = 16

function packed(bits: number, count: number): number {
  return bits | (count << COUNT_SHIFT)
}

/** Packed codes by byte; the last ends the block. */
export const literals = Int32Array.from(symbols.slice(0, FIRST_LENGTH), (symbol) =>
  packed(literalCodes[symbol] ?? 0, literalLengths[symbol] ?? 0),
)
/** By two bytes, the first in the lower half: both codes in one. 0 where they are too long to be sent at once. */
export const pairs = Int32Array.from({ length: 65_536 }, (_, two) => {
  const [first, second] = [literals[two & 0xff] ?? 0, literals[two >>> 8] ?? 0]
  const size = first >>> COUNT_SHIFT
  const count = size + (second >>> COUNT_SHIFT)
  return count > MAX_PAIR_BITS ? 0 : packed((first & BITS_MASK) | ((second & BITS_MASK) << size), count)
})
export const endOfBlock = literals[END_OF_BLOCK] ?? 0

/** Packed codes with their extra bits, by length; below MIN_MATCH none. */
export const lengths = new Int32Array(MAX_MATCH + 1)
for (let length = MIN_MATCH; length <= MAX_MATCH; length++) {
  const { code, extra, bits } = lengthCode(length)
  const symbol = FIRST_LENGTH + code
  const size = literalLengths[symbol] ?? 0
  lengths[length] = packed((literalCodes[symbol] ?? 0) | (bits << size), size + extra)
}

/** Packed codes with their extra bits, by distance. */
export const distances = new Int32Array(MAX_DISTANCE + 1)
for (let distance = 1; distance <= MAX_DISTANCE; distance++) {
  const { code, extra, bits } = distanceCode(distance)
  const size = distanceLengths[code] ?? 0
  distances[distance] = packed((distanceCodes[code] ?? 0) | (bits << size), size + extra)
}

interface Coded {
  readonly code: number
  /** How many extra bits, and which. */
  readonly extra: number
  readonly bits: number
}

/** RFC 1951, 3.2.5: four codes to each power of two; 258 has a code of its own. */
function lengthCode(length: number): Coded {
  if (length === MAX_MATCH) return { code: LENGTHS - 1, extra: 0, bits: 0 }
  return stepped(length - MIN_MATCH, 2)
}

/** The same with two codes to each power of two. */
function distanceCode(distance: number): Coded {
  return stepped(distance - 1, 1)
}

function stepped(value: number, stepBits: number): Coded {
  if (value < 2 << stepBits) return { code: value, extra: 0, bits: 0 }
  const extra = 31 - Math.clz32(value) - stepBits
  return { code: (extra << stepBits) + (value >>> extra), extra, bits: value & ((1 << extra) - 1) }
}
