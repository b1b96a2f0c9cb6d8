import type { RequestPoints } from '../ingest/request-points.ts'
import { WireReader } from '../wire/wire-reader.ts'
import { malformed } from './errors.ts'
import { formOfType } from './forms.ts'
import { readHistogram } from './histogram-message.ts'
import { MetadataFields } from './metadata.ts'
import type { RemoteSeries } from './remote-series.ts'
import { SampleFields } from './sample.ts'
import { SeriesTaker } from './series-taker.ts'
import { readSymbols, Refs } from './symbols.ts'
import type { WriteCache } from './write-cache.ts'
import type { Written } from './written.ts'

const SYMBOL = 0x22 // Request.symbols = 4
const SERIES = 0x2a // Request.timeseries = 5
const LABELS = 0x0a // TimeSeries.labels_refs = 1, Exemplar.labels_refs = 1; packed
const LABEL = 0x08 // the same, not packed
const SAMPLE = 0x12 // TimeSeries.samples = 2
const HISTOGRAM = 0x1a // TimeSeries.histograms = 3
const EXEMPLAR = 0x22 // TimeSeries.exemplars = 4
const METADATA = 0x2a // TimeSeries.metadata = 5
const EXEMPLAR_VALUE = 0x11 // Exemplar.value = 2
const EXEMPLAR_TIME = 0x18 // Exemplar.timestamp = 3

interface Context {
  readonly reader: WireReader
  readonly cache: WriteCache
  readonly taker: SeriesTaker
  readonly refs: Refs
  readonly exemplarRefs: Refs
  readonly metadata: MetadataFields
  /** Where the samples and histograms of the TimeSeries at hand stand: their lengths. */
  readonly samples: number[]
  readonly histograms: number[]
}

/**
 * Decodes an io.prometheus.write.v2.Request (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/) straight into encoded points.
 * @throws remote_write.malformed; the points told before must then be forgotten
 */
export function decodeWriteRequest2(body: Buffer, points: RequestPoints, cache: WriteCache, written: Written): void {
  const reader = new WireReader(body, malformed)
  const symbolsAt: number[] = []
  const seriesAt: number[] = []
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag !== SYMBOL && tag !== SERIES) {
      reader.skip(tag)
      continue
    }
    const to = reader.lengthEnd()
    const ranges = tag === SYMBOL ? symbolsAt : seriesAt
    ranges.push(reader.pos, to)
    reader.pos = to
  }
  if (symbolsAt.length === 0 && seriesAt.length > 0) malformed('it has no symbols')
  const symbols = readSymbols(reader, symbolsAt, cache)
  const taker = new SeriesTaker({ points, cache, written, hasStarts: true })
  const [refs, exemplarRefs] = [new Refs(symbols), new Refs(symbols)]
  const parts = { metadata: new MetadataFields(), samples: [], histograms: [] }
  const context: Context = { reader, cache, taker, refs, exemplarRefs, ...parts }
  // Exemplars first: stock Prometheus sends them apart from the samples that they belong to.
  visit(seriesAt, reader, () => readExemplars(context))
  visit(seriesAt, reader, () => readSeries(context))
  taker.end()
}

function visit(ranges: readonly number[], reader: WireReader, read: () => void): void {
  for (let index = 0; index < ranges.length; index += 2) {
    reader.pos = ranges[index] ?? 0
    reader.end = ranges[index + 1] ?? 0
    read()
  }
}

/** Metadata stands behind the samples and says what they are, so a TimeSeries is stepped through before it is read. */
function survey({ reader, refs, metadata, samples, histograms }: Context): number {
  let exemplars = 0
  refs.reset()
  metadata.reset()
  samples.length = 0
  histograms.length = 0
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === LABELS) refs.readPacked(reader)
    else if (tag === LABEL) refs.readOne(reader)
    else if (tag === METADATA) metadata.read(reader)
    else {
      if (tag === SAMPLE) samples.push(reader.pos)
      else if (tag === HISTOGRAM) histograms.push(reader.pos)
      else if (tag === EXEMPLAR) exemplars += 1
      reader.skip(tag)
    }
  }
  refs.end()
  refs.check(metadata.unitRef)
  refs.check(metadata.helpRef)
  return exemplars
}

function readSeries(context: Context): void {
  const { reader, cache, taker, refs, metadata, samples, histograms } = context
  const exemplars = survey(context)
  if (samples.length > 0 && histograms.length > 0) {
    refuseBoth(context)
    return
  }
  if (samples.length + histograms.length === 0) {
    if (exemplars === 0) taker.refuse('series_empty')
    return
  }
  const series = cache.series(refs.key())
  const unit = refs.text(metadata.unitRef)
  if (samples.length > 0) {
    const labels = cache.labels(series, formOfType(metadata.type), unit, refs)
    for (const at of samples) {
      reader.pos = at
      taker.sample(reader, series, labels)
    }
  }
  for (const at of histograms) {
    reader.pos = at
    taker.histogram(reader, series, unit, refs)
  }
}

/** Nobody asks for their contents, but the elements of a request shall be well-formed. */
function refuseBoth({ reader, taker, samples, histograms }: Context): void {
  const sample = new SampleFields()
  for (const at of samples) {
    reader.pos = at
    sample.read(reader)
  }
  for (const at of histograms) {
    reader.pos = at
    readHistogram(reader)
  }
  taker.refuse('samples_and_histograms', samples.length + histograms.length)
}

function readExemplars(context: Context): void {
  const { reader, refs, cache } = context
  const { pos } = reader
  let found = false
  refs.reset()
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === EXEMPLAR) found = true
    reader.skip(tag)
  }
  if (!found) return
  reader.pos = pos
  const at: number[] = []
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === LABELS) refs.readPacked(reader)
    else if (tag === LABEL) refs.readOne(reader)
    else {
      if (tag === EXEMPLAR) at.push(reader.pos)
      reader.skip(tag)
    }
  }
  const series = cache.series(refs.key())
  for (const start of at) {
    reader.pos = start
    readExemplar(context, series)
  }
}

function readExemplar({ reader, taker, exemplarRefs }: Context, series: RemoteSeries): void {
  const outer = reader.enter()
  exemplarRefs.reset()
  let [value, timeMs] = [0, 0]
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === LABELS) exemplarRefs.readPacked(reader)
    else if (tag === LABEL) exemplarRefs.readOne(reader)
    else if (tag === EXEMPLAR_VALUE) value = reader.double()
    else if (tag === EXEMPLAR_TIME) {
      reader.varint()
      timeMs = reader.signed()
    } else reader.skip(tag)
  }
  reader.leave(outer)
  exemplarRefs.end()
  taker.exemplar(series, { labels: exemplarRefs.pairs(), value, timeMs })
}
