import type { ByteReader } from './avro/byte-reader.ts'
import type { ComplexPoint, ExponentialBuckets, MetricKind } from './metric-batch.ts'

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
    return { kind, count, sum, min, max, scale, zeroCount, zeroThreshold, positive, negative }
  }
  const bounds = readList(reader, 8, () => reader.double())
  const counts = readList(reader, 1, () => readCount(reader))
  if (counts.length !== 0 ? counts.length !== bounds.length + 1 : bounds.length !== 0) {
    reader.fail(`a histogram of ${bounds.length} bounds and ${counts.length} counts`)
  }
  return { kind: 'histogram', count, sum, min, max, bounds, counts }
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
