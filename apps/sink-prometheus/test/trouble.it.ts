import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort, Producer } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { batchOf, eventually, gauge, requirePrometheus, startHttpGate, startService, uniqueName } from '@pegel/testing'
import type { GateRule, HttpGate, RunningService } from '@pegel/testing'
import { startComponent } from '../../../tools/stack/index.ts'
import type { KafkaComponent } from '../../../tools/stack/index.ts'
import { rawSamples } from './prometheus-backend.ts'

/** What a process has to stop, as its supervisor counts. */
const STOP_MS = 10_000

describe('sink-prometheus in trouble', () => {
  const [well, refused, hanging] = ['well', 'refused', 'hanging'].map((name) => uniqueName(name)) as [
    string,
    string,
    string,
  ]
  const atMs = Math.floor(Date.now() / 1000) * 1000 - 60_000
  let broker: KafkaComponent
  let kafka: KafkaPort
  let producer: Producer
  let gate: HttpGate
  let service: RunningService

  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'pegel-sink-'))
    broker = await startComponent('kafka', { dataDir, local: true, heapMb: 384 })
    const log = createLogger({ service: 'test', level: 'silent' })
    const metrics = createMetrics({ service: 'test', defaults: false })
    kafka = createKafka({ brokers: [broker.url], clientId: 'test', log, metrics })
    await kafka.ensureTopics({ partitions: 2, replication: 1, retentionDays: 1 })
    producer = kafka.producer()
    for (const tenant of [well, refused, hanging]) {
      const yaml = `tenant: ${tenant}\nsinks: [prometheus]\n`
      const value = encodeRecord('Tenant', { tenant, version: 1, deleted: false, yaml, appliedAtMs: Date.now() })
      await producer.send([{ topic: 'pegel.tenants.v1', key: `${tenant}@1`, value }])
    }
    gate = await startHttpGate(requirePrometheus())
  }, 120_000)
  afterAll(async () => {
    await producer.close()
    await kafka.close()
    await gate.close()
    await broker.stop()
  })
  beforeEach(async () => {
    service = await start()
    await eventually(async () => expect(await status('readyz')).toBe(200), { deadlineMs: 30_000 })
  })
  afterEach(() => service.stop('SIGKILL'))

  const start = (): Promise<RunningService> =>
    startService({
      entry: 'dist/apps/sink-prometheus/main.js',
      env: {
        ...{ PEGEL_KAFKA_BROKERS: broker.url, PEGEL_PARTITIONS: '2', PEGEL_PROMETHEUS_URL: gate.url },
        ...{ PEGEL_ADMIN_PORT: '0', PEGEL_ADMIN_HOST: '127.0.0.1', PEGEL_LANE_PARK_AFTER_MS: '500' },
      },
    })
  const get = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${String(service.listening.adminPort)}/${path}`)
  const status = async (path: string): Promise<number> => (await get(path)).status
  const stored = async (tenant: string): Promise<number> => {
    const series = await rawSamples({ selector: `{tenant="${tenant}"}` })
    return series.flatMap(({ points }) => points).length
  }

  async function produce(tenant: string, count: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const series = gauge('trouble', [[atMs + n * 1000, n]], { attributes: { tenant } })
      await producer.send([{ topic: 'pegel.metrics.v1', key: tenant, value: batchOf(tenant, [series]).value }])
    }
  }

  /** From its log: when it was told, and when it had stopped. */
  function stoppedInMs(): number {
    const timeOf = (message: string): number => {
      const line = service.lines.find((each) => each.includes(`"message":"${message}"`)) ?? '{}'
      return Date.parse((JSON.parse(line) as { timestamp: string }).timestamp)
    }
    return timeOf('stopped') - timeOf('stopping')
  }

  it('stops in time with a lane parked and a write that hangs, and its heir loses nothing', async () => {
    const byTenant: GateRule = ({ headers }) => {
      const tenant = headers['x-scope-orgid']
      return tenant === refused ? { status: 503 } : tenant === hanging ? 'hang' : undefined
    }
    gate.rule(byTenant)
    for (const tenant of [well, refused, hanging]) await produce(tenant, 5)
    await eventually(async () => expect(await stored(well)).toBe(5))
    const parked = new RegExp(`pegel_sink_parked_records\\{.*tenant="${refused}".*\\} 5`)
    await eventually(async () => expect(await (await get('metrics')).text()).toMatch(parked), { deadlineMs: 20_000 })
    expect(await service.stop('SIGTERM')).toBe(0)
    expect(stoppedInMs()).toBeLessThan(STOP_MS)
    expect(await Promise.all([well, refused, hanging].map(stored))).toEqual([5, 0, 0])
    gate.rule()
    service = await start()
    await eventually(async () => expect(await Promise.all([well, refused, hanging].map(stored))).toEqual([5, 5, 5]), {
      deadlineMs: 30_000,
    })
  }, 90_000)

  it('stays alive while its backend hangs and Kafka is gone, and stops in time', async () => {
    gate.rule(() => 'hang')
    await eventually(async () => expect(await status('readyz')).toBe(503), { deadlineMs: 30_000 })
    expect(await status('healthz')).toBe(200)
    await broker.brokers[0]?.kill()
    await eventually(
      async () => expect(await (await get('readyz')).json()).toMatchObject({ checks: { kafka: { status: 'failed' } } }),
      { deadlineMs: 30_000 },
    )
    expect(await status('healthz')).toBe(200)
    expect(await service.stop('SIGTERM')).toBe(0)
    expect(stoppedInMs()).toBeLessThan(STOP_MS)
  }, 90_000)
})
