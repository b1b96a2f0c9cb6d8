import { BLOCK, LONG, RING, back, clearBlocks, fillBlock, lookBack } from './blocks.ts'
import { clearRecords, recordSurprise, turnPeriod } from './records.ts'
import { followEncoding, followScale } from './scale.ts'
import { LONG_SHAPE_SET, SHAPE_LENGTH, SHAPE_SET, follow, novelty } from './shapes.ts'
import {
  ANCHOR,
  BLOCKS,
  BLOCK_AT,
  COUNT,
  INTERVAL,
  LAST_PERIOD_SINCE,
  LAST_TIME,
  LAST_VALUE,
  LEVEL,
  LEVELS,
  LONGEST_RUN,
} from './slab.ts'
import { MEAN, MEAN_RECORDS, PERIOD_SINCE, POINT_RECORDS, RUN } from './slab.ts'
import type { Slab } from './slab.ts'
import {
  FLAT,
  LEVEL_SHIFT,
  LONG_MEAN,
  LONG_SHAPE,
  POINT,
  SHAPE,
  SURPRISE_THRESHOLD,
  SWING,
  report,
  clearSurprises,
} from './surprises.ts'
import { tailAt, tailSurprise } from './tail.ts'

/** Points before the first surprise. */
const FIRST_SURPRISE = 24
/** Points that are remembered by the histograms and by the usual level. */
const MEMORY = 2000
/** Blocks of the statistics: means over 16 points, swings over 32; levels over all 64 that are remembered. */
const MEAN_BLOCKS = 4
const SWING_BLOCKS = 8
/** Blocks from one shape to the next. */
const SHAPE_STRIDE = 4
/** A silence of so many intervals parts what was before from what comes. */
const GAP_INTERVALS = 30
/** An unchanging value is remarkable after so many points when the series has never stood still for half as long; and only in one that is known. */
const FLAT_POINTS = 64
const FLAT_KNOWN = 200

const overPoints = { weight: BLOCK, memory: MEMORY / BLOCK, haste: 0, warmUp: 12 }
const swings = { ...overPoints, ...tailAt(0) }
const levels = { ...overPoints, ...tailAt(1) }
/** Everything is a new shape at first, so the beginning is soon forgotten. Shapes that overlap are alike and count once. */
const ofShapes = { weight: 1, haste: 4, warmUp: 24 }
const shapes = { ...ofShapes, ...tailAt(2), memory: 500 }
const longShapes = { ...ofShapes, ...tailAt(3), memory: 500 }

/** Further from the first value than this is as far as this: floats hold what is remembered. */
const FARTHEST = 1e36

/** Takes a point in, which must be finite and newer than the last: writes `surprises` and `deviations`. */
export function step(slab: Slab, timestampMs: number, absolute: number): void {
  const { doubles, d } = slab
  const count = doubles[d + COUNT] ?? 0
  if (count === 0) begin(slab, timestampMs, absolute)
  else followTime(slab, timestampMs)
  clearSurprises()
  const value = Math.min(Math.max(absolute - (doubles[d + ANCHOR] ?? 0), -FARTHEST), FARTHEST)
  const deviation = value - (slab.floats[slab.f + MEAN] ?? 0)
  const surprise = recordSurprise(slab, POINT_RECORDS, value)
  if (count >= FIRST_SURPRISE) report(POINT, surprise, deviation)
  followScale(slab, value)
  watchStandstill(slab, value, count)
  if (fillBlock(slab, value)) stepBlock(slab, deviation)
  turnPeriod(slab, timestampMs)
  doubles[d + LAST_TIME] = timestampMs
  doubles[d + COUNT] = count + 1
}

function begin(slab: Slab, timestampMs: number, absolute: number): void {
  const { doubles, d } = slab
  slab.clear()
  clearRecords(slab)
  doubles[d + ANCHOR] = absolute
  doubles[d + PERIOD_SINCE] = timestampMs
  doubles[d + LAST_PERIOD_SINCE] = timestampMs
}

