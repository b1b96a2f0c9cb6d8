import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { KafkaPort } from '@pegel/kafka'
import type { Outcome } from '@pegel/pipeline'
import { createLogger } from '@pegel/telemetry'
import {
  batchOf,
  complex,
  eventually,
  exponentialPoint,
  gauge,
  histogramPoint,
  stale,
  sum,
  summaryPoint,
  tenantConfig,
  uniqueName,
} from '@pegel/testing'
import type { SeriesExtras, SeriesSpec } from '@pegel/testing'
import { startComponent } from '../../../tools/stack/index.ts'
import type { RunningComponent } from '../../../tools/stack/index.ts'
import type { PrometheusSink } from '../src/prometheus.sink.ts'
import { query, rawSamples } from './prometheus-backend.ts'
import { testSink } from './test-sink.ts'

const log = createLogger({ service: 'test', level: 'silent' })
const { signal } = new AbortController()
const HOUR_MS = 3_600_000

let prometheus: RunningComponent
let sink: PrometheusSink
beforeAll(async () => {
  prometheus = await startComponent('prometheus3', {
    dataDir: join('.stack', uniqueName('prometheus3')),
    local: true,
    config: { flags: ['--enable-feature=exemplar-storage,type-and-unit-labels,metadata-wal-records'] },
  })
  sink = testSink({ url: prometheus.url, kafka: {} as KafkaPort, log })
  await sink.check(signal)
}, 600_000)
afterAll(async () => {
  await sink.close()
  await prometheus.stop()
})

async function write(tenant: string, series: readonly SeriesSpec[], to = sink): Promise<Outcome | undefined> {
  const { record } = batchOf(tenant, series)
  const { outcomes } = await to.write({ tenant, config: tenantConfig(tenant), records: [record] }, signal)
  return outcomes[0]
}

/** What came by remote write. */
const own = (extras: SeriesExtras = {}): SeriesExtras => ({ scope: { name: 'prometheus', version: '' }, ...extras })
const OTEL: SeriesExtras = { unit: 's', resource: { 'service.name': 'web' }, scope: { name: 'http', version: '1' } }
const stored = async (tenant: string) => rawSamples({ selector: `{tenant="${tenant}"}`, url: prometheus.url })
const count = async (expression: string): Promise<string | undefined> =>
  (await query(expression, prometheus.url))[0]?.value

