import { ByteWriter } from './avro/byte-writer.ts'
import { contractErrors } from './errors.ts'
import type {
  ComplexPoint,
  ExponentialBuckets,
  ExponentialHistogramPoint,
  HistogramPoint,
  SummaryPoint,
} from './metric-batch.ts'

const MAX_LONG = 2 ** 63
const INT_LIMIT = 2 ** 31
const scratch = new ByteWriter()

/** The fields of a point after its time and flags. A view that the next call overwrites. @throws contracts.encode_failed */
export function writeComplexPoint(point: ComplexPoint): Uint8Array {
  scratch.pos = 0
  if (point.kind === 'histogram') writeHistogram(point)
  else if (point.kind === 'exponential_histogram') writeExponential(point)
  else writeSummary(point)
  return scratch.bytes.subarray(0, scratch.pos)
}

function writeHistogram(point: HistogramPoint): void {
  const { bounds, counts } = point
  if (counts.length !== 0 ? counts.length !== bounds.length + 1 : bounds.length !== 0) {
    fail(`a histogram of ${bounds.length} bounds and ${counts.length} counts`)
  }
  writeTotals(point)
  writeDoubles(bounds)
  writeCounts(counts)
  if (!isFractional(point)) {
    scratch.byte(0)
    return
  }
  scratch.byte(2)
  scratch.double(point.count)
  writeDoubles(counts)
}

function writeExponential(point: ExponentialHistogramPoint): void {
  writeTotals(point)
  writeInt(point.scale)
  writeCount(point.zeroCount)
  scratch.double(point.zeroThreshold)
  writeBuckets(point.positive)
  writeBuckets(point.negative)
  if (!isFractional(point)) {
    scratch.byte(0)
    return
  }
  scratch.byte(2)
  scratch.double(point.count)
  scratch.double(point.zeroCount)
  writeDoubles(point.positive.counts)
  writeDoubles(point.negative.counts)
}

/** Whether any count of a float histogram is not whole. */
export function isFractional(point: HistogramPoint | ExponentialHistogramPoint): boolean {
  const fraction = (count: number): boolean => !Number.isInteger(count)
  if (fraction(point.count)) return true
  if (point.kind === 'histogram') return point.counts.some(fraction)
  return fraction(point.zeroCount) || point.positive.counts.some(fraction) || point.negative.counts.some(fraction)
}

function writeSummary(point: SummaryPoint): void {
  if (!Number.isInteger(point.count)) fail(`a count of ${point.count}`)
  writeCount(point.count)
  scratch.double(point.sum)
  if (point.quantiles.length > 0) scratch.long(point.quantiles.length)
  for (const { quantile, value } of point.quantiles) {
    scratch.double(quantile)
    scratch.double(value)
  }
  scratch.byte(0)
}

function writeTotals(point: HistogramPoint | ExponentialHistogramPoint): void {
  writeCount(point.count)
  writeOptional(point.sum)
  writeOptional(point.min)
  writeOptional(point.max)
}

function writeBuckets(buckets: ExponentialBuckets): void {
  writeInt(buckets.offset)
  writeCounts(buckets.counts)
}

function writeCounts(counts: readonly number[]): void {
  if (counts.length > 0) scratch.long(counts.length)
  for (const count of counts) writeCount(count)
  scratch.byte(0)
}

function writeDoubles(values: readonly number[]): void {
  if (values.length > 0) scratch.long(values.length)
  for (const value of values) scratch.double(value)
  scratch.byte(0)
}

function writeOptional(value: number | null): void {
  scratch.byte(value === null ? 0 : 2)
  if (value !== null) scratch.double(value)
}

/** Rounded where it is of a float histogram, whose fractions follow. */
function writeCount(value: number): void {
  if (!(value >= 0 && value < MAX_LONG)) fail(`a count of ${value}`)
  scratch.long(Math.round(value))
}

function writeInt(value: number): void {
  if (!Number.isInteger(value) || value < -INT_LIMIT || value >= INT_LIMIT) fail(`an int of ${value}`)
  scratch.long(value)
}

function fail(problem: string): never {
  throw contractErrors.encode_failed({ record: 'MetricBatch', problem })
}
