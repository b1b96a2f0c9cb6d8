import { randomBytes } from 'node:crypto'
import {
  encodeGroupBlock,
  encodeSeriesBlock,
  fingerprintOf,
  PointsWriter,
  readBatch,
  sealBatch,
} from '@pegel/contracts'
import type { BatchHead, ComplexPoint, GroupIdentity, MetricKind, SeriesIdentity } from '@pegel/contracts'
import type { MetricRecord } from '@pegel/pipeline'
import { attributesOf, exponentialPoint, histogramPoint, summaryPoint } from './series-spec.ts'
import type { PointSpec, SeriesSpec } from './series-spec.ts'

/** A batch as it stands in `metrics`, with its bytes; anything of the envelope may be set. */
export function batchOf(
  tenant: string,
  series: readonly SeriesSpec[],
  overrides: Partial<BatchHead> = {},
): { readonly value: Buffer; readonly record: MetricRecord } {
  const writer = new PointsWriter()
  for (const spec of series) writeSeries(writer, spec)
  const chunk = writer.take()
  const envelope = {
    tenant,
    batchId: randomBytes(16),
    configVersion: 1,
    receivedAtMs: Date.now(),
    protocol: 'otlp_http',
    received: chunk.points,
    refused: [],
    source: { topic: 'pegel.ingest.v1', partition: 0, offset: 0, appendTimeMs: Date.now(), part: 0, parts: 1 },
    ...overrides,
  }
  const value = sealBatch(envelope, chunk.points > 0 ? [chunk] : [])
  return {
    value,
    // A batch of the ingest topics has no source, and no sink is handed one.
    get record() {
      return recordOf(value)
    },
  }
}

/** A sealed batch as the runner would hand it to a sink. */
export function recordOf(value: Buffer, position = { partition: 0, offset: 0 }): MetricRecord {
  const { envelope, points } = readBatch(value)
  if (envelope.source === null) throw new Error('a record of metrics has a source')
  return { envelope, source: envelope.source, position, points, select: null }
}

/** The labels a series has besides its own, as `tenant` after the enricher. */
export function groupOf(spec: SeriesSpec): GroupIdentity {
  const { name, version, attributes = {} } = spec.scope
  return { resource: attributesOf(spec.resource), scope: { name, version, attributes: attributesOf(attributes) } }
}

export function seriesOf(spec: SeriesSpec): SeriesIdentity {
  const { name, kind, temporality, monotonic, unit } = spec
  return { name, kind, temporality, monotonic, unit, attributes: attributesOf(spec.attributes) }
}

/** What a staleness marker of these kinds has for a value. */
const EMPTY: Partial<Readonly<Record<MetricKind, ComplexPoint>>> = {
  histogram: histogramPoint([], []),
  exponential_histogram: exponentialPoint({ count: 0, sum: 0, zeroCount: 0, positive: { offset: 0, counts: [] } }),
  summary: summaryPoint([], { count: 0, sum: 0 }),
}

function writeSeries(writer: PointsWriter, spec: SeriesSpec): void {
  const [group, series] = [groupOf(spec), seriesOf(spec)]
  const fingerprint = fingerprintOf(group, series)
  writer.beginGroup(encodeGroupBlock(group))
  writer.beginSeries({
    fingerprintHi: fingerprint.hi,
    fingerprintLo: fingerprint.lo,
    block: encodeSeriesBlock(series),
    startTimeMs: spec.startTimeMs,
    startTimeNs: 0,
  })
  for (const point of spec.points) writePoint(writer, spec.kind, point)
}

function writePoint(writer: PointsWriter, kind: MetricKind, point: PointSpec): void {
  const { timeMs, timeNs = 0, flags = 0, exemplar } = point
  const complex = point.complex ?? EMPTY[kind]
  if (complex === undefined) writer.number(timeMs, timeNs, point.value ?? 0, flags)
  else writer.complex(timeMs, timeNs, complex, flags)
  if (exemplar === undefined) return
  const { value, traceId = '', spanId = '', attributes = {} } = exemplar
  writer.exemplar({
    timeMs: exemplar.timeMs ?? timeMs,
    timeNs: 0,
    value,
    traceId,
    spanId,
    attributes: attributesOf(attributes),
  })
}
