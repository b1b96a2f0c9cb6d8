import { gzipSync } from 'node:zlib'
import { encodeRequest } from '../otlp/otlp-oracle.ts'

export interface Sent {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly value?: number
  readonly timeMs?: number
}

/** An ExportMetricsServiceRequest of gauges as OTLP/JSON, one series per point. */
export function gauges(points: readonly Sent[]): object {
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: points.map(gauge) }] }] }
}

function gauge({ name, labels = {}, value, timeMs = Date.now() }: Sent): object {
  const attributes = Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }))
  const number = value === undefined ? {} : { asDouble: value }
  return { name, gauge: { dataPoints: [{ attributes, timeUnixNano: `${timeMs}000000`, ...number }] } }
}

export function protobufOf(request: object): Buffer {
  return encodeRequest(request)
}

/** A few KB that unpack to 64 MiB. */
export function gzipBomb(): Buffer {
  return gzipSync(Buffer.alloc(64 * 1024 * 1024))
}
