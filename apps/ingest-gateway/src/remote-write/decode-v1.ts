import type { Attribute } from '@pegel/contracts'
import type { SeriesLabels } from '../ingest/labels.ts'
import type { RequestPoints } from '../ingest/request-points.ts'
import { WireReader } from '../wire/wire-reader.ts'
import { malformed } from './errors.ts'
import { UNKNOWN_TYPE } from './forms.ts'
import { labelSet } from './label-set.ts'
import type { LabelSet } from './label-set.ts'
import type { RemoteSeries } from './remote-series.ts'
import { SeriesTaker } from './series-taker.ts'
import type { SeriesKey, WriteCache } from './write-cache.ts'
import type { Written } from './written.ts'

const SERIES = 0x0a // WriteRequest.timeseries = 1
const LABEL = 0x0a // TimeSeries.labels = 1, Exemplar.labels = 1
const SAMPLE = 0x12 // TimeSeries.samples = 2
const EXEMPLAR = 0x1a // TimeSeries.exemplars = 3
const HISTOGRAM = 0x22 // TimeSeries.histograms = 4
const NAME = 0x0a // Label.name = 1
const VALUE = 0x12 // Label.value = 2
const EXEMPLAR_VALUE = 0x11 // Exemplar.value = 2
const EXEMPLAR_TIME = 0x18 // Exemplar.timestamp = 3

/** Numbers in `found` per TimeSeries: its range, that of its labels (tags included), and whether it has exemplars. */
const STRIDE = 5

/** The TimeSeries at hand; one object for all. */
class SeriesAt implements SeriesKey {
  reader: WireReader
  from = 0
  to = 0
  readonly lasting = true

  constructor(reader: WireReader) {
    this.reader = reader
  }

  labels(): LabelSet {
    return readLabels(this.reader, this.from, this.to)
  }
}

/** What the decoding of a body goes through with. */
interface Context {
  readonly reader: WireReader
  readonly taker: SeriesTaker
  readonly cache: WriteCache
  readonly at: SeriesAt
  readonly found: readonly number[]
  /** Labels that do not follow each other, joined, by their series' place in `found`. Writers put them side by side. */
  readonly scattered: ReadonlyMap<number, WireReader>
  /** Looked up for their exemplars: those that cannot be kept must be the same when their samples come. */
  readonly known: Map<number, RemoteSeries>
}

/**
 * Decodes a prometheus.WriteRequest (remote write 1.0, with Prometheus' fields for exemplars and native histograms) straight into encoded
 * points. Metadata is stepped over: it comes now and then and in requests of its own, so a series' kind cannot depend on it.
 * @throws remote_write.malformed; the points told before must then be forgotten
 */
export function decodeWriteRequest(body: Buffer, points: RequestPoints, cache: WriteCache, written: Written): void {
  const reader = new WireReader(body, malformed)
  const taker = new SeriesTaker({ points, cache, written, hasStarts: false })
  const found: number[] = []
  const scattered = new Map<number, WireReader>()
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === SERIES) locate(reader, found, scattered)
    else reader.skip(tag)
  }
  const { end } = reader
  const known = new Map<number, RemoteSeries>()
  const context: Context = { reader, taker, cache, at: new SeriesAt(reader), found, scattered, known }
  // Exemplars first: stock Prometheus sends them apart from the samples that they belong to.
  for (let place = 0; place < found.length; place += STRIDE) if (found[place + 4] === 1) readExemplars(context, place)
  for (let place = 0; place < found.length; place += STRIDE) readPoints(context, place)
  reader.end = end
  taker.end()
}

