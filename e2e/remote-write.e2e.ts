import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { startComponent } from '../tools/stack/index.ts'
import type { ComponentConfig, ComponentName, RunningComponent } from '../tools/stack/index.ts'
import { newTenant, startPipeline, type Pipeline, type TestTenant } from './pipeline.ts'

const [older, newer] = [newTenant('rw_one'), newTenant('rw_two')]
const running: RunningComponent[] = []
let pipeline: Pipeline
let receiver: RunningComponent

async function start(name: ComponentName, config: ComponentConfig): Promise<RunningComponent> {
  const dataDir = mkdtempSync(join(tmpdir(), 'pegel-e2e-'))
  const component = await startComponent(name, { dataDir, local: true, config })
  running.push(component)
  return component
}

/** A Prometheus that scrapes itself and sends everything through the pipeline. */
function startSender(
  name: ComponentName,
  { key }: TestTenant,
  more: ComponentConfig & { version?: '2.0' } = {},
): Promise<RunningComponent> {
  const { version, ...config } = more
  const message = version === undefined ? {} : { message: 'io.prometheus.write.v2.Request' as const }
  const remoteWrite = { url: `${pipeline.gateway}/api/v1/write`, bearerToken: key, ...message }
  return start(name, { scrapeSelf: true, intervalMs: 1000, remoteWrite, ...config })
}

interface Found {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [number, string]
  readonly histogram?: readonly [number, unknown]
}

async function query({ url }: RunningComponent, expression: string, time?: number): Promise<readonly Found[]> {
  const body = new URLSearchParams({ query: expression, ...(time === undefined ? {} : { time: String(time) }) })
  const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body })
  return ((await response.json()) as { data: { result: readonly Found[] } }).data.result
}

/** All series of a job at an instant, by their labels: what was sampled just then. */
async function seriesAt(
  from: RunningComponent,
  selector: string,
  time: number,
): Promise<Readonly<Record<string, unknown>>> {
  const found = await query(from, selector, time)
  const entries = found.map(({ metric, value, histogram }) => {
    const labels = Object.entries(metric).filter(([name]) => name !== 'tenant')
    const name = JSON.stringify(labels.sort(([a], [b]) => (a < b ? -1 : 1)))
    return [name, histogram?.[1] ?? value?.[1]] as const
  })
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

beforeAll(async () => {
  receiver = await start('prometheus3', {})
  pipeline = await startPipeline([older, newer], { PEGEL_PROMETHEUS_URL: receiver.url })
}, 600_000)
afterAll(async () => {
  await Promise.all(running.map((component) => component.stop()))
  await pipeline.stop()
})

/** Every series of one scrape, at its source and behind Pegel. */
async function expectTheSame(
  sender: RunningComponent,
  { tenant }: TestTenant,
): Promise<Readonly<Record<string, unknown>>> {
  let atSource: Readonly<Record<string, unknown>> = {}
  await eventually(
    async () => {
      const [latest] = await query(receiver, `timestamp(up{tenant="${tenant}"})`)
      const time = Number(latest?.value?.[1])
      atSource = await seriesAt(sender, '{job="prometheus"}', time)
      expect(Object.keys(atSource).length).toBeGreaterThan(100)
      expect(await seriesAt(receiver, `{job="prometheus",tenant="${tenant}"}`, time)).toEqual(atSource)
    },
    { deadlineMs: 60_000, everyMs: 500 },
  )
  return atSource
}

describe('what a Prometheus sends through Pegel comes out at another with the same names, labels and values', () => {
  it('by remote write 1.0', async () => {
    const sender = await startSender('prometheus', older)
    const series = await expectTheSame(sender, older)
    expect(Object.keys(series).join()).toContain('prometheus_http_request_duration_seconds_bucket')
  }, 120_000)

  it('by remote write 2.0, with types, native histograms and start times', async () => {
    const flags = ['--enable-feature=st-storage,exemplar-storage,metadata-wal-records']
    const sender = await startSender('prometheus3', newer, { version: '2.0', scrapeNativeHistograms: true, flags })
    const series = await expectTheSame(sender, newer)
    expect(Object.values(series).filter((value) => typeof value === 'object').length).toBeGreaterThan(0)
  }, 120_000)
})
