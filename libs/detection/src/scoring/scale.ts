import { CENTER, COUNT, LOWER, MEAN, SCALE, SPREAD, UPPER } from './slab.ts'
import type { Slab } from './slab.ts'
import { rescale } from './shapes.ts'

/** Points after which one counts 1/e in what is expected. */
const MEMORY = 2000
/** The share of points that lies beyond each edge of the expected range, and how fast the edges follow, in spreads. */
const BEYOND = 0.005
const EDGE_STEP = 0.1
/** Points whose extremes the range begins with. */
export const RANGE_AFTER = 64
/** The encoding of the shapes follows when the centre has moved by so many scales, or the spread grown or shrunk by this. */
const RESCALE_AT = 2

/** Mean and mean distance from it, and the edges of the expected range (quantiles by stochastic approximation, Robbins and Monro 1951). */
export function followScale({ doubles, d, floats, f }: Slab, value: number): void {
  const count = doubles[d + COUNT] ?? 0
  const step = 1 / Math.min(count + 1, MEMORY)
  const mean = (floats[f + MEAN] ?? 0) + (value - (floats[f + MEAN] ?? 0)) * step
  const spread = (floats[f + SPREAD] ?? 0) + (Math.abs(value - mean) - (floats[f + SPREAD] ?? 0)) * step
  floats[f + MEAN] = mean
  floats[f + SPREAD] = spread
  const lower = floats[f + LOWER] ?? 0
  const upper = floats[f + UPPER] ?? 0
  if (count < RANGE_AFTER) {
    floats[f + LOWER] = Math.min(lower, value)
    floats[f + UPPER] = Math.max(upper, value)
    return
  }
  const edge = spread * EDGE_STEP
  floats[f + LOWER] = lower + (value < lower ? (BEYOND - 1) * edge : BEYOND * edge)
  floats[f + UPPER] = upper + (value > upper ? (1 - BEYOND) * edge : -BEYOND * edge)
}

/** True once shapes can be encoded. */
export function followEncoding(slab: Slab, blocks: number): boolean {
  const { floats, f } = slab
  const spread = floats[f + SPREAD] ?? 0
  const scale = floats[f + SCALE] ?? 0
  const mean = floats[f + MEAN] ?? 0
  if (scale === 0) {
    if (blocks < 16 || spread === 0) return false
    rescale(slab, mean, spread)
    return true
  }
  const ratio = spread / scale
  const moved = Math.abs(mean - (floats[f + CENTER] ?? 0)) > RESCALE_AT * scale
  if (spread > 0 && (moved || ratio > RESCALE_AT || ratio < 1 / RESCALE_AT)) rescale(slab, mean, spread)
  return true
}
