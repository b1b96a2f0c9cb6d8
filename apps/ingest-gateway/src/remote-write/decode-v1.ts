import type { Attribute } from '@pegel/contracts'
import type { SeriesLabels } from '../ingest/labels.ts'
import type { RequestPoints } from '../ingest/request-points.ts'
import { WireReader } from '../wire/wire-reader.ts'
import { malformed } from './errors.ts'
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

/** Below it a length is one byte, and below this times itself two. */
const ONE_BYTE = 128

/** The labels of the TimeSeries at hand; one object for all. */
class SeriesAt implements SeriesKey {
  readonly reader: WireReader
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
  /** By where they begin: looked up for their exemplars. Those that cannot be kept must be the same when their samples come. */
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
  const context: Context = { reader, taker, cache, at: new SeriesAt(reader), known: new Map() }
  // Exemplars first: stock Prometheus sends them apart from the samples that they belong to.
  visit(reader, () => {
    if (!isPlain(reader, reader.messagesEnd(LABEL)) && hasExemplars(reader)) readExemplars(context)
  })
  visit(reader, () => readPoints(context))
  taker.end()
}

/** Every TimeSeries of the body; its end is the reader's then. */
function visit(reader: WireReader, use: () => void): void {
  const { end } = reader
  reader.pos = 0
  while (reader.pos < end) {
    const tag = reader.tag()
    if (tag !== SERIES) {
      reader.skip(tag)
      continue
    }
    const to = reader.lengthEnd()
    reader.end = to
    use()
    reader.pos = to
    reader.end = end
  }
}

/** Whether nothing but samples stands from there to the end, and at least one: as most TimeSeries have it. */
function isPlain({ view, end }: WireReader, from: number): boolean {
  let at = from
  while (at + 1 < end && view.getUint8(at) === SAMPLE) {
    const length = view.getUint8(at + 1)
    if (length >= ONE_BYTE) return false
    at += 2 + length
  }
  return at === end && at > from
}

/** Reads the points of the TimeSeries at hand. */
function readPoints(context: Context): void {
  const { reader, taker, cache, at } = context
  const { pos: from } = reader
  const to = reader.messagesEnd(LABEL)
  if (to === from || !isPlain(reader, to)) {
    readAnyPoints(context)
    return
  }
  at.from = from
  at.to = to
  const labels = cache.floats(at)
  const series = taker.hasExemplars ? (context.known.get(from) ?? cache.find(at)) : undefined
  reader.pos = to
  while (reader.pos < reader.end) {
    reader.pos += 1
    taker.sample(reader, series, labels)
  }
}

/** As readPoints(), of a TimeSeries that has anything else, or in another order. */
function readAnyPoints(context: Context): void {
  const { reader, taker, cache, known } = context
  const { pos: from } = reader
  const at = labelsAt(context)
  let series = known.get(from)
  let labels: SeriesLabels | undefined
  let empty = true
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === SAMPLE) {
      labels ??= cache.floats(at)
      if (taker.hasExemplars) series ??= cache.find(at)
      taker.sample(reader, series, labels)
      empty = false
    } else if (tag === HISTOGRAM) {
      series ??= cache.series(at)
      taker.histogram(reader, series, '', at)
      empty = false
    } else reader.skip(tag)
  }
  // Nobody asked for them, but the labels of a request shall be labels.
  if (empty) at.labels()
}

/** Where the labels of the TimeSeries at hand are. Those that do not follow each other are joined; writers put them side by side. */
function labelsAt({ reader, at }: Context): SeriesAt {
  const { pos } = reader
  let [from, to] = [pos, pos]
  const parts: Buffer[] = []
  while (reader.pos < reader.end) {
    const tagAt = reader.pos
    const tag = reader.tag()
    reader.skip(tag)
    if (tag !== LABEL) continue
    if (to === from) from = tagAt
    else if (to !== tagAt) {
      parts.push(reader.bytes.subarray(from, to))
      from = tagAt
    }
    to = reader.pos
  }
  reader.pos = pos
  if (parts.length === 0) {
    at.from = from
    at.to = to
    return at
  }
  const joined = new WireReader(Buffer.concat([...parts, reader.bytes.subarray(from, to)]), malformed)
  const elsewhere = new SeriesAt(joined)
  elsewhere.to = joined.bytes.length
  return elsewhere
}

/** The reader stays. */
function hasExemplars(reader: WireReader): boolean {
  const { pos } = reader
  let found = false
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === EXEMPLAR) found = true
    reader.skip(tag)
  }
  reader.pos = pos
  return found
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

/** Of the TimeSeries at hand. */
function readExemplars(context: Context): void {
  const { reader, taker, cache, known } = context
  const { pos: from } = reader
  const series = cache.series(labelsAt(context))
  known.set(from, series)
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
