import type { Group, Series } from '../batch-layout/dataset.ts'
import { doubleField, fixed64, message, text, varintField } from '../support/protobuf.ts'

/** ExportMetricsServiceRequest: each scrape the metrics of one resource, each metric with all its series, as a Collector's Prometheus receiver sends it. */
export function exportRequest(scrapes: readonly Group[], nowMs: number): Buffer {
  return Buffer.concat(scrapes.map((scrape) => resourceMetrics(scrape, nowMs)))
}

function resourceMetrics({ identity, series }: Group, nowMs: number): Buffer {
  const resource = message(1, ...identity.resource.map(({ key, value }) => attribute(1, key, value)))
  const byName = Map.groupBy(series, (each) => each.identity.name)
  return message(1, resource, message(2, ...[...byName].map(([name, all]) => metric(name, all, nowMs))))
}

function metric(name: string, series: readonly Series[], nowMs: number): Buffer {
  const points = series.map(({ identity, samples }) => {
    const [sample] = samples
    const labels = identity.attributes.map(({ key, value }) => attribute(7, key, value))
    return message(1, fixed64(3, BigInt(nowMs) * 1_000_000n), doubleField(4, sample?.value ?? NaN), ...labels)
  })
  const isSum = series[0]?.identity.kind === 'sum'
  const data = isSum ? message(7, ...points, varintField(2, 2), varintField(3, 1)) : message(5, ...points)
  return message(2, text(1, name), data)
}

function attribute(field: number, key: string, value: string): Buffer {
  return message(field, text(1, key), message(2, text(1, value)))
}
