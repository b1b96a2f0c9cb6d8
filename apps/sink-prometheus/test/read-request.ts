import protobuf from 'protobufjs'

/** The messages as a second implementation reads them, from Prometheus' own definitions. */
const root = new protobuf.Root()
root.resolvePath = (_origin, target) => `apps/ingest-gateway/test/proto/${target}`
root.loadSync(['prometheus/remote.proto', 'prometheus/write_v2.proto'], { keepCase: true })
const MESSAGES = {
  '1.0': root.lookupType('prometheus.WriteRequest'),
  '2.0': root.lookupType('io.prometheus.write.v2.Request'),
}
type Version = keyof typeof MESSAGES

interface Label {
  readonly name: string
  readonly value: string
}
interface Span {
  readonly offset: number
  readonly length: number
}
export interface ReadHistogram {
  readonly count_int?: number
  readonly count_float?: number
  readonly sum: number
  readonly schema: number
  readonly zero_threshold: number
  readonly zero_count_int?: number
  readonly zero_count_float?: number
  readonly negative_spans: readonly Span[]
  readonly negative_deltas: readonly number[]
  readonly negative_counts: readonly number[]
  readonly positive_spans: readonly Span[]
  readonly positive_deltas: readonly number[]
  readonly positive_counts: readonly number[]
  readonly reset_hint: number
  readonly timestamp: number
  readonly custom_values: readonly number[]
  readonly start_timestamp?: number
}
export interface ReadSeries {
  readonly labels: readonly Label[]
  readonly samples: readonly { readonly value: number; readonly timestamp: number; readonly start_timestamp?: number }[]
  readonly exemplars: readonly {
    readonly labels: readonly Label[]
    readonly value: number
    readonly timestamp: number
  }[]
  readonly histograms: readonly ReadHistogram[]
  /** Of 2.0. */
  readonly metadata?: { readonly type: number; readonly unit: string }
}

interface Refs {
  readonly labels_refs: readonly number[]
}
interface Series2 extends Omit<ReadSeries, 'labels' | 'exemplars' | 'metadata'>, Refs {
  readonly exemplars: readonly (Omit<ReadSeries['exemplars'][number], 'labels'> & Refs)[]
  readonly metadata: { readonly type: number; readonly unit_ref: number } | null
}

/** Decodes a request with protobufjs, and of 2.0 holds it against what the specification demands of senders. */
export function readRequest(bytes: Uint8Array, version: Version = '1.0'): readonly ReadSeries[] {
  const message = MESSAGES[version]
  const decoded = message.toObject(message.decode(bytes), {
    longs: Number,
    enums: Number,
    arrays: true,
    defaults: true,
  })
  if (version === '1.0') return (decoded as { readonly timeseries: readonly ReadSeries[] }).timeseries
  const { symbols, timeseries } = decoded as {
    readonly symbols: readonly string[]
    readonly timeseries: readonly Series2[]
  }
  must(symbols[0] === '', 'the first symbol is the empty text')
  must(new Set(symbols).size === symbols.length, 'symbols are deduplicated')
  return timeseries.map((series) => resolved(series, symbols))
}

function resolved({ labels_refs, exemplars, metadata, ...rest }: Series2, symbols: readonly string[]): ReadSeries {
  const text = (ref: number): string => symbols[ref] ?? must(false, 'references point into the symbols')
  const labelsOf = (refs: readonly number[]): Label[] =>
    refs.flatMap((ref, index) => (index % 2 === 0 ? [{ name: text(ref), value: text(refs[index + 1] ?? -1) }] : []))
  const labels = labelsOf(labels_refs)
  const names = labels.map(({ name }) => name)
  must(rest.samples.length === 0 || rest.histograms.length === 0, 'a TimeSeries has samples or histograms')
  must(rest.samples.length + rest.histograms.length > 0, 'a TimeSeries has a sample or a histogram')
  must(
    names.every(
      (name, index) => index === 0 || Buffer.compare(Buffer.from(names[index - 1] ?? ''), Buffer.from(name)) < 0,
    ),
    'label names are sorted, and none comes twice',
  )
  must(
    labels.every(({ name, value }) => name !== '' && value !== ''),
    'no label is empty',
  )
  for (const list of [rest.samples, rest.histograms]) {
    const times = list.map(({ timestamp }) => timestamp)
    must(
      times.every((time, index) => index === 0 || time > (times[index - 1] ?? time)),
      'samples are in time order',
    )
  }
  return {
    labels,
    ...rest,
    exemplars: exemplars.map(({ labels_refs: refs, ...exemplar }) => ({ ...exemplar, labels: labelsOf(refs) })),
    metadata: { type: metadata?.type ?? 0, unit: text(metadata?.unit_ref ?? 0) },
  }
}

function must(holds: boolean, rule: string): never {
  if (!holds) throw new Error(`remote write 2.0: ${rule}`)
  return undefined as never
}

/** One line a sample, in the manner of the exposition format: what golden files hold. */
export function describeRequest(bytes: Uint8Array, version: Version = '1.0'): string {
  return readRequest(bytes, version).flatMap(describeSeries).join('')
}

function describeSeries(series: ReadSeries): string[] {
  const name = textOf(series.labels)
  return [
    ...series.samples.map(({ value, timestamp }) => `${name} ${valueText(value)} ${timestamp}\n`),
    ...series.histograms.map((histogram) => `${name} ${JSON.stringify(histogram, whatIsSet)}\n`),
    ...series.exemplars.map(({ labels, value, timestamp }) => `${name} # ${textOf(labels)} ${value} ${timestamp}\n`),
  ]
}

/** Leaves fields out that are as they would be if they were not sent. */
function whatIsSet(key: string, value: unknown): unknown {
  if (/^\d+$/.test(key)) return value
  return value === 0 || (Array.isArray(value) && value.length === 0) ? undefined : value
}

function textOf(labels: readonly Label[]): string {
  const name = labels.find((label) => label.name === '__name__')?.value ?? ''
  const others = labels.filter((label) => label.name !== '__name__')
  return `${name}{${others.map((label) => `${label.name}="${label.value}"`).join(',')}}`
}

function valueText(value: number): string {
  return Number.isNaN(value) ? (isStale(value) ? 'stale' : 'NaN') : String(value)
}

/** protobufjs keeps a NaN's bits as the engine does, which here it does. */
function isStale(value: number): boolean {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return view.getBigUint64(0) === 0x7ff0000000000002n
}