describe('a Prometheus 3', () => {
  it('is written to by remote write 2.0: types and units arrive', async () => {
    const tenant = uniqueName('typed')
    const atMs = Date.now() - 2_000
    const outcome = await write(tenant, [
      sum('http.requests', [[atMs, 6]], { ...OTEL, unit: 'By' }),
      complex('gc.pause', [[atMs, summaryPoint([[0.5, 1]])]], OTEL),
    ])
    expect(outcome).toMatchObject({ delivered: 2, rejected: [], retry: [] })
    const series = await stored(tenant)
    const labels = Object.fromEntries(series.map(({ name, labels: all }) => [name, [all.__type__, all.__unit__]]))
    expect(labels).toMatchObject({
      http_requests_bytes_total: ['counter', 'bytes'],
      gc_pause_seconds_sum: ['summary', 'seconds'],
    })
  })

  it('gets series that came from Prometheus with their names and labels, whatever characters they have', async () => {
    const tenant = uniqueName('same')
    const atMs = Date.now() - 2_000
    const attributes = { job: 'a/b', instance: 'box:9100', 'http.route': '/größe', __replica__: 'r' }
    await write(tenant, [
      gauge('http.größe', [[atMs, 1]], own({ attributes })),
      sum('reads', [[atMs, 2]], own({ attributes })),
    ])
    const series = await stored(tenant)
    expect(series.map(({ name }) => name).sort()).toEqual(['http.größe', 'reads'])
    for (const { labels } of series) expect(labels).toMatchObject({ ...attributes, tenant })
  })

  it.each<[string, SeriesSpec['points'][number]['complex'], string, string]>([
    ['an exponential histogram', exponentialPoint(), '7', '21.5'],
    ['a finer one than it has', exponentialPoint({ scale: 12 }), '7', '21.5'],
    ['a float histogram', exponentialPoint({ count: 6.75, zeroCount: 0.75 }), '6.75', '21.5'],
    ['one with gaps', exponentialPoint({ positive: { offset: 0, counts: [1, 0, 0, 0, 0, 0, 0, 0, 5] } }), '7', '21.5'],
    ['one with bounds of its own', histogramPoint([0.5, 1], [1, 2, 4]), '7', '14'],
  ])('stores %s as a native histogram', async (_what, point, counted, total) => {
    const tenant = uniqueName('native')
    const atMs = Date.now() - 2_000
    const extras = own(point?.kind === 'histogram' ? { kind: 'histogram' } : {})
    const outcome = await write(tenant, [complex('rpc_duration', point === undefined ? [] : [[atMs, point]], extras)])
    expect(outcome).toMatchObject({ delivered: 1 })
    const selector = `rpc_duration{tenant="${tenant}"}`
    expect([await count(`histogram_count(${selector})`), await count(`histogram_sum(${selector})`)]).toEqual([
      counted,
      total,
    ])
  })

  it('ends series, native ones too, at their staleness markers', async () => {
    const tenant = uniqueName('stale')
    const atMs = Date.now() - 5_000
    const histograms = own({ kind: 'exponential_histogram', temporality: 'cumulative' })
    await write(tenant, [gauge('up', [[atMs, 1]], own()), complex('rpc', [[atMs, exponentialPoint()]], own())])
    expect(await query(`{tenant="${tenant}"}`, prometheus.url)).toHaveLength(2)
    await write(tenant, [stale('up', [atMs + 1000], own()), stale('rpc', [atMs + 1000], histograms)])
    expect(await query(`{tenant="${tenant}"}`, prometheus.url)).toEqual([])
  })

  it('stores exemplars', async () => {
    const tenant = uniqueName('exemplar')
    const atMs = Date.now() - 5_000
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const points = [{ timeMs: atMs, value: 1, exemplar: { value: 1, traceId } }]
    expect(await write(tenant, [{ ...sum('requests', [], own()), points }])).toMatchObject({ delivered: 1 })
    const range = `&start=${(atMs - 60_000) / 1000}&end=${(atMs + 60_000) / 1000}`
    const search = `${prometheus.url}/api/v1/query_exemplars?query=${encodeURIComponent(`{tenant="${tenant}"}`)}${range}`
    await eventually(async () => {
      const { data } = (await (await fetch(search)).json()) as { data: { exemplars: { labels: object }[] }[] }
      expect(data[0]?.exemplars[0]?.labels).toEqual({ trace_id: traceId })
    })
  })

  it('refuses what is too old without loss to its neighbours, and every point is answered for', async () => {
    const tenant = uniqueName('refused')
    const nowMs = Date.now()
    const of = (host: string, timeMs: number): SeriesSpec => gauge('load', [[timeMs, 1]], own({ attributes: { host } }))
    const outcome = await write(tenant, [
      of('a', nowMs - 60_000),
      of('b', nowMs - 5 * HOUR_MS),
      of('c', nowMs - 60_000),
      gauge(
        'load',
        [
          [nowMs - 50_000, 2],
          [nowMs - 40_000, 3],
          [nowMs - 30_000, 4],
        ],
        own({ attributes: { host: 'd' } }),
      ),
    ])
    expect(outcome).toMatchObject({ delivered: 5, rejected: [{ point: 1, reason: 'too_old' }] })
    const points = (await stored(tenant)).flatMap((series) => series.points)
    expect(points.map(({ value }) => value).sort()).toEqual([1, 1, 2, 3, 4])
  })

  it('may be written to by 1.0 when that is set', async () => {
    const tenant = uniqueName('pinned')
    const pinned = testSink({ url: prometheus.url, kafka: {} as KafkaPort, log }, { PEGEL_PROMETHEUS_PROTOCOL: '1.0' })
    await pinned.check(signal)
    const atMs = Date.now() - 2_000
    expect(await write(tenant, [sum('reads', [[atMs, 1]], own({ unit: 'bytes' }))], pinned)).toMatchObject({
      delivered: 1,
    })
    expect((await stored(tenant))[0]?.labels).not.toHaveProperty('__type__')
    await pinned.close()
  })
})
