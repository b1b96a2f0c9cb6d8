import type { Counter, Gauge, Histogram } from 'prom-client'
import type { Metrics } from './metrics.ts'

/** A metric as a component's manifest lists it. */
interface Declared {
  readonly name: string
  readonly help: string
}

export interface DeclaredMetrics<Name extends string> {
  readonly counter: <L extends string>(name: Name, labels?: readonly L[]) => Counter<L>
  readonly gauge: <L extends string>(name: Name, labels?: readonly L[]) => Gauge<L>
  readonly histogram: <L extends string>(name: Name, buckets: readonly number[], labels?: readonly L[]) => Histogram<L>
}

/** Makes the metrics of a list, and no others: names and help stand in one place, where the manifest has them from. */
export function declaredMetrics<D extends Declared>(metrics: Metrics, list: readonly D[]): DeclaredMetrics<D['name']> {
  const help = new Map<string, string>(list.map((declared) => [declared.name, declared.help]))
  const helpOf = (name: string): string => help.get(name) ?? ''
  return {
    counter: (name, labels) => metrics.counter(name, helpOf(name), labels),
    gauge: (name, labels) => metrics.gauge(name, helpOf(name), labels),
    histogram: (name, buckets, labels) => metrics.histogram(name, helpOf(name), buckets, labels),
  }
}
