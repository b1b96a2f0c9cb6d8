import protobuf from 'protobufjs'

/** The messages of remote write 1.0 as a second implementation reads them: https://github.com/prometheus/prometheus/blob/main/prompb/types.proto */
const PROTO = `
syntax = "proto3";
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; }
message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Histogram {
  uint64 count_int = 1; double sum = 3; sint32 schema = 4; double zero_threshold = 5; uint64 zero_count_int = 6;
  repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9;
  repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12;
  int64 timestamp = 15;
}
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3; repeated Histogram histograms = 4; }
message WriteRequest { repeated TimeSeries timeseries = 1; }
`
const { root } = protobuf.parse(PROTO, { keepCase: true })
const WriteRequestType = root.lookupType('WriteRequest')

interface Label {
  readonly name: string
  readonly value: string
}
interface Span {
  readonly offset: number
  readonly length: number
}
export interface ReadHistogram {
  readonly count_int: number
  readonly sum: number
  readonly schema: number
  readonly zero_threshold: number
  readonly zero_count_int: number
  readonly negative_spans: readonly Span[]
  readonly negative_deltas: readonly number[]
  readonly positive_spans: readonly Span[]
  readonly positive_deltas: readonly number[]
  readonly timestamp: number
}
export interface ReadSeries {
  readonly labels: readonly Label[]
  readonly samples: readonly { readonly value: number; readonly timestamp: number }[]
  readonly exemplars: readonly {
    readonly labels: readonly Label[]
    readonly value: number
    readonly timestamp: number
  }[]
  readonly histograms: readonly ReadHistogram[]
}

/** Decodes a request with protobufjs. */
export function readRequest(bytes: Uint8Array): readonly ReadSeries[] {
  const decoded = WriteRequestType.toObject(WriteRequestType.decode(bytes), {
    longs: Number,
    arrays: true,
    defaults: true,
  })
  return (decoded as { readonly timeseries: readonly ReadSeries[] }).timeseries
}

/** One line a sample, in the manner of the exposition format: what golden files hold. */
export function describeRequest(bytes: Uint8Array): string {
  return readRequest(bytes).flatMap(describeSeries).join('')
}

function describeSeries(series: ReadSeries): string[] {
  const name = textOf(series.labels)
  return [
    ...series.samples.map(({ value, timestamp }) => `${name} ${valueText(value)} ${timestamp}\n`),
    ...series.histograms.map((histogram) => `${name} ${JSON.stringify(histogram)}\n`),
    ...series.exemplars.map(({ labels, value, timestamp }) => `${name} # ${textOf(labels)} ${value} ${timestamp}\n`),
  ]
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
