import { NO_RECORDED_VALUE, type Attribute } from '@pegel/contracts'
import protobuf from 'protobufjs'
import type { DecodedPoint, Instant, MetricHead, PointProblem, PointSink } from '../../src/otlp/index.ts'

/** The official .proto files, read by a general-purpose library: what the hand-written decoders must agree with. */
const root = new protobuf.Root()
root.resolvePath = (_origin, target) => `libs/contracts/proto/${target}`
root.loadSync('opentelemetry/proto/collector/metrics/v1/metrics_service.proto')

/** Fields that a decoder steps over unread: the library shall not judge their contents either. */
const UNREAD: Readonly<Record<string, readonly string[]>> = {
  'metrics.v1.ResourceMetrics': ['schemaUrl'],
  'metrics.v1.ScopeMetrics': ['schemaUrl'],
  'metrics.v1.Metric': ['description', 'metadata'],
  'common.v1.InstrumentationScope': ['droppedAttributesCount'],
  'resource.v1.Resource': ['droppedAttributesCount', 'entityRefs'],
}
for (const [name, fields] of Object.entries(UNREAD)) {
  const type = root.lookupType(`opentelemetry.proto.${name}`)
  for (const field of fields) type.remove(type.get(field) ?? missing(name, field))
}

function missing(name: string, field: string): never {
  throw new Error(`${name} has no field ${field}`)
}

const Request = root.lookupType('opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest')

export type Told =
  | { readonly group: Parameters<PointSink['group']>[0] }
  | { readonly metric: MetricHead; readonly point: DecodedPoint }
  | { readonly refused: PointProblem }

export function encodeRequest(request: object): Buffer {
  return Buffer.from(Request.encode(Request.fromObject(request)).finish())
}

/** What a decoder told its sink; groups without points are left out, since a decoder may or may not mention them. */
export function record(decode: (sink: PointSink) => void): readonly Told[] {
  const told: Told[] = []
  decode({
    isFull: false,
    group: (group) => told.push({ group }),
    point: (metric, point) => told.push({ metric, point }),
    refuse: (problem) => told.push({ refused: problem }),
  })
  return told.filter(
    (each, index) => !('group' in each) || (told[index + 1] !== undefined && !('group' in (told[index + 1] ?? each))),
  )
}

type Fields = Readonly<Record<string, unknown>>
const list = (fields: Fields, name: string): readonly Fields[] => (fields[name] as Fields[] | undefined) ?? []
const text = (fields: Fields, name: string): string => (fields[name] as string | undefined) ?? ''
const number = (fields: Fields, name: string): number => Number(fields[name] ?? 0)
const numbers = (fields: Fields, name: string): number[] =>
  ((fields[name] as (string | number)[] | undefined) ?? []).map(Number)
const optional = (fields: Fields, name: string): number | null =>
  fields[name] === undefined ? null : Number(fields[name])
const hex = (fields: Fields, name: string): string => Buffer.from(text(fields, name), 'base64').toString('hex')

/** As protobufjs decodes the bytes, in the sink's terms. Throws when protobufjs does. */
export function decodeByLibrary(bytes: Buffer): readonly Told[] {
  const request = Request.toObject(Request.decode(bytes), { longs: String, bytes: String, enums: Number }) as Fields
  return record((sink) => walk(request, sink))
}

function walk(request: Fields, sink: PointSink): void {
  for (const resourceMetrics of list(request, 'resourceMetrics')) {
    const resource = attributes((resourceMetrics.resource as Fields | undefined) ?? {}, 'attributes')
    for (const scopeMetrics of list(resourceMetrics, 'scopeMetrics')) {
      const scope = (scopeMetrics.scope as Fields | undefined) ?? {}
      sink.group({
        resource,
        scope: {
          name: text(scope, 'name'),
          version: text(scope, 'version'),
          attributes: attributes(scope, 'attributes'),
        },
      })
      for (const metric of list(scopeMetrics, 'metrics')) walkMetric(metric, sink)
    }
  }
}

const KINDS = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
] as const

function walkMetric(metric: Fields, sink: PointSink): void {
  for (const [field, kind] of KINDS) {
    const data = metric[field] as Fields | undefined
    if (data === undefined) continue
    const hasTemporality = kind !== 'gauge' && kind !== 'summary'
    const temporality =
      (['unspecified', 'delta', 'cumulative'] as const)[hasTemporality ? number(data, 'aggregationTemporality') : 0] ??
      'unspecified'
    const head = {
      name: text(metric, 'name'),
      unit: text(metric, 'unit'),
      kind,
      temporality,
      monotonic: kind === 'sum' && data.isMonotonic === true,
    }
    for (const point of list(data, 'dataPoints')) {
      const value = valueOf(point, kind)
      const flags = number(point, 'flags')
      if (hasTemporality && temporality === 'unspecified') sink.refuse('temporality_missing', 1)
      else if (value === undefined && (flags & NO_RECORDED_VALUE) === 0) sink.refuse('value_missing', 1)
      else if (!consistent(value)) sink.refuse('counts_inconsistent', 1)
      else {
        sink.point(head, {
          attributes: attributes(point, 'attributes'),
          start: instant(point, 'startTimeUnixNano'),
          time: instant(point, 'timeUnixNano'),
          flags,
          value: value ?? Number.NaN,
          exemplars: kind === 'summary' ? [] : list(point, 'exemplars').map(exemplar),
        })
      }
    }
  }
}

