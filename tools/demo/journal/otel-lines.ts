import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics'
import type { DataPoint, Histogram, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { JournalAnswer, JournalHistogram, JournalMetric, JournalRequest } from './format.ts'

/** One export of the OpenTelemetry SDK, as it is noted before it is sent. */
export function requestLine(id: string, metrics: ResourceMetrics): JournalRequest {
  return {
    id,
    resource: strings(metrics.resource.attributes),
    metrics: metrics.scopeMetrics.flatMap(({ scope, metrics: list }) =>
      list.map((metric) => metricOf({ name: scope.name, version: scope.version ?? '' }, metric)),
    ),
  }
}

/** What became of it. */
export function answerLine(id: string, error: Error | undefined): JournalAnswer {
  return error === undefined ? { id, acknowledged: true } : { id, acknowledged: false, error: error.message }
}

function metricOf(scope: JournalMetric['scope'], metric: MetricData): JournalMetric {
  const { name, unit } = metric.descriptor
  const points = (metric.dataPoints as DataPoint<number | Histogram>[]).map(({ attributes, endTime, value }) => ({
    attributes: strings(attributes),
    timeNs: String(BigInt(endTime[0]) * 1_000_000_000n + BigInt(endTime[1])),
    value: typeof value === 'number' ? value : histogramOf(value),
  }))
  return { scope, name, unit, ...shapeOf(metric), points }
}

function shapeOf(metric: MetricData): Pick<JournalMetric, 'kind' | 'temporality' | 'monotonic'> {
  const temporality = metric.aggregationTemporality === AggregationTemporality.DELTA ? 'delta' : 'cumulative'
  switch (metric.dataPointType) {
    case DataPointType.GAUGE:
      return { kind: 'gauge', temporality: 'unspecified', monotonic: false }
    case DataPointType.SUM:
      return { kind: 'sum', temporality, monotonic: metric.isMonotonic }
    case DataPointType.HISTOGRAM:
      return { kind: 'histogram', temporality, monotonic: false }
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      throw new Error(`${metric.descriptor.name}: the demo's sources send no exponential histograms`)
  }
}

function histogramOf({ count, sum, min, max, buckets }: Histogram): JournalHistogram {
  return {
    count,
    sum: sum ?? null,
    min: min ?? null,
    max: max ?? null,
    bounds: buckets.boundaries,
    counts: buckets.counts,
  }
}

/** Values that are not strings, as OpenTelemetry's Prometheus compatibility specification renders them: in JSON. */
function strings(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}
