import { ValueType } from '@opentelemetry/api'
import type { HrTime } from '@opentelemetry/api'
import { emptyResource } from '@opentelemetry/resources'
import { AggregationTemporality, DataPointType } from '@opentelemetry/sdk-metrics'
import type { CollectionResult, DataPoint, MetricData, MetricProducer } from '@opentelemetry/sdk-metrics'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { Collector, HostMetric, Observation } from './observation.ts'

export interface ProducerOptions {
  readonly collectors: readonly Collector[]
  readonly log: Logger
  /** When the counters that do not say otherwise began, ms since the epoch. */
  readonly bootMs: number
  readonly now?: () => number
}

const SCOPE = { name: 'pegel-agent' }

/**
 * Reads all collectors at each export and gives the SDK exactly what is there now. The SDK's own observable instruments keep every series that they
 * ever saw and send its last value again and again: of processes and containers, which come and go, that would be without end and without truth.
 */
export class HostProducer implements MetricProducer {
  readonly #options: ProducerOptions
  readonly #failing = new Set<string>()

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  async collect(): Promise<CollectionResult> {
    const { collectors, bootMs, now = Date.now } = this.#options
    const observations = (await Promise.all(collectors.map((collector) => this.#read(collector)))).flat()
    const metrics = metricsOf(observations, { bootMs, atMs: now() })
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: SCOPE, metrics }] }, errors: [] }
  }

  /** A collector that fails leaves its metrics out of this export and says so once, until it works again. */
  async #read(collector: Collector): Promise<readonly Observation[]> {
    try {
      const observations = await collector.collect()
      this.#failing.delete(collector.name)
      return observations
    } catch (error) {
      if (!this.#failing.has(collector.name))
        this.#options.log.warn('collector failed', { collector: collector.name, error: messageOf(error) })
      this.#failing.add(collector.name)
      return []
    }
  }
}

interface Times {
  readonly bootMs: number
  readonly atMs: number
}

/** One metric a name, with all its points. */
export function metricsOf(observations: readonly Observation[], times: Times): MetricData[] {
  const points = new Map<HostMetric, DataPoint<number>[]>()
  for (const observation of observations) {
    const list = points.get(observation.metric)
    const point = pointOf(observation, times)
    if (list === undefined) points.set(observation.metric, [point])
    else list.push(point)
  }
  return [...points].map(([metric, dataPoints]) => metricData(metric, dataPoints))
}

function pointOf({ metric, value, attributes, startMs }: Observation, { bootMs, atMs }: Times): DataPoint<number> {
  const start = metric.kind === 'counter' ? (startMs ?? bootMs) : 0
  return { startTime: hrTime(start), endTime: hrTime(atMs), attributes, value }
}

function metricData(metric: HostMetric, dataPoints: DataPoint<number>[]): MetricData {
  const { name, description, unit, kind } = metric
  const common = {
    descriptor: { name, description, unit, valueType: metric.int ? ValueType.INT : ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints,
  }
  return kind === 'gauge'
    ? { ...common, dataPointType: DataPointType.GAUGE }
    : { ...common, dataPointType: DataPointType.SUM, isMonotonic: kind === 'counter' }
}

function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)]
}