/** Learns the usual interval, quickly when it is shorter than was thought; blocks do not reach over gaps. */
function followTime(slab: Slab, timestampMs: number): void {
  const { doubles, d, floats, f } = slab
  const passed = timestampMs - (doubles[d + LAST_TIME] ?? 0)
  const interval = floats[f + INTERVAL] ?? 0
  if (interval > 0 && passed > GAP_INTERVALS * interval) clearBlocks(slab)
  if (interval === 0) floats[f + INTERVAL] = passed
  else
    floats[f + INTERVAL] =
      passed < interval ? (interval + passed) / 2 : interval * 0.98 + Math.min(passed, interval * 4) * 0.02
}

function watchStandstill({ floats, f, doubles, d }: Slab, value: number, count: number): void {
  const last = doubles[d + LAST_VALUE] ?? 0
  doubles[d + LAST_VALUE] = value
  if (value !== last || count === 0) {
    floats[f + LONGEST_RUN] = Math.max(floats[f + LONGEST_RUN] ?? 0, floats[f + RUN] ?? 0)
    floats[f + RUN] = 0
    return
  }
  const run = (floats[f + RUN] ?? 0) + 1
  floats[f + RUN] = run
  const remarkable = Math.max(FLAT_POINTS, 2 * (floats[f + LONGEST_RUN] ?? 0))
  if (run === remarkable && count > FLAT_KNOWN) report(FLAT, SURPRISE_THRESHOLD, 0)
}

function stepBlock(slab: Slab, deviation: number): void {
  const { floats, f, doubles, d } = slab
  const blocks = floats[f + BLOCKS] ?? 0
  lookBack(slab)
  if (blocks >= MEAN_BLOCKS) {
    const surprise = recordSurprise(slab, MEAN_RECORDS, back.mean4)
    const known = (doubles[d + COUNT] ?? 0) >= FIRST_SURPRISE
    if (known) report(LONG_MEAN, surprise, back.mean4 - (floats[f + MEAN] ?? 0))
  }
  if (blocks >= SWING_BLOCKS) {
    const swing = back.deviation8
    report(SWING, tailSurprise(slab, swings, swing), deviation < 0 ? -swing : swing)
  }
  watchLevel(slab, blocks)
  if (!followEncoding(slab, blocks)) return
  const at = floats[f + BLOCK_AT] ?? 0
  if (follow(slab, SHAPE_SET, back.mean1) === SHAPE_LENGTH && at % SHAPE_STRIDE === 0)
    watchShape(slab, SHAPE, deviation)
  if (at % LONG === 0 && follow(slab, LONG_SHAPE_SET, back.mean4) === SHAPE_LENGTH)
    watchShape(slab, LONG_SHAPE, deviation)
}

/** How far the mean of 64 points is from the usual level, the mean of 2,000. */
function watchLevel(slab: Slab, blocks: number): void {
  const { floats, f } = slab
  const times = Math.min((floats[f + LEVELS] ?? 0) + 1, MEMORY / BLOCK)
  const level = floats[f + LEVEL] ?? 0
  const whole = blocks === RING
  const value = whole ? back.mean16 : back.mean1
  if (whole) report(LEVEL_SHIFT, tailSurprise(slab, levels, Math.abs(value - level)), value - level)
  floats[f + LEVELS] = times
  floats[f + LEVEL] = level + (value - level) / times
}

function watchShape(slab: Slab, channel: typeof SHAPE | typeof LONG_SHAPE, deviation: number): void {
  const isLong = channel === LONG_SHAPE
  const distance = novelty(slab, isLong ? LONG_SHAPE_SET : SHAPE_SET)
  if (!Number.isNaN(distance)) report(channel, tailSurprise(slab, isLong ? longShapes : shapes, distance), deviation)
}
