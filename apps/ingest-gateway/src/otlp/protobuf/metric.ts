import type { MetricKind, Temporality } from '@pegel/contracts'
import { NOWHERE, rangeOf } from '../../wire/range.ts'
import type { Range } from '../../wire/range.ts'
import type { WireReader } from '../../wire/wire-reader.ts'
import { malformed } from '../errors.ts'
import { readExponentialPoint } from './exponential-point.ts'
import { readHistogramPoint } from './histogram-point.ts'
import type { DecodeContext, MetricContext } from './decode-context.ts'
import type { CachedGroup } from './label-cache.ts'
import { readNumberPoint } from './number-point.ts'
import { readSummaryPoint } from './summary-point.ts'

const NAME = 0x0a // Metric.name = 1
const UNIT = 0x1a // Metric.unit = 3
const DATA_POINT = 0x0a // data_points = 1 in every kind
const TEMPORALITY = 0x10 // aggregation_temporality = 2
const MONOTONIC = 0x18 // Sum.is_monotonic = 3

const KINDS: Readonly<Record<number, MetricKind | undefined>> = {
  0x2a: 'gauge', // Metric.gauge = 5
  0x3a: 'sum', // Metric.sum = 7
  0x4a: 'histogram', // Metric.histogram = 9
  0x52: 'exponential_histogram', // Metric.exponential_histogram = 10
  0x5a: 'summary', // Metric.summary = 11
}
const READERS: Readonly<Record<MetricKind, (context: MetricContext) => void>> = {
  gauge: readNumberPoint,
  sum: readNumberPoint,
  histogram: readHistogramPoint,
  exponential_histogram: readExponentialPoint,
  summary: readSummaryPoint,
}
/** By OTLP's AggregationTemporality. */
const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative']

/** Reads one Metric whose end is the reader's. Name, unit and data may come in any order, so they are found first. */
export function readMetric(context: DecodeContext, group: CachedGroup): void {
  const { reader } = context
  let name = NOWHERE
  let unit = NOWHERE
  let kind: MetricKind | undefined
  let data = NOWHERE
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    const kindHere = KINDS[tag]
    if (tag === NAME) name = rangeOf(reader)
    else if (tag === UNIT) unit = rangeOf(reader)
    else if (kindHere !== undefined) {
      if (kind !== undefined) malformed('a metric with two kinds of data')
      kind = kindHere
      data = rangeOf(reader)
    } else reader.skip(tag)
  }
  if (kind !== undefined) readData(context, { group, name, unit, kind, data })
  else {
    // Nothing to tell, but the texts of a request shall be texts.
    reader.textAt(name.from, name.to)
    reader.textAt(unit.from, unit.to)
  }
}

interface FoundMetric {
  readonly group: CachedGroup
  readonly name: Range
  readonly unit: Range
  readonly kind: MetricKind
  readonly data: Range
}

function readData(context: DecodeContext, { group, name, unit, kind, data }: FoundMetric): void {
  const { reader, cache } = context
  const { pos, end } = reader
  reader.end = data.to
  reader.pos = data.from
  const { temporality, monotonic } = readSums(reader, kind)
  // A number that OTLP does not define is none, as the absence of one: such points are refused.
  const named = TEMPORALITIES[temporality] ?? 'unspecified'
  const metric = cache.metric(reader, group, { name, unit }, { kind, temporality: named, monotonic })
  const readPoint = READERS[kind]
  const { head, points, marks } = context
  const inner = { reader, head, points, cache, metric, marks }
  reader.pos = data.from
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === DATA_POINT) {
      const outer = reader.enter()
      readPoint(inner)
      reader.leave(outer)
    } else reader.skip(tag)
  }
  reader.pos = pos
  reader.end = end
}

/** Temporality and monotonicity stand behind the points and are needed before: steps over the points, which is cheap. */
function readSums(reader: WireReader, kind: MetricKind): { readonly temporality: number; readonly monotonic: boolean } {
  let [temporality, monotonic] = [0, false]
  if (kind === 'gauge' || kind === 'summary') return { temporality, monotonic }
  reader.pos = reader.messagesEnd(DATA_POINT)
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === TEMPORALITY) {
      reader.varint()
      temporality = reader.lo
    } else if (tag === MONOTONIC && kind === 'sum') {
      reader.varint()
      monotonic = reader.lo !== 0 || reader.hi !== 0
    } else reader.skip(tag)
  }
  return { temporality, monotonic }
}
