import type { WatchRule } from '@pegel/tenancy'

const PLAIN: Omit<WatchRule, 'id' | 'metric'> = {
  match: {},
  ignore: false,
  values: undefined,
  direction: 'both',
  minDeviation: 0,
  minDeviationRelative: 0.1,
  sensitivity: 1,
  season: false,
  drift: false,
  forecast: undefined,
  alert: undefined,
}

/**
 * What is watched of a tenant whose file does not say. Names as the OpenTelemetry conventions have them, and as Prometheus exporters
 * usually do; the first that matches decides. Each deviation must be worth a look, so small ones of large values are left out.
 */
export const BUILT_IN: readonly WatchRule[] = [
  {
    ...PLAIN,
    id: 'model',
    metric:
      '(.*[._])?(ml|model|inference|prediction|feature)[._].*|.*[._](accuracy|precision|recall|f1|auc|prediction_error)',
    minDeviationRelative: 0.02,
    drift: true,
  },
  {
    ...PLAIN,
    id: 'errors',
    metric: '.*[._](errors?|failures?|failed|exceptions?|rejected|dropped|timeouts?)([._](total|count|rate))?',
    direction: 'up',
  },
  {
    ...PLAIN,
    id: 'latency',
    metric: '.*[._](duration|latency|response_time)([._](seconds|milliseconds|ms))?',
  },
  { ...PLAIN, id: 'request_rate', metric: '.*[._](requests|calls|hits|throughput)([._](total|count|rate))?' },
  {
    ...PLAIN,
    id: 'queue',
    metric: '.*[._]?queue[._](length|depth|size|messages)|.*[._](lag|backlog|pending)',
    direction: 'up',
  },
  {
    ...PLAIN,
    id: 'cpu',
    metric: '.*[._]?cpu[._](utilization|usage|percent|load.*)|.*[._]load[._]?(average.*|1m?|5m?|15m?)',
    minDeviation: 0.05,
  },
  { ...PLAIN, id: 'memory', metric: '.*memory[._](utilization|usage|used|percent|bytes).*|.*resident_memory_bytes' },
  {
    ...PLAIN,
    id: 'disk',
    metric: '.*(filesystem|disk|volume)[._](utilization|used_percent|used_ratio)',
    minDeviation: 0.02,
    forecast: { threshold: 0.95, rising: true, withinMs: 24 * 3_600_000 },
  },
  {
    ...PLAIN,
    id: 'business',
    metric:
      '(.*[._])?(orders?|revenue|sales|checkouts?|payments?|conversions?|signups?|logins?|active_users|sessions)([._].*)?',
  },
]
