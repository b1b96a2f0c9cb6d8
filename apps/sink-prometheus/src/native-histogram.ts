import { writeStaleNaN } from '@pegel/contracts'
import type { ExponentialBuckets, ExponentialHistogramPoint } from '@pegel/contracts'
import { varintSize, writeVarint, zigzag } from './varint.ts'

/** Finest and coarsest resolution of a Prometheus native histogram. */
const MAX_SCHEMA = 8
const MIN_SCHEMA = -4

/**
 * prompb.Histogram of an exponential histogram, or undefined when it is coarser than Prometheus can hold. Finer ones are made coarser by
 * merging neighbours, which is exact. OpenTelemetry's bucket i ends at base^(i+1), Prometheus' at base^i: hence the 1 in the offset.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#exponential-histograms
 */
export function encodeNativeHistogram(point: ExponentialHistogramPoint, timeMs: number): Buffer | undefined {
  if (point.scale < MIN_SCHEMA) return undefined
  const shift = Math.max(0, point.scale - MAX_SCHEMA)
  return encode(point, timeMs, shift)
}

/** A staleness marker in a native series: its sum is the NaN that ends a series. */
export function encodeStaleHistogram(timeMs: number): Buffer {
  const writer = new MessageWriter()
  const sum = Buffer.alloc(8)
  writeStaleNaN(new DataView(sum.buffer, sum.byteOffset, sum.length), 0)
  writer.bytes(3, 1, sum)
  writer.varint(15, timeMs)
  return writer.finish()
}

function encode(point: ExponentialHistogramPoint, timeMs: number, shift: number): Buffer {
  const writer = new MessageWriter()
  writer.varint(1, point.count)
  writer.double(3, point.sum ?? 0)
  writer.varint(4, zigzag(Math.min(point.scale, MAX_SCHEMA)))
  writer.double(5, point.zeroThreshold)
  writer.varint(6, point.zeroCount)
  writeBuckets(writer, coarser(point.negative, shift), { spans: 8, deltas: 9 })
  writeBuckets(writer, coarser(point.positive, shift), { spans: 11, deltas: 12 })
  writer.varint(15, timeMs)
  return writer.finish()
}

function writeBuckets(
  writer: MessageWriter,
  buckets: ExponentialBuckets,
  fields: { spans: number; deltas: number },
): void {
  if (buckets.counts.length === 0) return
  const span = new MessageWriter()
  span.varint(1, zigzag(buckets.offset + 1))
  span.varint(2, buckets.counts.length)
  writer.message(fields.spans, span.finish())
  const deltas = buckets.counts.map((count, index) => zigzag(count - (buckets.counts[index - 1] ?? 0)))
  const packed = Buffer.allocUnsafe(deltas.reduce((size, delta) => size + varintSize(delta), 0))
  deltas.reduce((at, delta) => writeVarint(packed, at, delta), 0)
  writer.message(fields.deltas, packed)
}

/** Merges 2^shift neighbours: bucket i becomes i >> shift. */
function coarser({ offset, counts }: ExponentialBuckets, shift: number): ExponentialBuckets {
  if (shift === 0 || counts.length === 0) return { offset, counts }
  const factor = 2 ** shift
  const first = Math.floor(offset / factor)
  const last = Math.floor((offset + counts.length - 1) / factor)
  const merged = new Array<number>(last - first + 1).fill(0)
  counts.forEach((count, index) => {
    const at = Math.floor((offset + index) / factor) - first
    merged[at] = (merged[at] ?? 0) + count
  })
  return { offset: first, counts: merged }
}

/** Fields of one small protobuf message. */
class MessageWriter {
  readonly #parts: Buffer[] = []

  varint(field: number, value: number): void {
    const head = field << 3
    const bytes = Buffer.allocUnsafe(varintSize(head) + varintSize(value))
    writeVarint(bytes, writeVarint(bytes, 0, head), value)
    this.#parts.push(bytes)
  }

  double(field: number, value: number): void {
    const bytes = Buffer.allocUnsafe(8)
    bytes.writeDoubleLE(value)
    this.bytes(field, 1, bytes)
  }

  message(field: number, value: Uint8Array): void {
    const length = Buffer.allocUnsafe(varintSize(value.length))
    writeVarint(length, 0, value.length)
    this.bytes(field, 2, Buffer.concat([length, value]))
  }

  bytes(field: number, wireType: number, value: Uint8Array): void {
    const head = (field << 3) | wireType
    const tag = Buffer.allocUnsafe(varintSize(head))
    writeVarint(tag, 0, head)
    this.#parts.push(tag, Buffer.from(value))
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts)
  }
}
