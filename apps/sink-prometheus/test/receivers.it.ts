import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
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
  requirePrometheus,
  stale,
  sum,
  tenantConfig,
  uniqueName,
} from '@pegel/testing'
import type { SeriesExtras, SeriesSpec } from '@pegel/testing'
import { startComponent } from '../../../tools/stack/index.ts'
import type { RunningComponent } from '../../../tools/stack/index.ts'
import type { PrometheusSink } from '../src/prometheus.sink.ts'
import { query, rawSamples } from './prometheus-backend.ts'
import { testSink } from './test-sink.ts'

const noKafka = {} as KafkaPort
const log = createLogger({ service: 'test', level: 'silent' })
const { signal } = new AbortController()
const sinks: PrometheusSink[] = []

function sinkAt(url: string, environment: Readonly<Record<string, string>> = {}): PrometheusSink {
  const sink = testSink({ url, kafka: noKafka, log }, environment)
  sinks.push(sink)
  return sink
}

async function write(
  sink: PrometheusSink,
  tenant: string,
  series: readonly SeriesSpec[],
): Promise<Outcome | undefined> {
  const labelled = series.map((each) => ({ ...each, attributes: { ...each.attributes, tenant } }))
  const { record } = batchOf(tenant, labelled)
  const { outcomes } = await sink.write({ tenant, config: tenantConfig(tenant), records: [record] }, signal)
  return outcomes[0]
}

const OTEL: SeriesExtras = {
  unit: 's',
  resource: { 'service.name': 'web', 'host.name': 'box' },
  scope: { name: 'http', version: '1' },
}

afterEach(async () => {
  for (const sink of sinks.splice(0)) await sink.close()
})

describe('a Prometheus as it comes', () => {
  it('stores histograms, counters and what is known of the resource', async () => {
    const tenant = uniqueName('kinds')
    const atMs = Date.now() - 5_000
    const outcome = await write(sinkAt(requirePrometheus()), tenant, [
      complex('http.duration', [[atMs, histogramPoint([0.1, 1], [1, 2, 3])]], OTEL),
      sum('http.requests', [[atMs, 6]], { ...OTEL, unit: '{request}' }),
    ])
    expect(outcome).toMatchObject({ delivered: 2, retry: [], rejected: [] })
    const stored = await rawSamples({ selector: `{tenant="${tenant}"}` })
    const values = Object.fromEntries(
      stored.map(({ name, labels, points }) => [name + (labels.le ?? ''), points[0]?.value]),
    )
    expect(values).toEqual({
      'http_duration_seconds_bucket0.1': 1,
      http_duration_seconds_bucket1: 3,
      'http_duration_seconds_bucket+Inf': 6,
      http_duration_seconds_sum: 12,
      http_duration_seconds_count: 6,
      http_requests_total: 6,
      target_info: 1,
    })
  })

  it('ends a series at its staleness marker', async () => {
    const tenant = uniqueName('stale')
    const atMs = Date.now() - 5_000
    const sink = sinkAt(requirePrometheus())
    await write(sink, tenant, [gauge('up', [[atMs, 1]])])
    expect(await query(`up{tenant="${tenant}"}`)).toHaveLength(1)
    await write(sink, tenant, [stale('up', [atMs + 1_000])])
    expect(await query(`up{tenant="${tenant}"}`)).toEqual([])
  })

  it('is not sent native histograms, which it would refuse', async () => {
    const sink = sinkAt(requirePrometheus())
    const outcome = await write(sink, uniqueName('native'), [
      complex('rpc.duration', [[Date.now(), exponentialPoint()]], OTEL),
    ])
    expect(outcome).toMatchObject({ unsupported: 1, delivered: 0 })
  })

  it('refuses them if they are sent, without loss to their neighbours', async () => {
    const tenant = uniqueName('native')
    const sink = sinkAt(requirePrometheus(), { PEGEL_PROMETHEUS_NATIVE_HISTOGRAMS: 'on' })
    const atMs = Date.now() - 5_000
    const outcome = await write(sink, tenant, [
      gauge('before', [[atMs, 1]]),
      complex('rpc.duration', [[atMs, exponentialPoint()]], OTEL),
      gauge('after', [[atMs, 2]]),
    ])
    expect(outcome).toMatchObject({ unsupported: 1, delivered: 2 })
    expect(await rawSamples({ selector: `{tenant="${tenant}",__name__=~"before|after"}` })).toHaveLength(2)
  })

  it('names what has another value at the same time as already there', async () => {
    const tenant = uniqueName('twice')
    const atMs = Date.now() - 5_000
    const sink = sinkAt(requirePrometheus())
    await write(sink, tenant, [gauge('a', [[atMs, 1]])])
    const outcome = await write(sink, tenant, [gauge('a', [[atMs, 2]]), gauge('b', [[atMs, 3]])])
    expect(outcome).toMatchObject({ alreadyPresent: 1, delivered: 1 })
  })

  it('is down for a sink that knows a wrong address', async () => {
    await expect(sinkAt(`${requirePrometheus()}/nowhere/api/v1/push`).check(signal)).rejects.toThrow('404')
    await expect(sinkAt('http://127.0.0.1:1').check(signal)).rejects.toThrow('ECONNREFUSED')
    await sinkAt(requirePrometheus()).check(signal)
  })
})

