import { NO_RECORDED_VALUE } from '@pegel/contracts'
import type { WireReader } from '../../wire/wire-reader.ts'
import type { MetricContext } from './decode-context.ts'
import { readExemplars } from './exemplar.ts'

const START = 0x11 // start_time_unix_nano = 2
const TIME = 0x19 // time_unix_nano = 3
const AS_DOUBLE = 0x21 // as_double = 4
const EXEMPLAR = 0x2a // exemplars = 5
const AS_INT = 0x31 // as_int = 6
const ATTRIBUTE = 0x3a // attributes = 7
const FLAGS = 0x40 // flags = 8

const FIXED64_BYTES = 9 // with their tag

/** Reads one NumberDataPoint whose end is the reader's. */
export function readNumberPoint(context: MetricContext): void {
  if (!readExpected(context)) readAny(context)
}

/**
 * Reads a point as SDKs and the Collector write it (times, value, attributes, and nothing else), if its series is the one that came next last time: its
 * attributes were read then, so they need but be the same bytes. False, and nothing is read, for any other.
 */
function readExpected({ reader, head, points, cache, metric, marks }: MetricContext): boolean {
  const { view, pos, end } = reader
  const timeAt = plainTimeAt(view, pos, end)
  if (timeAt === -1) return false
  const isStarted = timeAt > pos
  const valueAt = timeAt + FIXED64_BYTES
  const attributesAt = valueAt + FIXED64_BYTES
  const valueTag = view.getUint8(valueAt)
  const series = cache.expected(reader, metric, attributesAt, end)
  if (series === undefined) return false
  head.reset()
  if (isStarted) {
    reader.pos = pos + 1
    head.start(reader)
  }
  reader.pos = timeAt + 1
  head.time(reader)
  points.series(series, head.startMs, head.startNs)
  reader.pos = valueAt + 1
  points.number(head.timeMs, head.timeNs, valueTag === AS_DOUBLE ? reader.double() : signedAt(reader), 0)
  marks?.point(timeAt + 1)
  reader.pos = end
  return true
}

/** Where the tag of the time stands of a point that begins with its times and its value; -1 for any other. */
function plainTimeAt(view: DataView, pos: number, end: number): number {
  if (pos + 2 * FIXED64_BYTES > end) return -1
  const timeAt = view.getUint8(pos) === START ? pos + FIXED64_BYTES : pos
  const valueAt = timeAt + FIXED64_BYTES
  if (valueAt + FIXED64_BYTES > end || view.getUint8(timeAt) !== TIME) return -1
  const valueTag = view.getUint8(valueAt)
  return valueTag === AS_DOUBLE || valueTag === AS_INT ? timeAt : -1
}

function signedAt(reader: WireReader): number {
  reader.fixed64()
  return reader.signed()
}

/** Everything that a point may have, in any order. */
function readAny({ reader, head, points, cache, metric, marks }: MetricContext): void {
  const plainAt = marks === null ? -1 : plainTimeAt(reader.view, reader.pos, reader.end)
  let numbers = 0
  head.reset()
  let value = 0
  let given = false
  while (reader.pos < reader.end) {
    const tagAt = reader.pos
    const tag = reader.tag()
    switch (tag) {
      case ATTRIBUTE:
        head.attribute(reader, tagAt)
        break
      case START:
        head.start(reader)
        break
      case TIME:
        head.time(reader)
        numbers += 1
        break
      case AS_DOUBLE:
        value = reader.double()
        given = true
        numbers += 1
        break
      case AS_INT:
        value = signedAt(reader)
        given = true
        numbers += 1
        break
      case FLAGS:
        head.flagged(reader)
        break
      case EXEMPLAR:
        head.exemplar(reader)
        break
      default:
        reader.skip(tag)
    }
  }
  points.series(head.series(reader, cache, metric), head.startMs, head.startNs)
  const stale = (head.flags & NO_RECORDED_VALUE) !== 0
  const taken =
    given || stale
      ? points.number(head.timeMs, head.timeNs, given ? value : NaN, head.flags)
      : points.refuseWithoutValue()
  // One time and one value, of which the last of each would count.
  if (plainAt !== -1 && numbers === 2 && head.flags === 0 && head.exemplars.length === 0) marks?.point(plainAt + 1)
  readExemplars(reader, head, taken ? points : null)
}
