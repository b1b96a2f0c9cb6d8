import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort, Producer } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { batchOf, eventually, gauge, requireKafka, startService, uniqueName } from '@pegel/testing'
import type { RunningService } from '@pegel/testing'
import { SHARED_BUCKET } from '../src/placement.ts'
import { rowsOf, seriesOf, settings } from './influxdb.ts'

const RECORDS = 60
const TOPIC = 'pegel.metrics.v1'

describe('sink-influxdb as a process', () => {
  const prefix = `${uniqueName('p')}-`
  const tenants = [uniqueName('process'), uniqueName('process')]
  const log = createLogger({ service: 'test', level: 'silent' })
  const services = new Set<RunningService>()
  let kafka: KafkaPort
  let producer: Producer

  beforeEach(async () => {
    const metrics = createMetrics({ service: 'test', defaults: false })
    kafka = createKafka({ brokers: requireKafka(), clientId: 'test', prefix, log, metrics })
    await kafka.ensureTopics({ partitions: 2, replication: 1, retentionDays: 1 })
    producer = kafka.producer()
    for (const tenant of tenants) {
      const yaml = `tenant: ${tenant}\nsinks: [influxdb]\n`
      const value = encodeRecord('Tenant', { tenant, version: 1, deleted: false, yaml, appliedAtMs: Date.now() })
      await producer.send([{ topic: 'pegel.tenants.v1', key: `${tenant}@1`, value }])
    }
  })
  afterEach(async () => {
    for (const service of services) await service.stop('SIGKILL')
    await producer.close()
    await kafka.close()
  })

  async function start(): Promise<RunningService> {
    const service = await startService({
      entry: 'dist/apps/sink-influxdb/main.js',
      env: {
        PEGEL_KAFKA_BROKERS: requireKafka().join(','),
        PEGEL_KAFKA_PREFIX: prefix,
        PEGEL_PARTITIONS: '2',
        PEGEL_ADMIN_PORT: '0',
        PEGEL_ADMIN_HOST: '127.0.0.1',
        PEGEL_INFLUXDB_URL: settings().PEGEL_INFLUXDB_URL,
        PEGEL_INFLUXDB_TOKEN: settings().PEGEL_INFLUXDB_TOKEN,
        PEGEL_INFLUXDB_ORG: settings().PEGEL_INFLUXDB_ORG,
      },
    })
    services.add(service)
    return service
  }

  async function lag(): Promise<number> {
    const committed = await kafka.committed('sink-influxdb', TOPIC)
    const ends = await kafka.offsets(TOPIC)
    const behind = ends.map(({ partition, latest }) => {
      const offset = committed.find((each) => each.partition === partition)?.offset ?? -1
      return latest - Math.max(0, offset)
    })
    return behind.reduce((total, each) => total + each, 0)
  }

  it('stores every point once, under its own tenant, though it is killed in the middle', async () => {
    const atMs = Math.floor(Date.now() / 1000) * 1000 - 120_000
    const first = await start()
    const admin = `http://127.0.0.1:${String(first.listening.adminPort)}`
    await eventually(async () => expect((await fetch(`${admin}/readyz`)).status).toBe(200))
    for (let record = 0; record < RECORDS; record += 1) {
      if (record === RECORDS / 2) await first.stop('SIGKILL')
      const records = tenants.map((tenant, index) => {
        const { value } = batchOf(tenant, [gauge('process_case', [[atMs + record * 1000, record + index / 2]])])
        return { topic: TOPIC, key: tenant, value }
      })
      await producer.send(records)
    }
    const second = await start()
    await eventually(async () => expect(await lag()).toBe(0), { deadlineMs: 60_000 })
    for (const [index, tenant] of tenants.entries()) {
      const [series, ...others] = await rowsOf(SHARED_BUCKET, tenant).then(seriesOf)
      expect(others).toEqual([])
      const expected = Array.from({ length: RECORDS }, (_, record) => [atMs + record * 1000, record + index / 2])
      expect(series?.points.map(({ timeMs, value }) => [timeMs, value])).toEqual(expected)
    }
    expect(await second.stop('SIGTERM')).toBe(0)
  }, 90_000)
})
