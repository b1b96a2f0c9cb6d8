import { complex, deltaSum, exponentialPoint, gauge, histogramPoint, stale, sum, summaryPoint } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'

const AT = Date.parse('2026-01-01T00:00:00.123Z')
const START = Date.parse('2025-12-31T00:00:00Z')
const shop = {
  resource: { 'service.name': 'shop', 'host.name': 'web-1' },
  scope: { name: 'otelhttp', version: '1.2.0' },
  startTimeMs: START,
}

/** One case per kind of point: what is sent. Its golden file says what InfluxDB gets; none where it gets nothing. */
export const CASES: Readonly<Record<string, readonly SeriesSpec[]>> = {
  gauge: [
    gauge(
      'system.memory.usage',
      [
        [AT, 1024],
        [AT + 1000, 1.5],
      ],
      { ...shop, unit: 'By', attributes: { state: 'used' } },
    ),
  ],
  'sum-cumulative': [
    sum('http.server.requests', [[AT, 42]], { ...shop, unit: '{request}', attributes: { 'http.route': '/cart' } }),
  ],
  'sum-up-down': [sum('queue.size', [[AT, -3]], { ...shop, monotonic: false })],
  'sum-delta': [deltaSum('http.server.requests', [[AT, 7]], shop)],
  histogram: [
    complex('http.server.duration', [[AT, histogramPoint([0.5, 1, 10], [1, 2, 3, 4], { min: 0.1, max: 30 })]], {
      ...shop,
      unit: 's',
    }),
  ],
  'histogram-delta': [
    complex('http.server.duration', [[AT, histogramPoint([1], [1, 2])]], { ...shop, temporality: 'delta' }),
  ],
  'histogram-without-buckets': [
    complex('http.server.duration', [[AT, histogramPoint([], [], { count: 3, sum: null })]], shop),
  ],
  'exponential-histogram': [complex('rpc.duration', [[AT, exponentialPoint({ min: 0.5, max: 9 })]], shop)],
  summary: [
    complex(
      'gc.pause',
      [
        [
          AT,
          summaryPoint([
            [0.5, 0.01],
            [0.99, NaN],
          ]),
        ],
      ],
      shop,
    ),
  ],
  exemplar: [
    {
      ...sum('http.server.requests', [], shop),
      points: [{ timeMs: AT, value: 1, exemplar: { value: 1, traceId: '0af7651916cd43dd8448eb211c80319c' } }],
    },
  ],
  names: [
    gauge('disk free,all=#1', [[AT, -0]], { attributes: { path: 'C:\\', 'k=e y': 'a,b', text: 'é "1"\n', empty: '' } }),
    gauge('#hash', [[AT, 1]], { resource: { host: 'r', tenant: 'x' }, attributes: { host: 'p', time: 'now' } }),
  ],
  'staleness-marker': [stale('system.memory.usage', [AT], shop)],
  'not-finite': [
    gauge(
      'ratio',
      [
        [AT, NaN],
        [AT + 1, Infinity],
        [AT + 2, -Infinity],
      ],
      shop,
    ),
    complex('http.server.duration', [[AT, histogramPoint([1], [1, 0], { sum: NaN })]], shop),
  ],
}
