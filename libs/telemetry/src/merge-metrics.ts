import { AggregatorRegistry } from 'prom-client'

/** A metric with its values, as prom-client hands it to another process. */
export interface CollectedMetric {
  readonly name: string
  readonly help: string
  readonly values: readonly {
    readonly value: number
    readonly labels: Readonly<Record<string, string | number>>
    readonly metricName?: string
  }[]
}

/**
 * What several processes of one service count, in Prometheus text format. Each series gets the label `worker` with the name of its
 * process, so that nothing is added up that is no sum.
 * @param parts by the name of the process
 */
export function mergeMetrics(parts: Readonly<Record<string, readonly CollectedMetric[]>>): Promise<string> {
  const labelled = Object.entries(parts).map(([worker, metrics]) =>
    metrics.map((metric) => ({
      ...metric,
      aggregator: 'sum',
      values: metric.values.map((each) => ({ ...each, labels: { ...each.labels, worker } })),
    })),
  )
  return AggregatorRegistry.aggregate(labelled).metrics()
}
