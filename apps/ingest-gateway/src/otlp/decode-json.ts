import { isUtf8 } from 'node:buffer'
import type { Exemplar, ExponentialBuckets, MetricKind, Temporality } from '@pegel/contracts'
import { emit } from './emit.ts'
import { malformed } from './errors.ts'
import { readAttributes } from './json-attributes.ts'
import { JsonNode, parseJson } from './json-node.ts'
import type { DecodedPoint, MetricHead, PointSink } from '../ingest/point-sink.ts'

const DATA: readonly (readonly [string, MetricKind])[] = [
  ['gauge', 'gauge'],
  ['sum', 'sum'],
  ['histogram', 'histogram'],
  ['exponentialHistogram', 'exponential_histogram'],
  ['summary', 'summary'],
]
const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative']
const TEMPORALITY_NAMES = TEMPORALITIES.map((name) => `AGGREGATION_TEMPORALITY_${name.toUpperCase()}`)

/**
 * Decodes an ExportMetricsServiceRequest in OTLP/JSON and tells the sink each point.
 * @throws otlp.malformed with the path of the field at fault; points told before must then be forgotten
 */
export function decodeOtlpJson(body: Buffer, sink: PointSink): void {
  if (!isUtf8(body)) malformed('it is not valid UTF-8')
  const request = new JsonNode(parseJson(body.toString('utf8')), '')
  request.list('resourceMetrics', (resourceMetrics) => {
    const resource = readAttributes(resourceMetrics.child('resource'), 'attributes')
    resourceMetrics.list('scopeMetrics', (scopeMetrics) => {
      if (!scopeMetrics.has('metrics')) return
      const scope = scopeMetrics.child('scope')
      sink.group({
        resource,
        scope: {
          name: scope?.string('name') ?? '',
          version: scope?.string('version') ?? '',
          attributes: readAttributes(scope, 'attributes'),
        },
      })
      scopeMetrics.list('metrics', (metric) => readMetric(metric, sink))
    })
  })
}

function readMetric(node: JsonNode, sink: PointSink): void {
  const [name, unit] = [node.string('name'), node.string('unit')]
  const present = DATA.filter(([field]) => node.has(field))
  if (present.length > 1) malformed(`metric ${JSON.stringify(name)} holds data twice`)
  for (const [field, kind] of present) {
    const data = node.child(field)
    if (data !== undefined) readData(data, { name, unit, kind }, sink)
  }
}

function readData(node: JsonNode, head: Pick<MetricHead, 'name' | 'unit' | 'kind'>, sink: PointSink): void {
  const hasTemporality = head.kind !== 'gauge' && head.kind !== 'summary'
  const temporality = hasTemporality
    ? node.enumeration('aggregationTemporality', TEMPORALITIES, TEMPORALITY_NAMES)
    : undefined
  const metric = {
    ...head,
    temporality: temporality ?? 'unspecified',
    monotonic: head.kind === 'sum' && node.bool('isMonotonic'),
  }
  node.list('dataPoints', (point) => {
    if (sink.isFull) {
      sink.refuse('max_points_per_request', 1)
      return
    }
    emit(sink, metric, {
      attributes: readAttributes(point, 'attributes'),
      start: point.instant('startTimeUnixNano'),
      time: point.instant('timeUnixNano'),
      flags: point.integer('flags'),
      value: readValue(point, head.kind),
      exemplars: head.kind === 'summary' ? [] : point.list('exemplars', readExemplar),
    })
  })
}

function readValue(point: JsonNode, kind: MetricKind): DecodedPoint['value'] | undefined {
  switch (kind) {
    case 'gauge':
    case 'sum':
      return readNumber(point)
    case 'histogram':
      return {
        kind,
        ...readTotals(point),
        bounds: point.doubles('explicitBounds'),
        counts: point.integers('bucketCounts'),
      }
    case 'exponential_histogram':
      return {
        kind,
        ...readTotals(point),
        scale: point.integer('scale'),
        zeroCount: point.integer('zeroCount'),
        zeroThreshold: point.double('zeroThreshold') ?? 0,
        positive: readBuckets(point.child('positive')),
        negative: readBuckets(point.child('negative')),
      }
    case 'summary':
      return {
        kind,
        count: point.integer('count'),
        sum: point.double('sum') ?? 0,
        quantiles: point.list('quantileValues', (item) => ({
          quantile: item.double('quantile') ?? 0,
          value: item.double('value') ?? 0,
        })),
      }
  }
}

function readNumber(node: JsonNode): number | undefined {
  const int = node.integerText('asInt')
  return int === undefined ? node.double('asDouble') : Number(int)
}

function readTotals(point: JsonNode): { count: number; sum: number | null; min: number | null; max: number | null } {
  return {
    count: point.integer('count'),
    sum: point.double('sum') ?? null,
    min: point.double('min') ?? null,
    max: point.double('max') ?? null,
  }
}

function readBuckets(node: JsonNode | undefined): ExponentialBuckets {
  return { offset: node?.integer('offset') ?? 0, counts: node?.integers('bucketCounts') ?? [] }
}

function readExemplar(node: JsonNode): Omit<Exemplar, 'point'> {
  const time = node.instant('timeUnixNano')
  return {
    timeMs: time.ms,
    timeNs: time.ns,
    value: readNumber(node) ?? 0,
    traceId: node.hex('traceId'),
    spanId: node.hex('spanId'),
    attributes: readAttributes(node, 'filteredAttributes'),
  }
}
