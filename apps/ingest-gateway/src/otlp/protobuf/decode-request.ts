import type { RequestPoints } from '../../ingest/request-points.ts'
import { malformed } from '../errors.ts'
import type { LabelCache } from './label-cache.ts'
import { find, within } from './find.ts'
import { readResource } from './group.ts'
import { readMetric } from './metric.ts'
import type { DecodeContext } from './decode-context.ts'
import { PointHead } from './point-head.ts'
import { WireReader } from '../../wire/wire-reader.ts'

const RESOURCE_METRICS = 0x0a // ExportMetricsServiceRequest.resource_metrics = 1
const RESOURCE = 0x0a // ResourceMetrics.resource = 1
const SCOPE_METRICS = 0x12 // ResourceMetrics.scope_metrics = 2
const SCOPE = 0x0a // ScopeMetrics.scope = 1
const METRIC = 0x12 // ScopeMetrics.metrics = 2

/**
 * Decodes an OTLP ExportMetricsServiceRequest (opentelemetry-proto 1.8) straight into encoded points. Unknown fields are skipped.
 * Stricter than protobuf in one thing: a message that must be there once and comes twice is refused rather than merged, since
 * no writer does that.
 * @throws otlp.malformed; the points told before must then be forgotten
 */
export function decodeOtlpProtobuf(body: Buffer, points: RequestPoints, cache: LabelCache): void {
  const reader = new WireReader(body, malformed)
  const { bodies } = cache
  if (bodies.take(reader, points)) return
  const marks = bodies.marks(reader, points) ?? null
  if (marks !== null) points.markTo(marks.chunk)
  readRequest({ reader, head: new PointHead(), points, cache, marks })
  if (marks !== null) bodies.keep(marks, reader, points)
}

function readRequest(context: DecodeContext): void {
  const { reader } = context
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag !== RESOURCE_METRICS) {
      reader.skip(tag)
      continue
    }
    const outer = reader.enter()
    readResourceMetrics(context)
    reader.leave(outer)
  }
}

function readResourceMetrics(context: DecodeContext): void {
  const { reader } = context
  const { once, many } = find(reader, RESOURCE, SCOPE_METRICS)
  // Without scopes nobody asks for the resource, but it shall be one.
  if (many.length === 0) readResource(reader, once)
  within(reader, many, () => {
    const found = find(reader, SCOPE, METRIC)
    const group = context.cache.group(reader, once, found.once)
    context.points.group(group.labels)
    within(reader, found.many, () => readMetric(context, group))
  })
}