describe('a Prometheus with native histograms and exemplars', () => {
  let own: RunningComponent | undefined
  beforeAll(async () => {
    own = await startComponent('prometheus', {
      dataDir: join('.stack', uniqueName('native')),
      local: true,
      config: { flags: ['--enable-feature=native-histograms,exemplar-storage'] },
    })
  })
  afterAll(() => own?.stop())

  it('stores exponential histograms as native ones', async () => {
    const tenant = uniqueName('native')
    const url = own?.url ?? ''
    const sink = sinkAt(url)
    await sink.check(signal)
    const atMs = Date.now() - 2_000
    const outcome = await write(sink, tenant, [complex('rpc.duration', [[atMs, exponentialPoint()]], OTEL)])
    expect(outcome).toMatchObject({ delivered: 1 })
    const selector = `rpc_duration_seconds{tenant="${tenant}"}`
    const [count] = await query(`histogram_count(${selector})`, url)
    const [total] = await query(`histogram_sum(${selector})`, url)
    expect([count?.value, total?.value]).toEqual(['7', '21.5'])
    // Half of the observations lie below: in (1, 2], the bucket that holds the fourth and fifth of seven.
    const [median] = await query(`histogram_quantile(0.5, ${selector})`, url)
    expect(Number(median?.value)).toBeGreaterThan(1)
    expect(Number(median?.value)).toBeLessThanOrEqual(2)
  })

  it('stores exemplars', async () => {
    const tenant = uniqueName('exemplar')
    const url = own?.url ?? ''
    const atMs = Date.now() - 2_000
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const spec = {
      ...sum('http.requests', [], OTEL),
      points: [{ timeMs: atMs, value: 1, exemplar: { value: 1, traceId } }],
    }
    await write(sinkAt(url), tenant, [spec])
    const range = `&start=${(atMs - 60_000) / 1000}&end=${(atMs + 60_000) / 1000}`
    const search = `${url}/api/v1/query_exemplars?query=${encodeURIComponent(`{tenant="${tenant}"}`)}${range}`
    await eventually(async () => {
      const { data } = (await (await fetch(search)).json()) as { data: { exemplars: { labels: object }[] }[] }
      expect(data[0]?.exemplars[0]?.labels).toEqual({ trace_id: traceId })
    })
  })
})

describe('VictoriaMetrics', () => {
  let own: RunningComponent | undefined
  beforeAll(async () => {
    own = await startComponent('victoriametrics', { dataDir: join('.stack', uniqueName('vm')), local: true })
  })
  afterAll(() => own?.stop())

  it('is recognised and stores what it can hold', async () => {
    const tenant = uniqueName('vm')
    const url = own?.url ?? ''
    const sink = sinkAt(url)
    await sink.check(signal)
    const atMs = Date.now() - 60_000
    const outcome = await write(sink, tenant, [
      gauge('load', [[atMs, 1.5]]),
      complex('rpc.duration', [[atMs, exponentialPoint()]], OTEL),
    ])
    expect(outcome).toMatchObject({ delivered: 1, unsupported: 1 })
    await eventually(async () => expect(await query(`load{tenant="${tenant}"}`, url)).toMatchObject([{ value: '1.5' }]))
  })
})