/** Steps over a TimeSeries, its length first, and notes where its labels are. */
function locate(reader: WireReader, found: number[], scattered: Map<number, WireReader>): void {
  const outer = reader.enter()
  const { pos: from, end: to } = reader
  let [labelsFrom, labelsTo, exemplars] = [from, from, 0]
  let parts: Buffer[] | undefined
  while (reader.pos < to) {
    const tagAt = reader.pos
    const tag = reader.tag()
    reader.skip(tag)
    if (tag === EXEMPLAR) exemplars = 1
    if (tag !== LABEL) continue
    if (labelsTo === labelsFrom) labelsFrom = tagAt
    else if (labelsTo !== tagAt) {
      parts = [...(parts ?? []), reader.bytes.subarray(labelsFrom, labelsTo)]
      labelsFrom = tagAt
    }
    labelsTo = reader.pos
  }
  reader.leave(outer)
  if (parts !== undefined) {
    const joined = Buffer.concat([...parts, reader.bytes.subarray(labelsFrom, labelsTo)])
    scattered.set(found.length, new WireReader(joined, malformed))
  }
  found.push(from, to, labelsFrom, labelsTo, exemplars)
}

/** Looks the series at a place up; `at` is then its key. */
function seriesAt({ reader, cache, at, found, scattered, known }: Context, place: number): RemoteSeries {
  const joined = scattered.size === 0 ? undefined : scattered.get(place)
  at.reader = joined ?? reader
  at.from = joined === undefined ? (found[place + 2] ?? 0) : 0
  at.to = joined === undefined ? (found[place + 3] ?? 0) : joined.bytes.length
  return (known.size === 0 ? undefined : known.get(place)) ?? cache.series(at)
}

function readPoints(context: Context, place: number): void {
  const { reader, taker, cache, at, found, scattered } = context
  const from = found[place] ?? 0
  const labelsFirst = found[place + 2] === from && !(scattered.size > 0 && scattered.has(place))
  reader.pos = labelsFirst ? (found[place + 3] ?? 0) : from
  reader.end = found[place + 1] ?? 0
  const series = seriesAt(context, place)
  let labels: SeriesLabels | undefined
  let empty = true
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === SAMPLE) {
      labels ??= cache.labels(series, UNKNOWN_TYPE, '', at)
      taker.sample(reader, series, labels)
      empty = false
    } else if (tag === HISTOGRAM) {
      taker.histogram(reader, series, '', at)
      empty = false
    } else reader.skip(tag)
  }
  // Nobody asked for them, but the labels of a request shall be labels.
  if (empty) at.labels()
}

/** A range that holds nothing but Labels of one field. */
function readLabels(reader: WireReader, from: number, to: number): LabelSet {
  const { pos, end } = reader
  reader.pos = from
  reader.end = to
  const pairs: Attribute[] = []
  while (reader.pos < reader.end) {
    reader.tag()
    pairs.push(readLabel(reader))
  }
  reader.pos = pos
  reader.end = end
  return labelSet(pairs)
}

function readLabel(reader: WireReader): Attribute {
  const outer = reader.enter()
  let [key, value] = ['', '']
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === NAME) key = reader.string()
    else if (tag === VALUE) value = reader.string()
    else reader.skip(tag)
  }
  reader.leave(outer)
  return { key, value }
}

function readExemplars(context: Context, place: number): void {
  const { reader, taker, found, known } = context
  const series = seriesAt(context, place)
  known.set(place, series)
  reader.pos = found[place] ?? 0
  reader.end = found[place + 1] ?? 0
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag !== EXEMPLAR) {
      reader.skip(tag)
      continue
    }
    const outer = reader.enter()
    const labels: Attribute[] = []
    let [value, timeMs] = [0, 0]
    while (reader.pos < reader.end) {
      const field = reader.tag()
      if (field === LABEL) labels.push(readLabel(reader))
      else if (field === EXEMPLAR_VALUE) value = reader.double()
      else if (field === EXEMPLAR_TIME) {
        reader.varint()
        timeMs = reader.signed()
      } else reader.skip(field)
    }
    reader.leave(outer)
    taker.exemplar(series, { labels, value, timeMs })
  }
}
