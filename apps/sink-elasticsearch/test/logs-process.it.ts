import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { DeadLetterRecord, LedgerRow } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort, Producer } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { eventually, logBatchOf, logEvent, logGroup, requireKafka, startService, uniqueName } from '@pegel/testing'
import type { RunningService } from '@pegel/testing'
import { settings, TEST_DATASET } from './elasticsearch.ts'
import { findLogs, messagesOf } from './logs.ts'

const RECORDS = 40
const TOPIC = 'pegel.events.v1'
const GROUP = 'sink-elasticsearch-logs'

describe('logs through sink-elasticsearch as a process', () => {
  const log = createLogger({ service: 'test', level: 'silent' })
  const services = new Set<RunningService>()
  let prefix: string
  let [one, two, elsewhere, gone] = ['', '', '', '']
  let kafka: KafkaPort
  let producer: Producer

  beforeEach(async () => {
    prefix = `${uniqueName('l')}-`
    ;[one, two, elsewhere, gone] = [uniqueName('one'), uniqueName('two'), uniqueName('off'), uniqueName('gone')]
    const metrics = createMetrics({ service: 'test', defaults: false })
    kafka = createKafka({ brokers: requireKafka(), clientId: 'test', prefix, log, metrics })
    await kafka.ensureTopics({ partitions: 2, replication: 1, retentionDays: 1 })
    producer = kafka.producer()
    await publish(one, 1)
    await publish(two, 1)
    await publish(elsewhere, 1, { sinks: '[prometheus]' })
    await publish(gone, 1)
    await publish(gone, 2, { deleted: true })
  })
  afterEach(async () => {
    for (const service of services) await service.stop('SIGKILL')
    await producer.close()
    await kafka.close()
  })

  async function publish(
    tenant: string,
    version: number,
    { sinks = '[elasticsearch]', deleted = false }: { readonly sinks?: string; readonly deleted?: boolean } = {},
  ): Promise<void> {
    const yaml = `tenant: ${tenant}\nsinks: ${sinks}\n`
    const value = encodeRecord('Tenant', { tenant, version, deleted, yaml, appliedAtMs: Date.now() })
    await producer.send([{ topic: 'pegel.tenants.v1', key: `${tenant}@${version}`, value }])
  }

  async function start(): Promise<RunningService> {
    const service = await startService({
      entry: 'dist/apps/sink-elasticsearch/main.js',
      env: {
        PEGEL_KAFKA_BROKERS: requireKafka().join(','),
        PEGEL_KAFKA_PREFIX: prefix,
        PEGEL_PARTITIONS: '2',
        PEGEL_ADMIN_PORT: '0',
        PEGEL_ADMIN_HOST: '127.0.0.1',
        PEGEL_ELASTICSEARCH_URL: settings().PEGEL_ELASTICSEARCH_URL,
        PEGEL_ELASTICSEARCH_DATASET: TEST_DATASET,
      },
    })
    services.add(service)
    return service
  }

  async function send(tenant: string, message: string, key = tenant): Promise<void> {
    const { value } = logBatchOf(tenant, [
      logGroup([logEvent({ message, attributes: [{ key: 'of', value: tenant }] })]),
    ])
    await producer.send([{ topic: TOPIC, key, value }])
  }

  async function settled(): Promise<void> {
    await eventually(
      async () => {
        const ends = await kafka.offsets(TOPIC)
        const committed = await kafka.committed(GROUP, TOPIC)
        const behind = ends.filter(
          ({ partition, latest }) =>
            latest > 0 && (committed.find((each) => each.partition === partition)?.offset ?? -1) < latest,
        )
        expect(behind).toEqual([])
      },
      { deadlineMs: 60_000 },
    )
  }

  async function all<T>(topic: string, read: (value: Buffer) => T): Promise<readonly T[]> {
    const found: T[] = []
    const reader = await kafka.readAll(topic, ({ value }) => found.push(read(value ?? Buffer.alloc(0))))
    await reader.caughtUp
    await reader.close()
    return found
  }

  it('stores every event once, under its own tenant, though it is killed in the middle', async () => {
    const first = await start()
    const admin = `http://127.0.0.1:${String(first.listening.adminPort)}`
    await eventually(async () => expect((await fetch(`${admin}/readyz`)).status).toBe(200))
    for (let record = 0; record < RECORDS; record += 1) {
      if (record === RECORDS / 2) await first.stop('SIGKILL')
      for (const tenant of [one, two]) await send(tenant, `${tenant} ${record}`)
    }
    const second = await start()
    await settled()
    for (const tenant of [one, two]) {
      const expected = Array.from({ length: RECORDS }, (_, record) => `${tenant} ${record}`)
      expect(messagesOf(await findLogs(tenant)).toSorted()).toEqual(expected.toSorted())
    }
    expect(await second.stop('SIGTERM')).toBe(0)
  }, 90_000)

  it('writes only what is the tenant’s, is routed here, and is wanted still; and books the rest', async () => {
    await send(one, 'good')
    await send(elsewhere, 'not here')
    await send(gone, 'nobody')
    await send(two, 'forged', one)
    await start()
    await settled()
    expect(messagesOf(await findLogs(one))).toContain('good')
    for (const tenant of [elsewhere, gone]) expect(await findLogs(tenant)).toEqual([])
    for (const tenant of [one, two]) expect(messagesOf(await findLogs(tenant))).not.toContain('forged')
    const letters: readonly DeadLetterRecord[] = await all('pegel.dead-letters.v1', (value) =>
      decodeRecord('DeadLetter', value),
    )
    expect(letters.map(({ topic, refusals }) => [topic, refusals[0]?.reason])).toEqual([[TOPIC, 'tenant_mismatch']])
    const rows = (await all('pegel.ledger.v1', (value) => decodeRecord('LedgerEntry', value))).flatMap(
      (entry): readonly LedgerRow[] => entry.rows,
    )
    const of = (tenant: string): readonly LedgerRow[] =>
      rows.filter((row) => row.topic === TOPIC && row.tenant === tenant)
    expect(of(one)).toMatchObject([{ produced: 1, counts: { delivered: 1 } }])
    expect(of(elsewhere)).toMatchObject([{ counts: { notRouted: 1 } }])
    expect(of(gone)).toMatchObject([{ counts: { tenantDeleted: 1 } }])
  }, 90_000)
})
