import { describe, expect, it } from '@jest/globals'
import type { SentPoint } from '../journal/read-journal.ts'
import { compare } from './compare.ts'
import { elasticsearchCells, hitCells, nanoseconds } from './elasticsearch-cells.ts'
import { expectedPoints } from './expected-points.ts'
import { influxdbCells, rowCell } from './influxdb-cells.ts'
import { prometheusCells } from './prometheus-cells.ts'
import { matrixCells } from './prometheus-read.ts'

const metric: SentPoint['metric'] = {
  scope: { name: 'shop', version: '1.0.0' },
  name: 'shop.orders',
  unit: '{order}',
  kind: 'sum',
  temporality: 'cumulative',
  monotonic: true,
}
const sent = (changes: Partial<SentPoint> = {}): SentPoint => ({
  tenant: 'shop',
  resource: {
    'service.name': 'shop',
    'service.namespace': 'examples',
    'service.instance.id': 'shop-1',
    'host.name': 'h',
  },
  metric,
  attributes: { 'order.status': 'paid' },
  timeNs: '1795374000123456789',
  value: 5,
  acknowledged: true,
  ...changes,
})
const histogram = { count: 3, sum: 6.5, min: 1, max: 4, bounds: [1, 2.5], counts: [1, 1, 1] }
const duration = (changes: Partial<SentPoint> = {}): SentPoint =>
  sent({
    metric: { ...metric, name: 'http.server.request.duration', unit: 's', kind: 'histogram', monotonic: false },
    value: histogram,
    ...changes,
  })
const labels = 'instance="shop-1",job="examples/shop"'
const scope = 'otel_scope_name="shop",otel_scope_version="1.0.0"'
const never = (): boolean => false

