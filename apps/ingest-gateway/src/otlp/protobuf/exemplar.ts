import type { Attribute } from '@pegel/contracts'
import type { RequestPoints } from '../../ingest/request-points.ts'
import { lastOfEachKey } from '../any-value.ts'
import { readAttribute } from './attributes.ts'
import { restNs, wholeMs } from './point-head.ts'
import type { PointHead } from './point-head.ts'
import type { WireReader } from '../../wire/wire-reader.ts'

const TIME = 0x11 // time_unix_nano = 2
const AS_DOUBLE = 0x19 // as_double = 3
const SPAN_ID = 0x22 // span_id = 4
const TRACE_ID = 0x2a // trace_id = 5
const AS_INT = 0x31 // as_int = 6
const ATTRIBUTE = 0x3a // filtered_attributes = 7

/** Reads the exemplars that were noted for a point. Without `points`, since it was not taken: just to see that they are well-formed. */
export function readExemplars(reader: WireReader, head: PointHead, points: RequestPoints | null): void {
  if (head.exemplars.length === 0) return
  const { pos } = reader
  for (const at of head.exemplars) {
    reader.pos = at
    readExemplar(reader, points)
  }
  reader.pos = pos
}

function readExemplar(reader: WireReader, points: RequestPoints | null): void {
  const outer = reader.enter()
  const attributes: Attribute[] = []
  let [timeMs, timeNs, value, traceId, spanId] = [0, 0, 0, '', '']
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === TIME) {
      reader.fixed64()
      timeMs = wholeMs(reader)
      timeNs = restNs(reader, timeMs)
    } else if (tag === AS_DOUBLE) {
      value = reader.double()
    } else if (tag === AS_INT) {
      reader.fixed64()
      value = reader.signed()
    } else if (tag === SPAN_ID) spanId = reader.take().toString('hex')
    else if (tag === TRACE_ID) traceId = reader.take().toString('hex')
    else if (tag === ATTRIBUTE) attributes.push(readAttribute(reader))
    else reader.skip(tag)
  }
  reader.leave(outer)
  points?.exemplar({ timeMs, timeNs, value, traceId, spanId, attributes: lastOfEachKey(attributes) })
}
