import type { ByteReader } from './avro/byte-reader.ts'
import type {
  ComplexPoint,
  ExponentialBuckets,
  ExponentialHistogramPoint,
  HistogramPoint,
  MetricKind,
} from './metric-batch.ts'

/** The fields of a histogram or summary after its time and flags. @throws contracts.decode_failed */
export function readComplexPoint(reader: ByteReader, kind: MetricKind): ComplexPoint {
  if (kind === 'summary') {
    return { kind, count: readCount(reader), sum: reader.double(), quantiles: readQuantiles(reader) }
  }
  const count = readCount(reader)
  const sum = readOptional(reader)
  const min = readOptional(reader)
  const max = readOptional(reader)
  if (kind === 'exponential_histogram') {
    const scale = reader.int()
    const zeroCount = readCount(reader)
    const zeroThreshold = reader.double()
    const positive = readBuckets(reader)
    const negative = readBuckets(reader)
    const point = { kind, count, sum, min, max, scale, zeroCount, zeroThreshold, positive, negative }
    return hasFractions(reader) ? readFractionalBuckets(reader, point) : point
  }
  const bounds = readList(reader, 8, () => reader.double())
  const counts = readList(reader, 1, () => readCount(reader))
  if (counts.length !== 0 ? counts.length !== bounds.length + 1 : bounds.length !== 0) {
    reader.fail(`a histogram of ${bounds.length} bounds and ${counts.length} counts`)
  }
  const point = { kind: 'histogram' as const, count, sum, min, max, bounds, counts }
  return hasFractions(reader) ? readFractionalCounts(reader, point) : point
}

function hasFractions(reader: ByteReader): boolean {
  const branch = reader.byte()
  if (branch !== 0 && branch !== 2) reader.fail('an unknown union branch')
  return branch === 2
}

/** The counts of a float histogram in the place of the rounded ones. */
function readFractionalCounts(reader: ByteReader, point: HistogramPoint): HistogramPoint {
  const count = readFraction(reader)
  return { ...point, count, counts: readFractions(reader, point.counts) }
}

function readFractionalBuckets(reader: ByteReader, point: ExponentialHistogramPoint): ExponentialHistogramPoint {
  const { positive, negative } = point
  const count = readFraction(reader)
  const zeroCount = readFraction(reader)
  return {
    ...point,
    count,
    zeroCount,
    positive: { offset: positive.offset, counts: readFractions(reader, positive.counts) },
    negative: { offset: negative.offset, counts: readFractions(reader, negative.counts) },
  }
}

function readFractions(reader: ByteReader, rounded: readonly number[]): number[] {
  const counts = readList(reader, 8, () => readFraction(reader))
  if (counts.length !== rounded.length) reader.fail(`${counts.length} fractional counts of ${rounded.length}`)
  return counts
}

function readFraction(reader: ByteReader): number {
  const count = reader.double()
  if (!(count >= 0 && count < Infinity)) reader.fail('a count that is no number from 0 on')
  return count
}

function readBuckets(reader: ByteReader): ExponentialBuckets {
  return { offset: reader.int(), counts: readList(reader, 1, () => readCount(reader)) }
}

function readQuantiles(reader: ByteReader): { quantile: number; value: number }[] {
  return readList(reader, 16, () => ({ quantile: reader.double(), value: reader.double() }))
}

function readOptional(reader: ByteReader): number | null {
  const branch = reader.byte()
  if (branch === 0) return null
  if (branch !== 2) reader.fail('an unknown union branch')
  return reader.double()
}

/** Counts beyond 2^53 become the nearest double, as they were in the source's own arithmetic. */
function readCount(reader: ByteReader): number {
  const { pos } = reader
  const count = reader.longOrNaN()
  if (count >= 0) return count
  reader.pos = pos
  const exact = reader.bigLong()
  if (exact < 0n) reader.fail('a negative count')
  return Number(exact)
}

function readList<T>(reader: ByteReader, itemBytes: number, item: () => T): T[] {
  const list: T[] = []
  for (let count = reader.arrayBlock(itemBytes); count > 0; count = reader.arrayBlock(itemBytes)) {
    const { blockEnd } = reader
    for (let index = 0; index < count; index++) list.push(item())
    reader.endBlock(blockEnd)
  }
  return list
}