describe('prometheusCells', () => {
  it('names series as the OpenTelemetry specification does', () => {
    const gauge = { ...metric, kind: 'gauge', temporality: 'unspecified', monotonic: false } as const
    const names = (changes: Partial<SentPoint['metric']>): string[] =>
      prometheusCells([sent({ metric: { ...gauge, ...changes } })], never).map(({ series }) =>
        series.replace(/{.*/, ''),
      )
    expect(names({ name: 'system.cpu.utilization', unit: '1' })).toEqual(['system_cpu_utilization_ratio'])
    expect(names({ name: 'system.memory.usage', unit: 'By', kind: 'sum' })).toEqual(['system_memory_usage_bytes'])
    expect(names({ name: 'system.cpu.time', unit: 's', kind: 'sum', monotonic: true })).toEqual([
      'system_cpu_time_seconds_total',
    ])
    expect(names({ name: 'river.volume', unit: 'm3', kind: 'sum', monotonic: true })).toEqual(['river_volume_m3_total'])
    expect(() => names({ unit: 'furlong' })).toThrow('furlong')
  })

  it('gives a number one sample in ms, a histogram cumulative buckets', () => {
    expect(prometheusCells([sent()], never)).toEqual([
      {
        tenant: 'shop',
        series: `shop_orders_total{${labels},order_status="paid",${scope}}`,
        time: '1795374000123',
        value: 5,
        acknowledged: true,
      },
    ])
    const cells = prometheusCells([duration({ attributes: {} })], never)
    expect(
      Object.fromEntries(
        cells.map(({ series, value }) => [series.replace(`${labels},`, '').replace(scope, ''), value]),
      ),
    ).toEqual({
      'http_server_request_duration_seconds_count{}': 3,
      'http_server_request_duration_seconds_sum{}': 6.5,
      'http_server_request_duration_seconds_bucket{le="+Inf",}': 3,
      'http_server_request_duration_seconds_bucket{le="1",}': 1,
      'http_server_request_duration_seconds_bucket{le="2.5",}': 2,
    })
  })

  it('adds deltas up in time order, whatever the order of the journal', () => {
    const delta = (timeNs: string, value: number, acknowledged = true): SentPoint =>
      sent({ metric: { ...metric, temporality: 'delta' }, timeNs: `${timeNs}000000`, value, acknowledged })
    const values = (has: boolean): number[] =>
      prometheusCells([delta('3', 30), delta('1', 10), delta('2', 20, false)], () => has).map(({ value }) => value)
    expect(values(true)).toEqual([10, 30, 60])
    expect(values(false)).toEqual([10, 40])
  })

  it('adds delta histograms up bucket by bucket', () => {
    const delta = { ...duration().metric, temporality: 'delta' } as const
    const cells = prometheusCells(
      ['1000000', '2000000'].map((timeNs) => duration({ metric: delta, timeNs, attributes: {} })),
      never,
    )
    const last = cells.filter(({ time }) => time === '2').map(({ value }) => value)
    expect(last).toEqual([6, 6, 13, 2, 4])
  })

  it('matches what Prometheus answers', () => {
    const answer = {
      status: 'success',
      data: {
        result: [
          {
            metric: {
              __name__: 'shop_orders_total',
              tenant: 'shop',
              job: 'examples/shop',
              instance: 'shop-1',
              order_status: 'paid',
              otel_scope_name: 'shop',
              otel_scope_version: '1.0.0',
            },
            values: [[1795374000.123, '5'] as const],
          },
          { metric: { __name__: 'target_info', tenant: 'shop' }, values: [[1795374000, '1'] as const] },
          { metric: { __name__: 'ALERTS', alertname: 'X', tenant: 'shop' }, values: [[1795374000, '1'] as const] },
          { metric: { __name__: 'tenant:orders:rate5m', tenant: 'shop' }, values: [[1795374000, '1'] as const] },
        ],
      },
    }
    expect(compare(prometheusCells([sent()], never), matrixCells(answer))).toMatchObject({ matched: 1, different: [] })
  })
})

describe('elasticsearchCells', () => {
  const hit = {
    _index: '.ds-metrics-pegel.tenant-shop-2026.11.22-000001',
    _source: {
      '@timestamp': '2026-11-22T19:00:00.123456789Z',
      start_timestamp: '2026-11-22T18:00:00Z',
      tenant: 'shop',
      metric_names_hash: 'x',
      kind: 'histogram',
      temporality: 'cumulative',
      unit: 's',
      'scope.name': 'shop',
      'scope.version': '1.0.0',
      resource: {
        attributes: {
          'service.name': 'shop',
          'service.namespace': 'examples',
          'service.instance.id': 'shop-1',
          'host.name': 'h',
        },
      },
      'attributes.order.status': 'paid',
      'metrics.http.server.request.duration': {
        count: 3,
        sum: 6.5,
        min: 1,
        max: 4,
        bounds: [1, 2.5],
        counts: [1, 1, 1],
      },
    },
  }
  const point = duration({ timeNs: nanoseconds('2026-11-22T19:00:00.123456789Z') })

  it('match the document, nested or flat', () => {
    const cells = hitCells(hit, () => 'metrics-pegel.tenant-shop')
    expect(compare(elasticsearchCells([point]), cells)).toMatchObject({ matched: 9, different: [] })
  })

  it('do not match a document in another stream', () => {
    const cells = hitCells(hit, () => 'metrics-pegel.shared-default')
    expect(compare(elasticsearchCells([point]), cells).different).toHaveLength(18)
  })
})

describe('influxdbCells', () => {
  const row = {
    result: '_result',
    table: 0,
    _start: 'x',
    _stop: 'y',
    _time: '2026-11-22T19:00:00.1234Z',
    _value: 5,
    _field: 'counter',
    _measurement: 'shop.orders',
    tenant: 'shop',
    'order.status': 'paid',
    'service.name': 'shop',
    'service.namespace': 'examples',
    'service.instance.id': 'shop-1',
    'host.name': 'h',
    'otel.scope.name': 'shop',
    'otel.scope.version': '1.0.0',
    'otel.metric.unit': '{order}',
  }
  const point = sent({ timeNs: nanoseconds('2026-11-22T19:00:00.1234Z') })

  it('match the row', () => {
    const cell = rowCell(row, 'pegel_shop', (tenant) => `pegel_${tenant}`)
    expect(compare(influxdbCells([point]), [cell])).toMatchObject({ matched: 1, different: [] })
  })

  it('do not match a row in another bucket', () => {
    const cell = rowCell(row, 'pegel-shared', (tenant) => `pegel_${tenant}`)
    expect(compare(influxdbCells([point]), [cell]).different).toHaveLength(2)
  })

  it('tell deltas and histograms', () => {
    const delta = { ...metric, temporality: 'delta' } as const
    expect(influxdbCells([sent({ metric: delta })])[0]?.series).toContain('shop.orders delta')
    expect(influxdbCells([duration()]).map(({ series, value }) => [series.split(' ')[1], value])).toEqual([
      ['count', 3],
      ['sum', 6.5],
      ['min', 1],
      ['max', 4],
      ['1', 1],
      ['2.5', 2],
    ])
  })
})

describe('expectedPoints', () => {
  const tenant = {
    tenant: 'shop',
    staticLabels: { environment: 'demo' },
    placement: 'shared',
    rules: ['no_loopback'],
  } as const

  it('adds static labels and counts what rules drop', () => {
    const loopback = sent({ attributes: { 'network.interface.name': 'lo' } })
    const { kept, dropped } = expectedPoints([sent(), loopback], tenant)
    expect(kept).toEqual([sent({ attributes: { 'order.status': 'paid', environment: 'demo' } })])
    expect(dropped).toEqual(new Map([['no_loopback', [loopback]]]))
  })

  it('refuses a rule whose effect it does not know', () => {
    expect(() => expectedPoints([], { ...tenant, rules: ['mystery'] })).toThrow('mystery')
  })
})
