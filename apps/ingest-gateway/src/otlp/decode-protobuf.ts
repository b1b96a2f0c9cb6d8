import { type Attribute, type GroupIdentity, type MetricKind, type Scope, type Temporality } from '@pegel/contracts'
import { lastOfEachKey } from './any-value.ts'
import { malformed } from './errors.ts'
import { emit } from './emit.ts'
import type { PointSink } from './point-sink.ts'
import { readAttribute } from './protobuf-attributes.ts'
import { readPoint } from './protobuf-points.ts'
import { BYTES, VARINT, WireReader } from './wire-reader.ts'

const NO_SCOPE: Scope = { name: '', version: '', attributes: [] }

/** Field number of Metric's oneof `data` by kind. */
const KIND_OF_FIELD: Readonly<Record<number, MetricKind>> = {
  5: 'gauge',
  7: 'sum',
  9: 'histogram',
  10: 'exponential_histogram',
  11: 'summary',
}
const TEMPORALITIES: readonly Temporality[] = ['unspecified', 'delta', 'cumulative']

/**
 * Decodes an ExportMetricsServiceRequest (opentelemetry/proto/collector/metrics/v1) and tells the sink each point.
 * Fields may come in any order and unknown ones are stepped over.
 * @throws otlp.malformed when the bytes are no such message; points told before must then be forgotten
 */
export function decodeOtlpProtobuf(body: Buffer, sink: PointSink): void {
  const request = new WireReader(body)
  while (request.next()) {
    if (request.field === 1 && request.wireType === BYTES) readResourceMetrics(request.message(), sink)
    else request.skip()
  }
}

function readResourceMetrics(reader: WireReader, sink: PointSink): void {
  const scopeMetrics: WireReader[] = []
  let resource: readonly Attribute[] = []
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === BYTES) resource = readAttributeList(reader.message(), 1)
    else if (reader.field === 2 && reader.wireType === BYTES) scopeMetrics.push(reader.message())
    else reader.skip()
  }
  for (const each of scopeMetrics) readScopeMetrics(each, resource, sink)
}

function readScopeMetrics(reader: WireReader, resource: readonly Attribute[], sink: PointSink): void {
  const metrics: WireReader[] = []
  let scope = NO_SCOPE
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === BYTES) scope = readScope(reader.message())
    else if (reader.field === 2 && reader.wireType === BYTES) metrics.push(reader.message())
    else reader.skip()
  }
  const group: GroupIdentity = { resource, scope }
  sink.group(group)
  for (const metric of metrics) readMetric(metric, sink)
}

function readScope(reader: WireReader): Scope {
  let [name, version] = ['', '']
  const attributes: Attribute[] = []
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === BYTES) name = reader.string()
    else if (reader.field === 2 && reader.wireType === BYTES) version = reader.string()
    else if (reader.field === 3 && reader.wireType === BYTES) attributes.push(readAttribute(reader.message()))
    else reader.skip()
  }
  return { name, version, attributes: lastOfEachKey(attributes) }
}

function readAttributeList(reader: WireReader, field: number): readonly Attribute[] {
  const attributes: Attribute[] = []
  while (reader.next()) {
    if (reader.field === field && reader.wireType === BYTES) attributes.push(readAttribute(reader.message()))
    else reader.skip()
  }
  return lastOfEachKey(attributes)
}

function readMetric(reader: WireReader, sink: PointSink): void {
  let [name, unit] = ['', '']
  let data: { kind: MetricKind; reader: WireReader } | undefined
  while (reader.next()) {
    const kind = KIND_OF_FIELD[reader.field]
    if (reader.wireType !== BYTES) reader.skip()
    else if (reader.field === 1) name = reader.string()
    else if (reader.field === 3) unit = reader.string()
    else if (kind === undefined) reader.skip()
    else if (data !== undefined) malformed('a metric holds data twice')
    else data = { kind, reader: reader.message() }
  }
  if (data !== undefined) readData(data, { name, unit }, sink)
}

function readData(
  { kind, reader }: { kind: MetricKind; reader: WireReader },
  head: { name: string; unit: string },
  sink: PointSink,
): void {
  const points: WireReader[] = []
  let [temporality, monotonic]: [Temporality, boolean] = ['unspecified', false]
  while (reader.next()) {
    if (reader.field === 1 && reader.wireType === BYTES) points.push(reader.message())
    else if (reader.field === 2 && reader.wireType === VARINT)
      temporality = TEMPORALITIES[reader.uint32()] ?? 'unspecified'
    else if (reader.field === 3 && reader.wireType === VARINT && kind === 'sum') monotonic = reader.bool()
    else reader.skip()
  }
  if (kind === 'gauge' || kind === 'summary') temporality = 'unspecified'
  const metric = { ...head, kind, temporality, monotonic }
  for (const point of points) emit(sink, metric, readPoint(point, kind))
}
