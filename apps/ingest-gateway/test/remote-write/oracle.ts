import type { Attribute, ComplexPoint, ExponentialBuckets, SeriesIdentity } from '@pegel/contracts'
import { labelGroup, labelSeries } from '../../src/ingest/labels.ts'
import type { RefusalReason } from '../../src/ingest/refusals.ts'
import type { RequestPoints } from '../../src/ingest/request-points.ts'
import { decode } from './messages.ts'
import type { Label, Version } from './messages.ts'

/** The same meaning as the decoders', told by plain code on what protobufjs reads. Knows no stale markers: NaN bits are lost on it. */
export function decodeByLibrary(version: Version, bytes: Buffer, points: RequestPoints): void {
  const request = decode(version, bytes) as Request
  const group = labelGroup(points.limits, {
    resource: [],
    scope: { name: 'prometheus', version: '', attributes: [] },
  })
  points.group(group)
  const { symbols = [] } = request
  if (version === 'v2') checkSymbols(request)
  for (const series of request.timeseries) {
    const told = version === 'v1' ? { ...series, labels: series.labels ?? [] } : resolve(series, symbols)
    takeSeries(
      told,
      version,
      (head, problem) => {
        const made = labelSeries(points.limits, group, head, { gaugeHistograms: true })
        return problem === undefined ? made : { ...made, problem }
      },
      points,
    )
  }
}

interface Request {
  readonly symbols?: readonly string[]
  readonly timeseries: readonly Series[]
}
interface Series {
  readonly labels?: readonly Label[]
  readonly labels_refs?: readonly number[]
  readonly samples: readonly { value: number; timestamp: string; start_timestamp?: string }[]
  readonly histograms: readonly Histogram[]
  readonly exemplars: readonly Exemplar[]
  readonly metadata?: { readonly type: number; readonly unit_ref: number; readonly help_ref: number } | null
}
interface Exemplar {
  readonly labels?: readonly Label[]
  readonly labels_refs?: readonly number[]
  readonly value: number
  readonly timestamp: string
}
interface Histogram {
  readonly count?: 'count_int' | 'count_float'
  readonly count_int?: string
  readonly count_float?: number
  readonly zero_count?: 'zero_count_int' | 'zero_count_float'
  readonly zero_count_int?: string
  readonly zero_count_float?: number
  readonly sum: number
  readonly schema: number
  readonly zero_threshold: number
  readonly negative_spans: readonly Span[]
  readonly negative_deltas: readonly string[]
  readonly negative_counts: readonly number[]
  readonly positive_spans: readonly Span[]
  readonly positive_deltas: readonly string[]
  readonly positive_counts: readonly number[]
  readonly reset_hint: number
  readonly timestamp: string
  readonly custom_values: readonly number[]
  readonly start_timestamp?: string
}
interface Span {
  readonly offset: number
  readonly length: number
}
interface Told extends Omit<Series, 'labels' | 'exemplars'> {
  readonly labels: readonly Label[]
  readonly unit?: string
  readonly exemplars: readonly Exemplar[]
}

function checkSymbols({ symbols = [], timeseries }: Request): void {
  if (symbols.length > 0 ? symbols[0] !== '' : timeseries.length > 0) throw new Error('symbols')
}

function resolve(series: Series, symbols: readonly string[]): Told {
  const text = (ref: number): string => symbols[ref] ?? fail('reference')
  const pairs = (refs: readonly number[]): Label[] => {
    if (refs.length % 2 !== 0) fail('odd')
    return refs.flatMap((ref, index) =>
      index % 2 === 0 ? [{ name: text(ref), value: text(refs[index + 1] ?? 0) }] : [],
    )
  }
  const { metadata, exemplars } = series
  text(metadata?.help_ref ?? 0)
  return {
    ...series,
    labels: pairs(series.labels_refs ?? []),
    exemplars: exemplars.map((exemplar) => ({ ...exemplar, labels: pairs(exemplar.labels_refs ?? []) })),
    unit: text(metadata?.unit_ref ?? 0),
  }
}

type MakeLabels = (head: SeriesIdentity, problem: RefusalReason | undefined) => Parameters<RequestPoints['series']>[0]

function takeSeries(told: Told, version: Version, make: MakeLabels, points: RequestPoints): void {
  const { samples, histograms, exemplars, metadata, unit = '' } = told
  const count = samples.length + histograms.length
  if (version === 'v2' && samples.length > 0 && histograms.length > 0) {
    points.refuse('samples_and_histograms', count)
    return
  }
  if (count === 0) {
    if (version === 'v2' && exemplars.length === 0) points.refuse('series_empty')
    return
  }
  const { name, attributes, problem } = judged(told.labels)
  const labels = (kind: Kind) => make({ name, attributes, unit, ...kind }, problem)
  const hangOn = (taken: boolean) => {
    if (taken && !hung) hang(exemplars, points)
    hung ||= taken
  }
  let hung = false
  for (const { value, timestamp, start_timestamp = '0' } of samples) {
    points.series(labels(numberKind(metadata?.type ?? 0, name)), Number(version === 'v1' ? 0 : start_timestamp), 0)
    hangOn(points.number(Number(timestamp), 0, value, 0))
  }
  for (const histogram of histograms) {
    const point = pointOf(histogram)
    points.series(labels(histogramKind(histogram)), Number(version === 'v1' ? 0 : (histogram.start_timestamp ?? 0)), 0)
    hangOn(typeof point === 'string' ? points.refuse(point) : points.complex(Number(histogram.timestamp), 0, point, 0))
  }
}

type Kind = Pick<SeriesIdentity, 'kind' | 'temporality' | 'monotonic'>

