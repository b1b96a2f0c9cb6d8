import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { batchOf, eventually, gauge, requireKafka, requirePrometheus, startService, uniqueName } from '@pegel/testing'
import type { RunningService } from '@pegel/testing'
import { rawSamples } from './prometheus-backend.ts'

const YAML = (tenant: string): string => `tenant: ${tenant}\nsinks: [prometheus]\n`

describe('sink-prometheus as a process', () => {
  const prefix = `${uniqueName('p')}-`
  const tenant = uniqueName('process')
  const log = createLogger({ service: 'test', level: 'silent' })
  let kafka: KafkaPort
  let service: RunningService | undefined

  beforeEach(async () => {
    const metrics = createMetrics({ service: 'test', defaults: false })
    kafka = createKafka({ brokers: requireKafka(), clientId: 'test', prefix, log, metrics })
    await kafka.ensureTopics({ partitions: 2, replication: 1, retentionDays: 1 })
  })
  afterEach(async () => {
    await service?.stop('SIGKILL')
    await kafka.close()
  })

  it('starts, becomes ready, delivers, shows its metrics, and leaves with everything committed on SIGTERM', async () => {
    const producer = kafka.producer()
    const appliedAtMs = Date.now()
    const value = encodeRecord('Tenant', { tenant, version: 1, deleted: false, yaml: YAML(tenant), appliedAtMs })
    await producer.send([{ topic: 'pegel.tenants.v1', key: `${tenant}@1`, value }])
    service = await startService({
      entry: 'dist/apps/sink-prometheus/main.js',
      env: {
        PEGEL_KAFKA_BROKERS: requireKafka().join(','),
        PEGEL_KAFKA_PREFIX: prefix,
        PEGEL_PARTITIONS: '2',
        PEGEL_ADMIN_PORT: '0',
        PEGEL_ADMIN_HOST: '127.0.0.1',
        PEGEL_PROMETHEUS_URL: requirePrometheus(),
      },
    })
    const admin = `http://127.0.0.1:${String(service.listening.adminPort)}`
    await eventually(async () => expect((await fetch(`${admin}/readyz`)).status).toBe(200))
    const atMs = Date.now() - 5_000
    const batch = batchOf(tenant, [gauge('process_case', [[atMs, 4]], { attributes: { tenant } })])
    const [produced] = await producer.send([{ topic: 'pegel.metrics.v1', key: tenant, value: batch.value }])
    await eventually(async () => {
      expect(await rawSamples({ selector: `{tenant="${tenant}"}` })).toMatchObject([
        { points: [{ timeMs: atMs, value: 4 }] },
      ])
    })
    // Points are counted once they are booked, a moment after they are stored.
    await eventually(async () => {
      expect(await (await fetch(`${admin}/metrics`)).text()).toContain('pegel_sink_points_total{sink="prometheus"')
    })
    expect(await service.stop('SIGTERM')).toBe(0)
    const committed = await kafka.committed('sink-prometheus', 'pegel.metrics.v1')
    expect(committed).toContainEqual({ topic: 'pegel.metrics.v1', partition: produced?.partition, offset: 1 })
    await producer.close()
  })
})
