import {
  BLOCKS,
  BLOCK_AT,
  BLOCK_DEVIATIONS,
  BLOCK_MEANS,
  BLOCK_POINTS,
  COURSE_LENGTH,
  IN_BLOCK,
  SHAPES,
} from './slab.ts'
import { SHAPE_FIELDS } from './slab.ts'
import type { Slab } from './slab.ts'
import { LONG_SHAPE_SET, SHAPE_SET } from './shapes.ts'

/** Points in a block: all but records of single points looks at blocks only, a quarter of the work for a delay of three points at most. */
export const BLOCK = 4
/** Blocks that are remembered, and blocks in a long one. */
export const RING = 16
export const LONG = 4

/** Takes a point in; true when it completes a block. */
export function fillBlock({ floats, f }: Slab, value: number): boolean {
  const filled = floats[f + IN_BLOCK] ?? 0
  floats[f + BLOCK_POINTS + filled] = value
  floats[f + IN_BLOCK] = (filled + 1) % BLOCK
  if (filled + 1 < BLOCK) return false
  const at = f + BLOCK_POINTS
  const a = floats[at] ?? 0
  const b = floats[at + 1] ?? 0
  const c = floats[at + 2] ?? 0
  const d = floats[at + 3] ?? 0
  const mean = (a + b + c + d) / BLOCK
  const index = floats[f + BLOCK_AT] ?? 0
  floats[f + BLOCK_MEANS + index] = mean
  floats[f + BLOCK_DEVIATIONS + index] = Math.sqrt(
    ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2 + (d - mean) ** 2) / BLOCK,
  )
  floats[f + BLOCK_AT] = (index + 1) % RING
  floats[f + BLOCKS] = Math.min((floats[f + BLOCKS] ?? 0) + 1, RING)
  return true
}

/** Forgets blocks, since a gap in time lies between them and what comes. */
export function clearBlocks({ floats, f }: Slab): void {
  for (const field of [IN_BLOCK, BLOCKS, BLOCK_AT]) floats[f + field] = 0
  for (const { index } of [SHAPE_SET, LONG_SHAPE_SET]) floats[f + SHAPES + index * SHAPE_FIELDS + COURSE_LENGTH] = 0
}

/** What `lookBack` found of the last blocks: means of 1, 4, 8 and 16 of them, and the standard deviation of the points of 8. */
export const back = { mean1: 0, mean4: 0, mean8: 0, mean16: 0, deviation8: 0 }

/** One pass for all statistics. What reaches further back than there are blocks means nothing. */
export function lookBack({ floats, f }: Slab): void {
  const next = (floats[f + BLOCK_AT] ?? 0) + RING
  let sum = 0
  let squares = 0
  for (let age = 1; age <= RING; age++) {
    const at = f + ((next - age) & (RING - 1))
    const mean = floats[at + BLOCK_MEANS] ?? 0
    sum += mean
    if (age <= 8) {
      const deviation = floats[at + BLOCK_DEVIATIONS] ?? 0
      const apart = mean - back.mean1
      if (age === 1) back.mean1 = mean
      else squares += apart * apart
      squares += deviation * deviation
      if (age === 4) back.mean4 = sum / 4
      if (age === 8) back.mean8 = sum / 8
    }
  }
  back.mean16 = sum / RING
  // Squares were taken from the newest mean, which is near enough for no digits to be lost.
  const shift = back.mean8 - back.mean1
  back.deviation8 = Math.sqrt(Math.max(0, squares / 8 - shift * shift))
}
