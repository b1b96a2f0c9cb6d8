import { complex, deltaSum, exponentialPoint, gauge, histogramPoint, stale, sum, summaryPoint } from '@pegel/testing'
import type { SeriesExtras, SeriesSpec } from '@pegel/testing'

/** Time of the first point of every cell. */
export const T = 1_800_000_000_000

const OTEL: SeriesExtras = {
  attributes: { 'http.route': '/cart', code: '200' },
  resource: {
    'service.namespace': 'shop',
    'service.name': 'web',
    'service.instance.id': 'web-1',
    'host.name': 'box',
  },
  scope: { name: 'http', version: '1.2', attributes: { 'short.name': 'h' } },
}
const otel = (extras: SeriesExtras): SeriesExtras => ({ ...OTEL, ...extras })
/** What came by remote write: the scope says so. */
const fromPrometheus = (extras: SeriesExtras): SeriesExtras => ({
  scope: { name: 'prometheus', version: '' },
  ...extras,
})
const wide = histogramPoint([0.005, 1, 1e21], [1, 2, 3, 4])

/** A cell of the README's table each; what Prometheus gets of it is in the golden file of its name. */
export const CELLS: Readonly<Record<string, readonly SeriesSpec[]>> = {
  gauge: [
    gauge(
      'process.memory',
      [
        [T, 12.5],
        [T + 1000, -0.25],
      ],
      otel({ unit: 'By' }),
    ),
    gauge('cpu.utilization', [[T, 0.5]], otel({ unit: '1' })),
  ],
  'gauge-native': [gauge('node_load1', [[T, 1.5]], { attributes: { instance: 'box:9100', job: 'node', empty: '' } })],
  'sum-cumulative-monotonic': [sum('http.requests', [[T, 7]], otel({ unit: '{request}', startTimeMs: T - 5000 }))],
  'sum-cumulative-non-monotonic': [sum('queue.size', [[T, 3]], otel({ monotonic: false, unit: '{item}' }))],
  'sum-delta': [
    deltaSum(
      'jobs',
      [
        [T, 2],
        [T + 1000, 3],
        [T + 2000, 5],
      ],
      otel({}),
    ),
  ],
  histogram: [complex('http.duration', [[T, wide]], otel({ unit: 's' }))],
  'histogram-without-buckets': [
    complex('http.duration', [[T, histogramPoint([], [], { count: 4, sum: null })]], otel({ unit: 'ms' })),
  ],
  'histogram-delta': [
    complex(
      'http.duration',
      [
        [T, histogramPoint([1], [1, 2])],
        [T + 1000, histogramPoint([1], [0, 4])],
      ],
      otel({ unit: 's', temporality: 'delta' }),
    ),
  ],
  'exponential-histogram': [
    complex(
      'rpc.duration',
      [[T, exponentialPoint({ negative: { offset: 2, counts: [4] }, count: 11 })]],
      otel({ unit: 's' }),
    ),
  ],
  'exponential-histogram-too-fine': [
    complex(
      'rpc.duration',
      [[T, exponentialPoint({ count: 22, scale: 10, positive: { offset: -3, counts: [1, 2, 3, 4, 5, 6] } })]],
      otel({ unit: 's' }),
    ),
  ],
  'exponential-histogram-delta': [
    complex(
      'rpc.duration',
      [
        [T, exponentialPoint()],
        [T + 1000, exponentialPoint({ scale: 0, positive: { offset: 0, counts: [5, 1] }, zeroCount: 0, count: 6 })],
      ],
      otel({ unit: 's', temporality: 'delta' }),
    ),
  ],
  'exponential-histogram-gauge': [
    complex('rpc_duration', [[T, exponentialPoint()]], fromPrometheus({ temporality: 'unspecified' })),
  ],
  'exponential-histogram-float': [
    complex(
      'rpc_duration',
      [[T, exponentialPoint({ count: 7.5, zeroCount: 1.25, positive: { offset: 3, counts: [0.25, 6] } })]],
      fromPrometheus({}),
    ),
  ],
  'exponential-histogram-gaps': [
    complex(
      'rpc_duration',
      [[T, exponentialPoint({ count: 9, positive: { offset: 5, counts: [0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 5] } })]],
      fromPrometheus({}),
    ),
  ],
  'from-prometheus': [
    gauge(
      'node_load1',
      [[T, 1.5]],
      fromPrometheus({ attributes: { __replica__: 'a', instance: 'box:9100', job: 'a/b' } }),
    ),
    sum('node:reads', [[T, 2]], fromPrometheus({ unit: 'seconds', startTimeMs: T - 9000 })),
    gauge('latency__p99', [[T, 3]], fromPrometheus({ unit: '1', attributes: { otel_scope_name: 'x' } })),
    stale('node_load1', [T + 1000], fromPrometheus({ attributes: { instance: 'box:9100' } })),
  ],
  'histogram-from-prometheus': [
    complex('http_duration', [[T, histogramPoint([0.5, 1], [1, 0, 4])]], fromPrometheus({ unit: 'seconds' })),
    stale(
      'http_duration',
      [T + 1000],
      fromPrometheus({ unit: 'seconds', kind: 'histogram', temporality: 'cumulative' }),
    ),
  ],
  'not-finite': [
    gauge(
      'ratio',
      [
        [T, NaN],
        [T + 1000, Infinity],
        [T + 2000, -Infinity],
      ],
      fromPrometheus({}),
    ),
  ],
  summary: [
    complex(
      'gc.pause',
      [
        [
          T,
          summaryPoint([
            [0.5, 1.5],
            [0.99, 9],
          ]),
        ],
      ],
      otel({ unit: 's' }),
    ),
  ],
  stale: [
    stale('up', [T], { attributes: { job: 'node' } }),
    complex('http.duration', [[T, wide]], otel({ unit: 's' })),
    stale('http.duration', [T + 1000], otel({ kind: 'histogram', temporality: 'cumulative', unit: 's' })),
    stale('rpc.duration', [T], otel({ kind: 'exponential_histogram', temporality: 'cumulative', unit: 's' })),
  ],
  exemplar: [
    {
      ...complex('http.duration', [], otel({ kind: 'histogram', temporality: 'cumulative', unit: 's' })),
      points: [
        {
          timeMs: T,
          complex: wide,
          exemplar: {
            value: 0.7,
            traceId: '0af7651916cd43dd8448eb211c80319c',
            spanId: 'b7ad6b7169203331',
            attributes: { user: 'u1' },
          },
        },
      ],
    },
  ],
}
