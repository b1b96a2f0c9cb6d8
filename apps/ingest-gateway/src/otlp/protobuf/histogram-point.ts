import { readExemplars } from './exemplar.ts'
import type { MetricContext } from './decode-context.ts'
import { readPackedDoubles, readPackedFixed64 } from '../../wire/repeated.ts'

const START = 0x11 // start_time_unix_nano = 2
const TIME = 0x19 // time_unix_nano = 3
const COUNT = 0x21 // count = 4
const SUM = 0x29 // sum = 5
const COUNTS = 0x32 // bucket_counts = 6, packed
const COUNT_ALONE = 0x31 // bucket_counts = 6, not packed
const BOUNDS = 0x3a // explicit_bounds = 7, packed
const BOUND_ALONE = 0x39 // explicit_bounds = 7, not packed
const EXEMPLAR = 0x42 // exemplars = 8
const ATTRIBUTE = 0x4a // attributes = 9
const FLAGS = 0x50 // flags = 10
const MIN = 0x59 // min = 11
const MAX = 0x61 // max = 12

/** Reads one HistogramDataPoint whose end is the reader's. */
export function readHistogramPoint({ reader, head, points, cache, metric }: MetricContext): void {
  head.reset()
  let count = 0
  let [sum, min, max]: (number | null)[] = [null, null, null]
  const bounds: number[] = []
  const counts: number[] = []
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
      case COUNT:
        reader.fixed64()
        count = reader.unsigned()
        break
      case SUM:
        sum = reader.double()
        break
      case MIN:
        min = reader.double()
        break
      case MAX:
        max = reader.double()
        break
      case COUNTS:
        readPackedFixed64(reader, counts)
        break
      case COUNT_ALONE:
        reader.fixed64()
        counts.push(reader.unsigned())
        break
      case BOUNDS:
        readPackedDoubles(reader, bounds)
        break
      case BOUND_ALONE:
        bounds.push(reader.double())
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
  const point = {
    kind: 'histogram',
    count,
    sum: sum ?? null,
    min: min ?? null,
    max: max ?? null,
    bounds,
    counts,
  } as const
  const taken = points.complex(head.timeMs, head.timeNs, point, head.flags)
  readExemplars(reader, head, taken ? points : null)
}
