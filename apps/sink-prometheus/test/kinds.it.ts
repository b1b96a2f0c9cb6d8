import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Outcome } from '@pegel/pipeline'
import { createLogger } from '@pegel/telemetry'
import { batchOf, eventually, tenantConfig, uniqueName } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import { startComponent } from '../../../tools/stack/index.ts'
import type { RunningComponent } from '../../../tools/stack/index.ts'
import type { PrometheusSink } from '../src/prometheus.sink.ts'
import { CELLS, T } from './cells.ts'
import { promised } from './golden-lines.ts'
import type { PromisedExemplar } from './golden-lines.ts'
import { storedLines } from './stored-lines.ts'
import { StateTopic } from './state-topic.ts'
import { testSink } from './test-sink.ts'

/** Golden times are fixed; a Prometheus takes what is new. */
const SHIFT_MS = Date.now() - 60_000 - T
const { signal } = new AbortController()

let prometheus: RunningComponent
let sink: PrometheusSink
beforeAll(async () => {
  prometheus = await startComponent('prometheus3', {
    dataDir: join('.stack', uniqueName('kinds')),
    local: true,
    config: { flags: ['--enable-feature=exemplar-storage'] },
  })
  const log = createLogger({ service: 'test', level: 'silent' })
  sink = testSink({ url: prometheus.url, kafka: new StateTopic().asPort(), log })
  await sink.check(signal)
}, 600_000)
afterAll(async () => {
  await sink.close()
  await prometheus.stop()
})

const moved = (series: readonly SeriesSpec[]): SeriesSpec[] =>
  series.map((each) => ({
    ...each,
    ...(each.startTimeMs === 0 ? {} : { startTimeMs: each.startTimeMs + SHIFT_MS }),
    points: each.points.map((point) => ({ ...point, timeMs: point.timeMs + SHIFT_MS })),
  }))

async function write(tenant: string, series: readonly SeriesSpec[]): Promise<Outcome | undefined> {
  const { record } = batchOf(tenant, moved(series))
  const { outcomes } = await sink.write({ tenant, config: tenantConfig(tenant), records: [record] }, signal)
  return outcomes[0]
}

async function storedExemplars(tenant: string): Promise<readonly PromisedExemplar[]> {
  const from = (T + SHIFT_MS) / 1000
  const query = encodeURIComponent(`{tenant="${tenant}"}`)
  const url = `${prometheus.url}/api/v1/query_exemplars?query=${query}&start=${from - 60}&end=${from + 60}`
  const { data } = (await (await fetch(url)).json()) as {
    data: { exemplars: { labels: Record<string, string>; value: string; timestamp: number }[] }[]
  }
  return data.flatMap(({ exemplars }) =>
    exemplars.map(({ labels, value, timestamp }) => ({
      labels,
      value: Number(value),
      timeMs: Math.round(timestamp * 1000),
    })),
  )
}

it.each(Object.entries(CELLS))('Prometheus 3 holds of %s what the golden file says', async (cell, series) => {
  const tenant = uniqueName('kind')
  const points = series.reduce((total, each) => total + each.points.length, 0)
  expect(await write(tenant, series)).toMatchObject({ delivered: points, rejected: [], retry: [], unsupported: 0 })
  const golden = readFileSync(new URL(`golden/${cell}.txt`, import.meta.url), 'utf8')
  const { lines, exemplars } = promised(golden, { tenant, shiftMs: SHIFT_MS })
  expect(await storedLines(prometheus.url, tenant)).toEqual(lines)
  await eventually(async () => expect(await storedExemplars(tenant)).toEqual(exemplars))
})
