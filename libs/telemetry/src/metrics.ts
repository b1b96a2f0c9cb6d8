import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { CollectedMetric } from './merge-metrics.ts'

/** Makes this process's own Prometheus metrics; asking twice for a name gives the same one. */
export interface Metrics {
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>
  gauge<L extends string>(name: string, help: string, labels?: readonly L[]): Gauge<L>
  histogram<L extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels?: readonly L[],
  ): Histogram<L>
  /**
   * The value for a `tenant` label: the tenant itself for the first `maxTenants` seen, `_other` for the rest, so that
   * many tenants cannot blow up our own metrics. The only way a tenant becomes a label.
   */
  tenantLabel(tenant: string): string
  /** Prometheus text format. */
  expose(): Promise<string>
  /** The same as data, for mergeMetrics. */
  collect(): Promise<readonly CollectedMetric[]>
  readonly contentType: string
}

export interface MetricsOptions {
  readonly service: string
  /** Default 200. */
  readonly maxTenants?: number
  /** Process and Node.js metrics; default true. */
  readonly defaults?: boolean
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service: options.service })
  if (options.defaults !== false) collectDefaultMetrics({ register: registry })
  const tenants = new Set<string>()
  const maxTenants = options.maxTenants ?? 200
  const known = (name: string): unknown => registry.getSingleMetric(name)
  return {
    counter: <L extends string>(name: string, help: string, labels: readonly L[] = []) =>
      (known(name) as Counter<L> | undefined) ??
      new Counter<L>({ name, help, labelNames: labels, registers: [registry] }),
    gauge: <L extends string>(name: string, help: string, labels: readonly L[] = []) =>
      (known(name) as Gauge<L> | undefined) ?? new Gauge<L>({ name, help, labelNames: labels, registers: [registry] }),
    histogram: <L extends string>(name: string, help: string, buckets: readonly number[], labels: readonly L[] = []) =>
      (known(name) as Histogram<L> | undefined) ??
      new Histogram<L>({ name, help, labelNames: labels, buckets: [...buckets], registers: [registry] }),
    tenantLabel(tenant) {
      if (tenants.has(tenant)) return tenant
      if (tenants.size >= maxTenants) return '_other'
      tenants.add(tenant)
      return tenant
    },
    expose: () => registry.metrics(),
    collect: () => registry.getMetricsAsJSON() as Promise<readonly CollectedMetric[]>,
    contentType: registry.contentType,
  }
}
