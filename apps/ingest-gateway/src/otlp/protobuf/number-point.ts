import { NO_RECORDED_VALUE } from '@pegel/contracts'
import { readExemplars } from './exemplar.ts'
import type { MetricContext } from './decode-context.ts'

const START = 0x11 // start_time_unix_nano = 2
const TIME = 0x19 // time_unix_nano = 3
const AS_DOUBLE = 0x21 // as_double = 4
const EXEMPLAR = 0x2a // exemplars = 5
const AS_INT = 0x31 // as_int = 6
const ATTRIBUTE = 0x3a // attributes = 7
const FLAGS = 0x40 // flags = 8

/** Reads one NumberDataPoint whose end is the reader's. Hot: everything that most points have is in this one loop. */
export function readNumberPoint({ reader, head, points, cache, metric }: MetricContext): void {
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
        break
      case AS_DOUBLE:
        value = reader.double()
        given = true
        break
      case AS_INT:
        reader.fixed64()
        value = reader.signed()
        given = true
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
  readExemplars(reader, head, taken ? points : null)
}
