import type { TenantDirectory } from '@pegel/tenancy'
import type { ActiveSeries } from './active-series.ts'
import type { GatewayMetrics, SeriesCount } from './gateway-metrics.ts'

export interface WatchSeriesOptions {
  readonly series: ActiveSeries
  readonly tenants: Pick<TenantDirectory, 'current'>
  readonly metrics: GatewayMetrics
  /** Default 2 s. */
  readonly intervalMs?: number
}

/** Every few seconds: forgets series that are active no more, and shows how many are. Gives what ends it. */
export function watchSeries(options: WatchSeriesOptions): () => void {
  const { series, tenants, metrics, intervalMs = 2000 } = options
  let untracked = 0
  const timer = setInterval(() => {
    series.sweep(performance.now())
    metrics.series([...series.tenants()].map((tenant) => countOf(tenant, { series, tenants })))
    metrics.untracked(series.untracked - untracked)
    untracked = series.untracked
  }, intervalMs)
  timer.unref()
  return () => clearInterval(timer)
}

function countOf(tenant: string, { series, tenants }: Pick<WatchSeriesOptions, 'series' | 'tenants'>): SeriesCount {
  const found = tenants.current(tenant)
  const max = found.status === 'active' ? found.config.limits.maxActiveSeries : 0
  return { tenant, active: series.active(tenant), max }
}
