import { DataPointType } from '@opentelemetry/sdk-metrics'
import type { Histogram, MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'

type Sample = number | readonly number[] | null

export interface SampledSeries {
  readonly name: string
  readonly kind: 'gauge' | 'sum' | 'histogram'
  readonly temporality: 'unspecified' | 'delta' | 'cumulative'
  readonly monotonic: boolean
  readonly unit: string
  readonly attributes: Readonly<Record<string, string>>
  readonly bounds?: readonly number[]
  readonly samples: Sample[]
}

/** What was collected, as columns: a row a series, in the form that the detector learns from. */
export class SampleTable {
  readonly #length: number
  readonly #rows = new Map<string, SampledSeries>()

  constructor(length: number) {
    this.#length = length
  }

  add(index: number, { scopeMetrics }: ResourceMetrics): void {
    for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
      for (const point of metric.dataPoints) {
        const attributes = Object.fromEntries(
          Object.entries(point.attributes).map(([key, value]) => [key, String(value)]),
        )
        const row = this.#row(metric, attributes)
        row.samples[index] = sampleOf(metric, point.value)
      }
    }
  }

  /** @param labels that are added to every series, as the enricher adds them */
  series(labels: Readonly<Record<string, string>>): SampledSeries[] {
    return [...this.#rows.values()].map((row) => ({ ...row, attributes: { ...row.attributes, ...labels } }))
  }

  #row(metric: MetricData, attributes: Readonly<Record<string, string>>): SampledSeries {
    const { name, unit } = metric.descriptor
    const key = JSON.stringify([name, Object.entries(attributes).sort()])
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const samples = new Array<Sample>(this.#length).fill(null)
    const row = { name, unit, ...shapeOf(metric), attributes, samples }
    this.#rows.set(key, row)
    return row
  }
}

/** Up-down counters are levels, whatever the SDK is asked for, and so are cumulative. */
function shapeOf(metric: MetricData): Pick<SampledSeries, 'kind' | 'temporality' | 'monotonic' | 'bounds'> {
  switch (metric.dataPointType) {
    case DataPointType.GAUGE:
      return { kind: 'gauge', temporality: 'unspecified', monotonic: false }
    case DataPointType.SUM:
      return metric.isMonotonic
        ? { kind: 'sum', temporality: 'delta', monotonic: true }
        : { kind: 'sum', temporality: 'cumulative', monotonic: false }
    case DataPointType.HISTOGRAM:
      return {
        kind: 'histogram',
        temporality: 'delta',
        monotonic: false,
        bounds: metric.dataPoints[0]?.value.buckets.boundaries ?? [],
      }
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      throw new Error(`${metric.descriptor.name} is an exponential histogram, which a recording cannot hold`)
  }
}

function sampleOf(metric: MetricData, value: unknown): Sample {
  if (metric.dataPointType !== DataPointType.HISTOGRAM) return round(value as number)
  const { sum, buckets } = value as Histogram
  return [round(sum ?? 0), ...buckets.counts]
}

/** Six digits are more than any detector needs, and the file is small. */
function round(value: number): number {
  return Number(value.toPrecision(6))
}
