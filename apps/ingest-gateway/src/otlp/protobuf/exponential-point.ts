import type { ExponentialBuckets } from '@pegel/contracts'
import { malformed } from '../errors.ts'
import { readExemplars } from './exemplar.ts'
import type { MetricContext } from './decode-context.ts'
import { readPackedVarints, readSint32 } from '../../wire/repeated.ts'
import type { WireReader } from '../../wire/wire-reader.ts'

const ATTRIBUTE = 0x0a // attributes = 1
const START = 0x11 // start_time_unix_nano = 2
const TIME = 0x19 // time_unix_nano = 3
const COUNT = 0x21 // count = 4
const SUM = 0x29 // sum = 5
const SCALE = 0x30 // scale = 6
const ZERO_COUNT = 0x39 // zero_count = 7
const POSITIVE = 0x42 // positive = 8
const NEGATIVE = 0x4a // negative = 9
const FLAGS = 0x50 // flags = 10
const EXEMPLAR = 0x5a // exemplars = 11
const MIN = 0x61 // min = 12
const MAX = 0x69 // max = 13
const ZERO_THRESHOLD = 0x71 // zero_threshold = 14
const OFFSET = 0x08 // Buckets.offset = 1
const COUNTS = 0x12 // Buckets.bucket_counts = 2, packed
const COUNT_ALONE = 0x10 // Buckets.bucket_counts = 2, not packed

const NO_BUCKETS: ExponentialBuckets = { offset: 0, counts: [] }

/** Reads one ExponentialHistogramDataPoint whose end is the reader's. */
export function readExponentialPoint(context: MetricContext): void {
  const { reader, head, points, cache, metric } = context
  head.reset()
  let [count, scale, zeroCount, zeroThreshold] = [0, 0, 0, 0]
  let [sum, min, max]: (number | undefined)[] = []
  let positive: ExponentialBuckets | undefined
  let negative: ExponentialBuckets | undefined
  while (reader.pos < reader.end) {
    const tagAt = reader.pos
    const tag = reader.tag()
    if (tag === COUNT) {
      reader.fixed64()
      count = reader.unsigned()
    } else if (tag === ZERO_COUNT) {
      reader.fixed64()
      zeroCount = reader.unsigned()
    } else if (tag === SCALE) scale = readSint32(reader)
    else if (tag === SUM) sum = reader.double()
    else if (tag === MIN) min = reader.double()
    else if (tag === MAX) max = reader.double()
    else if (tag === ZERO_THRESHOLD) zeroThreshold = reader.double()
    else if (tag === POSITIVE) positive = readBuckets(reader, positive)
    else if (tag === NEGATIVE) negative = readBuckets(reader, negative)
    else readHead(context, tag, tagAt)
  }
  points.series(head.series(reader, cache, metric), head.startMs, head.startNs)
  const totals = { count, sum: sum ?? null, min: min ?? null, max: max ?? null, scale, zeroCount, zeroThreshold }
  const buckets = { positive: positive ?? NO_BUCKETS, negative: negative ?? NO_BUCKETS }
  const point = { kind: 'exponential_histogram', ...totals, ...buckets } as const
  const taken = points.complex(head.timeMs, head.timeNs, point, head.flags)
  readExemplars(reader, head, taken ? points : null)
}

function readHead({ reader, head }: MetricContext, tag: number, tagAt: number): void {
  if (tag === ATTRIBUTE) head.attribute(reader, tagAt)
  else if (tag === START) head.start(reader)
  else if (tag === TIME) head.time(reader)
  else if (tag === FLAGS) head.flagged(reader)
  else if (tag === EXEMPLAR) head.exemplar(reader)
  else reader.skip(tag)
}

function readBuckets(reader: WireReader, before: ExponentialBuckets | undefined): ExponentialBuckets {
  if (before !== undefined) malformed('the same buckets given twice')
  const outer = reader.enter()
  const counts: number[] = []
  let offset = 0
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === OFFSET) offset = readSint32(reader)
    else if (tag === COUNTS) readPackedVarints(reader, counts)
    else if (tag === COUNT_ALONE) {
      reader.varint()
      counts.push(reader.unsigned())
    } else reader.skip(tag)
  }
  reader.leave(outer)
  return { offset, counts }
}