function numberKind(type: number, name: string): Kind {
  const counts =
    (type === 1 && !name.endsWith('_created')) ||
    ((type === 3 || type === 5) && ['_bucket', '_count', '_sum'].some((end) => name.endsWith(end)))
  return counts
    ? { kind: 'sum', temporality: 'cumulative', monotonic: true }
    : { kind: 'gauge', temporality: 'unspecified', monotonic: false }
}

function histogramKind({ schema, reset_hint }: Histogram): Kind {
  const temporality = reset_hint === 3 ? 'unspecified' : 'cumulative'
  return { kind: schema === -53 ? 'histogram' : 'exponential_histogram', temporality, monotonic: false }
}

function judged(labels: readonly Label[]): {
  name: string
  attributes: Attribute[]
  problem: RefusalReason | undefined
} {
  const names = labels.map(({ name }) => name)
  const repeated = names.findIndex((name, index) => names.indexOf(name) !== index)
  const unnamed = names.indexOf('')
  const problem =
    repeated !== -1 && (unnamed === -1 || repeated < unnamed)
      ? 'label_repeated'
      : unnamed !== -1
        ? 'label_name_missing'
        : undefined
  return {
    name: labels.findLast(({ name }) => name === '__name__')?.value ?? '',
    attributes: labels
      .filter(({ name, value }) => name !== '__name__' && value !== '')
      .map(({ name, value }) => ({ key: name, value })),
    problem,
  }
}

function pointOf(histogram: Histogram): ComplexPoint | RefusalReason {
  const { schema, sum, custom_values: bounds, zero_threshold: zeroThreshold } = histogram
  const isFloat = histogram.count === 'count_float'
  if (schema !== -53 && (schema < -4 || schema > 8)) return 'histogram_schema'
  const count = isFloat ? (histogram.count_float ?? 0) : Number(histogram.count_int ?? 0)
  const zeroCount =
    histogram.zero_count === 'zero_count_float'
      ? (histogram.zero_count_float ?? 0)
      : Number(histogram.zero_count_int ?? 0)
  const positive = buckets(
    histogram.positive_spans,
    isFloat ? histogram.positive_counts : running(histogram.positive_deltas),
  )
  if (typeof positive === 'string') return positive
  if (schema === -53) {
    if (bounds.length >= 10_000) return 'too_many_buckets'
    const { offset, counts } = positive
    if (offset < 0 || offset + counts.length > bounds.length + 1) return 'counts_inconsistent'
    const problem = total(count, sum, isFloat, add(counts))
    if (problem !== undefined) return problem
    const all = Array.from({ length: bounds.length + 1 }, (_, index) => counts[index - offset] ?? 0)
    return { kind: 'histogram', count, sum, min: null, max: null, bounds, counts: all }
  }
  const negative = buckets(
    histogram.negative_spans,
    isFloat ? histogram.negative_counts : running(histogram.negative_deltas),
  )
  if (typeof negative === 'string') return negative
  const problem = total(count, sum, isFloat, zeroCount + add(positive.counts) + add(negative.counts))
  if (problem !== undefined) return problem
  if (!(zeroCount >= 0)) return 'value_out_of_range'
  const moved = ({ offset, counts }: ExponentialBuckets) => ({ offset: offset - 1, counts })
  return {
    kind: 'exponential_histogram',
    count,
    sum,
    min: null,
    max: null,
    scale: schema,
    zeroCount,
    zeroThreshold,
    positive: moved(positive),
    negative: moved(negative),
  }
}

const add = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

function total(count: number, sum: number, isFloat: boolean, inside: number): RefusalReason | undefined {
  if (!(count >= 0 && count < Infinity)) return 'value_out_of_range'
  if (isFloat || (Number.isNaN(sum) ? inside <= count : inside === count)) return undefined
  return 'counts_inconsistent'
}

function running(deltas: readonly string[]): number[] {
  let sum = 0
  return deltas.map((delta) => (sum += Number(delta)))
}

function buckets(spans: readonly Span[], values: readonly number[]): ExponentialBuckets | RefusalReason {
  const counts: number[] = []
  let next = 0
  for (const [index, { offset, length }] of spans.entries()) {
    const gap = index === 0 ? 0 : offset
    if (gap < 0) return 'counts_inconsistent'
    if (counts.length + gap + length > 10_000) return 'too_many_buckets'
    counts.push(...new Array<number>(gap).fill(0))
    for (let bucket = 0; bucket < length; bucket++) counts.push(values[next++] ?? NaN)
  }
  if (next !== values.length) return 'counts_inconsistent'
  return counts.some((count) => !(count >= 0)) ? 'value_out_of_range' : { offset: spans[0]?.offset ?? 0, counts }
}

function hang(exemplars: readonly Exemplar[], points: RequestPoints): void {
  for (const { labels = [], value, timestamp } of exemplars) {
    if (timestamp === '0') continue
    const texts = new Map(labels.filter((label) => label.value !== '').map((label) => [label.name, label.value]))
    const ids = { trace_id: 32, span_id: 16 }
    const [traceId = '', spanId = ''] = Object.entries(ids).map(([name, digits]) => {
      const text = texts.get(name) ?? ''
      if (text.length !== digits || /[^0-9a-f]/.test(text)) return ''
      texts.delete(name)
      return text
    })
    const attributes = [...texts].map(([key, text]) => ({ key, value: text }))
    points.exemplar({ timeMs: Number(timestamp), timeNs: 0, value, traceId, spanId, attributes })
  }
}

function fail(problem: string): never {
  throw new Error(problem)
}
