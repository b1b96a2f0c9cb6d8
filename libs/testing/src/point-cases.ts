import type { SeriesSpec } from './series-spec.ts'
import { complex, deltaSum, exponentialPoint, gauge, histogramPoint, stale, sum, summaryPoint } from './series-spec.ts'

/** Time of the first point of every case. */
export const CASE_TIME_MS = Date.parse('2026-01-01T00:00:00.123Z')
const AT = CASE_TIME_MS
const shop = {
  resource: { 'service.name': 'shop', 'host.name': 'web-1' },
  scope: { name: 'otelhttp', version: '1.2.0' },
  startTimeMs: Date.parse('2025-12-31T00:00:00Z'),
}
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'

/** One case per kind of point, the same for every sink: what is sent. A sink's golden files say what its backend gets; none where it gets nothing. */
export const POINT_CASES: Readonly<Record<string, readonly SeriesSpec[]>> = {
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
  ...sums(),
  ...histograms(),
  ...exponentials(),
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
  'summary-without-sum': [complex('gc.pause.young', [[AT, summaryPoint([[0.5, 2]], { sum: NaN })]], shop)],
  exemplar: [
    {
      ...sum('http.server.requests', [], shop),
      points: [
        {
          timeMs: AT,
          value: 1,
          exemplar: { value: 0.25, traceId: TRACE_ID, spanId: 'b7ad6b7169203331', attributes: { user: 'é' } },
        },
      ],
    },
  ],
  'staleness-marker': [
    stale('system.memory.usage', [AT], shop),
    stale('http.server.duration', [AT], { ...shop, kind: 'histogram', temporality: 'cumulative' }),
  ],
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
    sum('http.server.requests', [[AT, NaN]], shop),
  ],
}

function sums(): Record<string, readonly SeriesSpec[]> {
  return {
    'sum-cumulative': [
      sum('http.server.requests', [[AT, 42]], { ...shop, unit: '{request}', attributes: { 'http.route': '/cart' } }),
    ],
    'sum-up-down': [sum('queue.size', [[AT, -3]], { ...shop, monotonic: false })],
    'sum-delta': [deltaSum('http.server.requests', [[AT, 7]], shop)],
    'sum-delta-up-down': [deltaSum('queue.size', [[AT, -2]], { ...shop, monotonic: false })],
  }
}

function histograms(): Record<string, readonly SeriesSpec[]> {
  const name = 'http.server.duration'
  return {
    histogram: [
      complex(name, [[AT, histogramPoint([0.5, 1, 10], [1, 2, 3, 4], { min: 0.1, max: 30 })]], { ...shop, unit: 's' }),
    ],
    'histogram-delta': [complex(name, [[AT, histogramPoint([1], [1, 2])]], { ...shop, temporality: 'delta' })],
    'histogram-without-buckets': [complex(name, [[AT, histogramPoint([], [], { count: 3, sum: null })]], shop)],
    'histogram-not-finite': [
      complex(
        'http.client.duration',
        [[AT, histogramPoint([1, Infinity], [1, 2, 0], { sum: NaN, min: -Infinity, max: 3 })]],
        shop,
      ),
    ],
  }
}

function exponentials(): Record<string, readonly SeriesSpec[]> {
  const name = 'rpc.duration'
  const signed = exponentialPoint({
    scale: 0,
    count: 11,
    zeroCount: 2,
    zeroThreshold: 0.25,
    positive: { offset: 0, counts: [3, 1] },
    negative: { offset: 1, counts: [4, 1] },
  })
  return {
    'exponential-histogram': [complex(name, [[AT, exponentialPoint({ min: 0.5, max: 9 })]], shop)],
    'exponential-histogram-delta': [
      complex(name, [[AT, exponentialPoint({ sum: null })]], { ...shop, temporality: 'delta' }),
    ],
    'exponential-histogram-signed': [complex('temperature.change', [[AT, signed]], shop)],
  }
}
