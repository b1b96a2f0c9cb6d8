import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka, uniqueName } from '@pegel/testing'
import { startComponent } from '../../../../tools/stack/index.ts'
import type { ComponentConfig, ComponentName, RunningComponent } from '../../../../tools/stack/index.ts'
import { KEYS, RunningGateway } from '../support/running-gateway.ts'
import { storedPoints } from '../support/stored-points.ts'
import type { StoredPoint } from '../support/stored-points.ts'

let gateway: RunningGateway
const senders: RunningComponent[] = []
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka())
})
afterAll(async () => {
  await Promise.all(senders.map((sender) => sender.stop()))
  await gateway.close()
})

/** A Prometheus that scrapes itself and sends everything to the gateway. */
async function startSender(name: ComponentName, config: ComponentConfig): Promise<RunningComponent> {
  const sender = await startComponent(name, { dataDir: join('.stack', uniqueName('sender')), local: true, config })
  senders.push(sender)
  return sender
}
const to = (tenant: 'acme' | 'globex') => ({ url: gateway.url('/api/v1/push'), bearerToken: KEYS[tenant] })
const of = async (tenant: string): Promise<readonly StoredPoint[]> =>
  (await storedPoints(gateway)).filter(({ envelope }) => envelope.tenant === tenant)

async function nothingLost(sender: RunningComponent): Promise<void> {
  const text = await (await fetch(`${sender.url}/metrics`)).text()
  for (const what of ['samples', 'exemplars', 'histograms']) {
    for (const fate of ['failed', 'retried']) {
      const lines = text.match(new RegExp(`^prometheus_remote_storage_${what}_${fate}_total\\{.*$`, 'gm')) ?? []
      expect(lines.map((line) => line.split(' ').at(-1))).toEqual(['0'])
    }
  }
}

describe('Prometheus 2, remote write 1.0', () => {
  it('sends what it scrapes, and is told that all of it was taken', async () => {
    const remoteWrite = to('acme')
    const sender = await startSender('prometheus', { scrapeSelf: true, intervalMs: 500, remoteWrite })
    const instance = new URL(sender.url).host
    await eventually(async () => {
      const points = (await of('acme')).filter(({ series }) => series.name === 'up')
      expect(points.length).toBeGreaterThan(1)
      expect(points[0]).toMatchObject({
        envelope: { protocol: 'remote_write_1', refused: [] },
        series: { kind: 'gauge', unit: '' },
        tags: { job: 'prometheus', instance },
        value: 1,
      })
    })
    const names = new Set((await of('acme')).map(({ series }) => series.name))
    expect([...names]).toEqual(expect.arrayContaining(['go_goroutines', 'process_cpu_seconds_total']))
    expect([...names]).toEqual(expect.arrayContaining(['prometheus_http_request_duration_seconds_bucket']))
    await nothingLost(sender)
  }, 60_000)
})

describe('Prometheus 3, remote write 2.0', () => {
  // Where it was never run before, it is built first.
  it('sends what it scrapes with its types, start times and native histograms', async () => {
    const flags = ['--enable-feature=st-storage,exemplar-storage,metadata-wal-records']
    const remoteWrite = { ...to('globex'), message: 'io.prometheus.write.v2.Request' } as const
    const config = { scrapeSelf: true, scrapeNativeHistograms: true, intervalMs: 500, remoteWrite, flags }
    const sender = await startSender('prometheus3', config)
    await eventually(async () => {
      const points = await of('globex')
      const kinds = new Map(points.map(({ series }) => [series.name, series.kind]))
      expect(points[0]?.envelope).toMatchObject({ protocol: 'remote_write_2', refused: [] })
      expect(kinds.get('process_cpu_seconds_total')).toBe('sum')
      const started = points.filter(({ series, startMs }) => series.kind === 'sum' && startMs > 0)
      expect(started.length).toBeGreaterThan(0)
      expect(kinds.get('go_goroutines')).toBe('gauge')
      expect(kinds.get('prometheus_http_request_duration_seconds')).toBe('exponential_histogram')
    })
    await nothingLost(sender)
  }, 600_000)
})
