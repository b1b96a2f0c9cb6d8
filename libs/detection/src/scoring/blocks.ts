import {
  BLOCKS,
  BLOCK_AT,
  BLOCK_MEANS,
  BLOCK_POINTS,
  BLOCK_DEVIATIONS,
  IN_BLOCK,
  LONG_AT,
  LONG_BLOCKS,
} from './slab.ts'
import { LONG_MEANS } from './slab.ts'
import type { Slab } from './slab.ts'
import { SHAPE_LENGTH, encode, shape } from './shapes.ts'

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
  const [a = 0, b = 0, c = 0, d = 0] = [floats[at], floats[at + 1], floats[at + 2], floats[at + 3]]
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
  for (const field of [IN_BLOCK, BLOCKS, BLOCK_AT, LONG_BLOCKS, LONG_AT]) floats[f + field] = 0
}

/** Of the last `count` blocks. */
export function meanOf({ floats, f }: Slab, count: number): number {
  const next = (floats[f + BLOCK_AT] ?? 0) + RING
  let sum = 0
  for (let back = 1; back <= count; back++) sum += floats[f + BLOCK_MEANS + ((next - back) % RING)] ?? 0
  return sum / count
}

/** Standard deviation of the points of the last `count` blocks. */
export function deviationOf(slab: Slab, count: number): number {
  const { floats, f } = slab
  const mean = meanOf(slab, count)
  const next = (floats[f + BLOCK_AT] ?? 0) + RING
  let sum = 0
  for (let back = 1; back <= count; back++) {
    const index = (next - back) % RING
    sum += (floats[f + BLOCK_DEVIATIONS + index] ?? 0) ** 2 + ((floats[f + BLOCK_MEANS + index] ?? 0) - mean) ** 2
  }
  return Math.sqrt(sum / count)
}

/** Fills `shape` with the last 8 blocks. */
export function shapeOfBlocks(slab: Slab): void {
  const { floats, f } = slab
  const first = (floats[f + BLOCK_AT] ?? 0) + RING - SHAPE_LENGTH
  for (let index = 0; index < SHAPE_LENGTH; index++)
    shape[index] = encode(slab, floats[f + BLOCK_MEANS + ((first + index) % RING)] ?? 0)
}

/** Takes in the mean of a long block; fills `shape` with the last 8 of them and is true, once there are 8. */
export function shapeOfLongBlocks(slab: Slab): boolean {
  const { floats, f } = slab
  const at = floats[f + LONG_AT] ?? 0
  floats[f + LONG_MEANS + at] = meanOf(slab, LONG)
  floats[f + LONG_AT] = (at + 1) % SHAPE_LENGTH
  const filled = Math.min((floats[f + LONG_BLOCKS] ?? 0) + 1, SHAPE_LENGTH)
  floats[f + LONG_BLOCKS] = filled
  for (let index = 0; index < SHAPE_LENGTH; index++)
    shape[index] = encode(slab, floats[f + LONG_MEANS + ((at + 1 + index) % SHAPE_LENGTH)] ?? 0)
  return filled === SHAPE_LENGTH
}
