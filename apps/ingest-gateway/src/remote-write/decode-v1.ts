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
import type { TakenSeries } from './series-taker.ts'
import type { WriteCache } from './write-cache.ts'
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

/** Where a TimeSeries stands, and its labels in it. */
interface SeriesAt {
  readonly from: number
  readonly to: number
  /** Of the labels, tags included. In a body of their own when they do not follow each other. */
  readonly labels: WireReader
  readonly labelsFrom: number
  readonly labelsTo: number
  readonly exemplars: boolean
  /** Looked up once. */
  series: RemoteSeries | null
}

/**
 * Decodes a prometheus.WriteRequest (remote write 1.0, with Prometheus' fields for exemplars and native histograms) straight into encoded
 * points. Metadata is stepped over: it comes now and then and in requests of its own, so a series' kind cannot depend on it.
 * @throws remote_write.malformed; the points told before must then be forgotten
 */
export function decodeWriteRequest(body: Buffer, points: RequestPoints, cache: WriteCache, written: Written): void {
  const reader = new WireReader(body, malformed)
  const taker = new SeriesTaker(points, cache, written)
  const found: SeriesAt[] = []
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === SERIES) found.push(locate(reader))
    else reader.skip(tag)
  }
  // Exemplars first: stock Prometheus sends them apart from the samples that they belong to.
  for (const at of found) if (at.exemplars) readExemplars(reader, at, { taker, series: seriesOf(cache, at) })
  for (const at of found) readPoints(reader, at, { taker, cache })
  taker.end()
}

/** Steps over a TimeSeries, its length first, and notes where its labels are. */
function locate(reader: WireReader): SeriesAt {
  const to = reader.lengthEnd()
  const from = reader.pos
  const outer = reader.end
  reader.end = to
  let [labelsFrom, labelsTo] = [from, from]
  let exemplars = false
  let scattered: Buffer[] | undefined
  while (reader.pos < to) {
    const tagAt = reader.pos
    const tag = reader.tag()
    reader.skip(tag)
    if (tag === EXEMPLAR) exemplars = true
    if (tag !== LABEL) continue
    if (labelsTo === labelsFrom) labelsFrom = tagAt
    else if (labelsTo !== tagAt) {
      scattered = [...(scattered ?? []), reader.bytes.subarray(labelsFrom, labelsTo)]
      labelsFrom = tagAt
    }
    labelsTo = reader.pos
  }
  reader.end = outer
  if (scattered === undefined) return { from, to, labels: reader, labelsFrom, labelsTo, exemplars, series: null }
  const joined = Buffer.concat([...scattered, reader.bytes.subarray(labelsFrom, labelsTo)])
  return {
    from,
    to,
    labels: new WireReader(joined, malformed),
    labelsFrom: 0,
    labelsTo: joined.length,
    exemplars,
    series: null,
  }
}

function seriesOf(cache: WriteCache, at: SeriesAt): RemoteSeries {
  at.series ??= cache.series({ reader: at.labels, from: at.labelsFrom, to: at.labelsTo, lasting: true })
  return at.series
}

interface PointsContext {
  readonly taker: SeriesTaker
  readonly cache: WriteCache
}

function readPoints(reader: WireReader, at: SeriesAt, { taker, cache }: PointsContext): void {
  reader.pos = at.labels === reader && at.labelsFrom === at.from ? at.labelsTo : at.from
  reader.end = at.to
  const series = seriesOf(cache, at)
  const from: TakenSeries = { series, unit: '', read: () => readLabels(at) }
  let labels: SeriesLabels | undefined
  let empty = true
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === SAMPLE) {
      labels ??= taker.labels(from, UNKNOWN_TYPE)
      taker.sample(reader, series, labels)
      empty = false
    } else if (tag === HISTOGRAM) {
      taker.histogram(reader, from)
      empty = false
    } else reader.skip(tag)
  }
  // Nobody asked for them, but the labels of a request shall be labels.
  if (empty) readLabels(at)
}

/** A range that holds nothing but Labels of one field. */
function readLabels({ labels: reader, labelsFrom, labelsTo }: SeriesAt): LabelSet {
  const { pos, end } = reader
  reader.pos = labelsFrom
  reader.end = labelsTo
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

interface ExemplarContext {
  readonly taker: SeriesTaker
  readonly series: RemoteSeries
}

function readExemplars(reader: WireReader, { from, to }: SeriesAt, { taker, series }: ExemplarContext): void {
  reader.pos = from
  reader.end = to
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