function valueOf(point: Fields, kind: (typeof KINDS)[number][1]): DecodedPoint['value'] | undefined {
  const shared = {
    count: number(point, 'count'),
    sum: optional(point, 'sum'),
    min: optional(point, 'min'),
    max: optional(point, 'max'),
  }
  if (kind === 'gauge' || kind === 'sum') return numberOf(point)
  if (kind === 'histogram')
    return { kind, ...shared, bounds: numbers(point, 'explicitBounds'), counts: numbers(point, 'bucketCounts') }
  if (kind === 'summary') {
    const quantiles = list(point, 'quantileValues').map((each) => ({
      quantile: number(each, 'quantile'),
      value: number(each, 'value'),
    }))
    return { kind, count: shared.count, sum: shared.sum ?? 0, quantiles }
  }
  const buckets = (name: string) => {
    const each = (point[name] as Fields | undefined) ?? {}
    return { offset: number(each, 'offset'), counts: numbers(each, 'bucketCounts') }
  }
  const own = {
    scale: number(point, 'scale'),
    zeroCount: number(point, 'zeroCount'),
    zeroThreshold: number(point, 'zeroThreshold'),
  }
  return { kind, ...shared, ...own, positive: buckets('positive'), negative: buckets('negative') }
}

function numberOf(point: Fields): number | undefined {
  if (point.asInt !== undefined) return Number(point.asInt)
  return point.asDouble === undefined ? undefined : Number(point.asDouble)
}

function consistent(value: DecodedPoint['value'] | undefined): boolean {
  if (value === undefined || typeof value === 'number' || value.kind !== 'histogram') return true
  const { bounds, counts } = value
  if (bounds.length === 0 && counts.length === 0) return true
  return (
    counts.length === bounds.length + 1 &&
    bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? Infinity))
  )
}

function instant(fields: Fields, name: string): Instant {
  const ns = BigInt(text(fields, name) || '0')
  return { ms: Number(ns / 1_000_000n), ns: Number(ns % 1_000_000n) }
}

function exemplar(fields: Fields): DecodedPoint['exemplars'][number] {
  const time = instant(fields, 'timeUnixNano')
  const ids = { traceId: hex(fields, 'traceId'), spanId: hex(fields, 'spanId') }
  return {
    timeMs: time.ms,
    timeNs: time.ns,
    value: numberOf(fields) ?? 0,
    ...ids,
    attributes: attributes(fields, 'filteredAttributes'),
  }
}

function attributes(fields: Fields, name: string): readonly Attribute[] {
  const byKey = new Map<string, string>()
  for (const each of list(fields, name)) byKey.set(text(each, 'key'), plain((each.value as Fields | undefined) ?? {}))
  return [...byKey].map(([key, value]) => ({ key, value }))
}

function plain(value: Fields): string {
  const [member] = Object.keys(value)
  if (member === undefined) return ''
  if (member === 'arrayValue' || member === 'kvlistValue') return json(value)
  return String(value[member])
}

function json(value: Fields): string {
  const [member] = Object.keys(value)
  if (member === undefined) return 'null'
  const content = value[member]
  if (member === 'arrayValue')
    return `[${list(content as Fields, 'values')
      .map(json)
      .join(',')}]`
  if (member === 'kvlistValue') {
    const entries = list(content as Fields, 'values').map(
      (each) => `${JSON.stringify(text(each, 'key'))}:${json((each.value as Fields | undefined) ?? {})}`,
    )
    return `{${entries.join(',')}}`
  }
  if (member === 'intValue') return String(content)
  if (member === 'doubleValue' && !Number.isFinite(content)) return JSON.stringify(String(content))
  return JSON.stringify(content)
}

/** The request as OTLP/JSON: protobuf's JSON, but ids in hexadecimal. */
export function toOtlpJson(request: object): Buffer {
  const plainObject = Request.toObject(Request.fromObject(request), {
    longs: String,
    bytes: String,
    enums: String,
    json: true,
  })
  return Buffer.from(
    JSON.stringify(plainObject, (key, value: unknown) => {
      if (key === 'traceId' || key === 'spanId') return Buffer.from(value as string, 'base64').toString('hex')
      // JSON.stringify would lose the sign; protobuf's JSON takes numbers as strings too.
      return Object.is(value, -0) ? '-0' : value
    }),
  )
}
