import { isStaleNaN } from '@pegel/contracts'
import { readPackedDoubles, readSint32 } from '../wire/repeated.ts'
import type { WireReader } from '../wire/wire-reader.ts'

/** prompb.Histogram and io.prometheus.write.v2.Histogram: the same fields, save for the start in 2.0. */
const TAG = {
  countInt: 0x08,
  countFloat: 0x11,
  sum: 0x19,
  schema: 0x20,
  zeroThreshold: 0x29,
  zeroCountInt: 0x30,
  zeroCountFloat: 0x39,
  negativeSpans: 0x42,
  negativeDeltas: 0x4a,
  negativeDelta: 0x48,
  negativeCounts: 0x52,
  negativeCount: 0x51,
  positiveSpans: 0x5a,
  positiveDeltas: 0x62,
  positiveDelta: 0x60,
  positiveCounts: 0x6a,
  positiveCount: 0x69,
  resetHint: 0x70,
  timestamp: 0x78,
  customValues: 0x82,
  customValue: 0x81,
  start: 0x88,
} as const
const SPAN_OFFSET = 0x08 // BucketSpan.offset = 1
const SPAN_LENGTH = 0x10 // BucketSpan.length = 2
const GAUGE = 3 // ResetHint.GAUGE

/** A run of buckets: `offset` beyond the end of the one before. */
export interface BucketSpan {
  readonly offset: number
  readonly length: number
}

/** One side of a histogram as it was sent: deltas of an integer histogram, counts of a float histogram. */
export interface SentBuckets {
  readonly spans: BucketSpan[]
  readonly deltas: number[]
  readonly counts: number[]
}

/** A Histogram message, before it means anything. */
export class HistogramMessage {
  count = 0
  /** Whether counts are floats: what was sent last of the two decides, as protobuf has it. */
  isFloat = false
  sum = 0
  /** The sum is the staleness marker. */
  isStale = false
  schema = 0
  zeroThreshold = 0
  zeroCount = 0
  isGauge = false
  timeMs = 0
  /** 0: not set. */
  startMs = 0
  readonly negative: SentBuckets = { spans: [], deltas: [], counts: [] }
  readonly positive: SentBuckets = { spans: [], deltas: [], counts: [] }
  readonly customValues: number[] = []
}

/** Reads a Histogram, its length first. */
export function readHistogram(reader: WireReader): HistogramMessage {
  const message = new HistogramMessage()
  const outer = reader.enter()
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (!readTotals(reader, tag, message) && !readBuckets(reader, tag, message)) reader.skip(tag)
  }
  reader.leave(outer)
  return message
}

function readTotals(reader: WireReader, tag: number, message: HistogramMessage): boolean {
  switch (tag) {
    case TAG.countInt:
      message.count = unsigned(reader)
      message.isFloat = false
      return true
    case TAG.countFloat:
      message.count = reader.double()
      message.isFloat = true
      return true
    case TAG.sum: {
      const at = reader.pos
      message.sum = reader.double()
      message.isStale = isStaleNaN(reader.view, at)
      return true
    }
    case TAG.schema:
      message.schema = readSint32(reader)
      return true
    case TAG.zeroThreshold:
      message.zeroThreshold = reader.double()
      return true
    case TAG.zeroCountInt:
      message.zeroCount = unsigned(reader)
      return true
    case TAG.zeroCountFloat:
      message.zeroCount = reader.double()
      return true
    case TAG.resetHint:
      message.isGauge = unsigned(reader) === GAUGE
      return true
    case TAG.timestamp:
      message.timeMs = signed(reader)
      return true
    case TAG.start:
      message.startMs = signed(reader)
      return true
    default:
      return false
  }
}

function readBuckets(reader: WireReader, tag: number, message: HistogramMessage): boolean {
  const { negative, positive, customValues } = message
  switch (tag) {
    case TAG.negativeSpans:
      negative.spans.push(readSpan(reader))
      return true
    case TAG.positiveSpans:
      positive.spans.push(readSpan(reader))
      return true
    case TAG.negativeDeltas:
    case TAG.negativeDelta:
      readDeltas(reader, tag, negative.deltas)
      return true
    case TAG.positiveDeltas:
    case TAG.positiveDelta:
      readDeltas(reader, tag, positive.deltas)
      return true
    case TAG.negativeCounts:
    case TAG.negativeCount:
      readDoubles(reader, tag, negative.counts)
      return true
    case TAG.positiveCounts:
    case TAG.positiveCount:
      readDoubles(reader, tag, positive.counts)
      return true
    case TAG.customValues:
    case TAG.customValue:
      readDoubles(reader, tag, customValues)
      return true
    default:
      return false
  }
}

function readSpan(reader: WireReader): BucketSpan {
  const outer = reader.enter()
  let [offset, length] = [0, 0]
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === SPAN_OFFSET) offset = readSint32(reader)
    else if (tag === SPAN_LENGTH) {
      reader.varint()
      length = reader.lo
    } else reader.skip(tag)
  }
  reader.leave(outer)
  return { offset, length }
}

const PACKED = 2

function readDoubles(reader: WireReader, tag: number, into: number[]): void {
  if ((tag & 7) === PACKED) readPackedDoubles(reader, into)
  else into.push(reader.double())
}

function readDeltas(reader: WireReader, tag: number, into: number[]): void {
  if ((tag & 7) !== PACKED) {
    into.push(zigzag(reader))
    return
  }
  const outer = reader.enter()
  while (reader.pos < reader.end) into.push(zigzag(reader))
  reader.leave(outer)
}

/** A sint64, rounded beyond 2^53. */
function zigzag(reader: WireReader): number {
  const value = unsigned(reader)
  return (reader.lo & 1) === 0 ? value / 2 : -(value + 1) / 2
}

function unsigned(reader: WireReader): number {
  reader.varint()
  return reader.unsigned()
}

function signed(reader: WireReader): number {
  reader.varint()
  return reader.signed()
}
