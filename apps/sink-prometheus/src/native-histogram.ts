import { isFractional, writeStaleNaN } from '@pegel/contracts'
import type { ExponentialBuckets, ExponentialHistogramPoint, HistogramPoint } from '@pegel/contracts'
import { coarserBuckets } from './exponential-scale.ts'
import { MessageWriter } from './message-writer.ts'
import { zigzag } from './varint.ts'

/** Finest and coarsest resolution of a Prometheus native histogram. */
const MAX_SCHEMA = 8
const MIN_SCHEMA = -4
/** Bounds of its own. */
const CUSTOM_SCHEMA = -53
const GAUGE = 3 // ResetHint.GAUGE
/** Empty buckets that a new span is worth leaving out. */
const WIDE_GAP = 4

/** prompb.Histogram; a histogram of integers has deltas, one of floats has counts. */
const FIELD = {
  countInt: 1,
  countFloat: 2,
  sum: 3,
  schema: 4,
  zeroThreshold: 5,
  zeroCountInt: 6,
  zeroCountFloat: 7,
  negative: { spans: 8, deltas: 9, counts: 10 },
  positive: { spans: 11, deltas: 12, counts: 13 },
  resetHint: 14,
  timestamp: 15,
  customValues: 16,
} as const

export interface NativeOptions {
  readonly timeMs: number
  /** A gauge histogram: one that accumulates nothing. */
  readonly gauge: boolean
}

/**
 * prompb.Histogram of an exponential histogram, or undefined when it is coarser than Prometheus can hold. Finer ones are made coarser by
 * merging neighbours, which is exact. OpenTelemetry's bucket i ends at base^(i+1), Prometheus' at base^i: hence the 1 in the offset.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#exponential-histograms
 */
export function encodeNativeHistogram(point: ExponentialHistogramPoint, options: NativeOptions): Buffer | undefined {
  if (point.scale < MIN_SCHEMA) return undefined
  const shift = Math.max(0, point.scale - MAX_SCHEMA)
  const isFloat = isFractional(point)
  const writer = new MessageWriter()
  writeCount(writer, point, isFloat)
  writer.varint(FIELD.schema, zigzag(Math.min(point.scale, MAX_SCHEMA)))
  writer.double(FIELD.zeroThreshold, point.zeroThreshold)
  if (isFloat) writer.double(FIELD.zeroCountFloat, point.zeroCount)
  else writer.varint(FIELD.zeroCountInt, point.zeroCount)
  writeBuckets(writer, moved(coarserBuckets(point.negative, shift)), { ...FIELD.negative, isFloat })
  writeBuckets(writer, moved(coarserBuckets(point.positive, shift)), { ...FIELD.positive, isFloat })
  return finish(writer, options)
}

/** prompb.Histogram with bounds of its own, as remote write 2.0 has it: the buckets of an explicit histogram, in one series. */
export function encodeCustomHistogram(point: HistogramPoint, options: NativeOptions): Buffer {
  const isFloat = isFractional(point)
  const writer = new MessageWriter()
  writeCount(writer, point, isFloat)
  writer.varint(FIELD.schema, zigzag(CUSTOM_SCHEMA))
  writeBuckets(writer, { offset: 0, counts: point.counts }, { ...FIELD.positive, isFloat })
  if (point.bounds.length > 0) writer.doubles(FIELD.customValues, point.bounds)
  return finish(writer, options)
}

/** A staleness marker in a native series: its sum is the NaN that ends a series. */
export function encodeStaleHistogram(timeMs: number): Buffer {
  const writer = new MessageWriter()
  const sum = Buffer.alloc(8)
  writeStaleNaN(new DataView(sum.buffer, sum.byteOffset, sum.length), 0)
  writer.bytes(FIELD.sum, 1, sum)
  writer.varint(FIELD.timestamp, timeMs)
  return writer.finish()
}

function writeCount(
  writer: MessageWriter,
  { count, sum }: ExponentialHistogramPoint | HistogramPoint,
  isFloat: boolean,
): void {
  if (isFloat) writer.double(FIELD.countFloat, count)
  else writer.varint(FIELD.countInt, count)
  writer.double(FIELD.sum, sum ?? 0)
}

function finish(writer: MessageWriter, { timeMs, gauge }: NativeOptions): Buffer {
  if (gauge) writer.varint(FIELD.resetHint, GAUGE)
  writer.varint(FIELD.timestamp, timeMs)
  return writer.finish()
}

interface BucketFields {
  readonly spans: number
  readonly deltas: number
  readonly counts: number
  readonly isFloat: boolean
}

interface Span {
  readonly offset: number
  readonly counts: number[]
}

function writeBuckets(
  writer: MessageWriter,
  buckets: ExponentialBuckets,
  { spans, deltas, counts, isFloat }: BucketFields,
): void {
  if (buckets.counts.length === 0) return
  const parts = spansOf(buckets)
  for (const { offset, counts: own } of parts) {
    const span = new MessageWriter()
    span.varint(1, zigzag(offset))
    span.varint(2, own.length)
    writer.message(spans, span.finish())
  }
  const all = parts.flatMap((part) => part.counts)
  if (all.length === 0) return
  if (isFloat) writer.doubles(counts, all)
  else
    writer.deltas(
      deltas,
      all.map((count, index) => count - (all[index - 1] ?? 0)),
    )
}

/** Runs of buckets between wide gaps; a span's offset is what lies between it and the one before. */
function spansOf({ offset, counts }: ExponentialBuckets): readonly Span[] {
  const spans: Span[] = []
  let gap = offset
  let current: Span | undefined
  for (let index = 0; index < counts.length;) {
    const empty = emptyFrom(counts, index)
    if (empty > WIDE_GAP || (empty > 0 && current === undefined)) {
      gap += empty
      index += empty
      current = undefined
      continue
    }
    if (current === undefined) {
      spans.push((current = { offset: gap, counts: [] }))
      gap = 0
    }
    current.counts.push(counts[index] ?? 0)
    index += 1
  }
  return spans
}

function emptyFrom(counts: readonly number[], from: number): number {
  let index = from
  while (index < counts.length && counts[index] === 0) index += 1
  return index - from
}

function moved({ offset, counts }: ExponentialBuckets): ExponentialBuckets {
  return { offset: offset + 1, counts }
}
