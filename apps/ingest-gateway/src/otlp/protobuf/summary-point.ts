import type { SummaryPoint } from '@pegel/contracts'
import type { MetricContext } from './decode-context.ts'
import type { WireReader } from '../../wire/wire-reader.ts'

const START = 0x11 // start_time_unix_nano = 2
const TIME = 0x19 // time_unix_nano = 3
const COUNT = 0x21 // count = 4
const SUM = 0x29 // sum = 5
const QUANTILE_VALUE = 0x32 // quantile_values = 6
const ATTRIBUTE = 0x3a // attributes = 7
const FLAGS = 0x40 // flags = 8
const QUANTILE = 0x09 // ValueAtQuantile.quantile = 1
const VALUE = 0x11 // ValueAtQuantile.value = 2

/** Reads one SummaryDataPoint whose end is the reader's. */
export function readSummaryPoint({ reader, head, points, cache, metric }: MetricContext): void {
  head.reset()
  let [count, sum] = [0, 0]
  const quantiles: SummaryPoint['quantiles'][number][] = []
  while (reader.pos < reader.end) {
    const tagAt = reader.pos
    const tag = reader.tag()
    if (tag === ATTRIBUTE) head.attribute(reader, tagAt)
    else if (tag === START) head.start(reader)
    else if (tag === TIME) head.time(reader)
    else if (tag === COUNT) {
      reader.fixed64()
      count = reader.unsigned()
    } else if (tag === SUM) sum = reader.double()
    else if (tag === QUANTILE_VALUE) quantiles.push(readQuantile(reader))
    else if (tag === FLAGS) head.flagged(reader)
    else reader.skip(tag)
  }
  points.series(head.series(reader, cache, metric), head.startMs, head.startNs)
  points.complex(head.timeMs, head.timeNs, { kind: 'summary', count, sum, quantiles }, head.flags)
}

function readQuantile(reader: WireReader): SummaryPoint['quantiles'][number] {
  const outer = reader.enter()
  let [quantile, value] = [0, 0]
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === QUANTILE) quantile = reader.double()
    else if (tag === VALUE) value = reader.double()
    else reader.skip(tag)
  }
  reader.leave(outer)
  return { quantile, value }
}
