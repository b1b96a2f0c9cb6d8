import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { SCHEMAS } from '@pegel/contracts'
import { createLogger } from '@pegel/telemetry'
import { createSchemaStore, SCHEMA_TOPIC } from '../src/schema-store.ts'
import { until } from './support/collector.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'

const log = createLogger({ service: 'test', level: 'silent' })
let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
  await t.topic(SCHEMA_TOPIC, 1, { 'cleanup.policy': 'compact' })
})
afterAll(() => t.close())

const ends = async (): Promise<number> => (await t.kafka.offsets(SCHEMA_TOPIC))[0]?.latest ?? -1

describe('the schema store', () => {
  it('publishes a schema once, however often it is asked to', async () => {
    const store = await createSchemaStore(t.kafka, log)
    expect(store.lookup(SCHEMAS.MetricBatch.fingerprint)).toBeUndefined()
    await store.publish([SCHEMAS.MetricBatch, SCHEMAS.Tenant])
    await until('read back', () => store.lookup(SCHEMAS.Tenant.fingerprint) !== undefined)
    await store.publish([SCHEMAS.MetricBatch])
    const later = await createSchemaStore(t.another(), log)
    await later.publish([SCHEMAS.MetricBatch, SCHEMAS.Tenant])
    expect(await ends()).toBe(2)
    expect(later.byFingerprint(SCHEMAS.MetricBatch.fingerprint)).toBe(SCHEMAS.MetricBatch.json)
    await Promise.all([store.close(), later.close()])
  })

  it('waits for a schema that another writer publishes later', async () => {
    const store = await createSchemaStore(t.kafka, log)
    const waiting = [
      store.waitFor(SCHEMAS.LedgerEntry.fingerprint, 20_000),
      store.waitFor(SCHEMAS.LedgerEntry.fingerprint, 20_000),
    ]
    const writer = await createSchemaStore(t.another(), log)
    await writer.publish([SCHEMAS.LedgerEntry])
    expect(await Promise.all(waiting)).toEqual([SCHEMAS.LedgerEntry.json, SCHEMAS.LedgerEntry.json])
    expect(await store.waitFor(SCHEMAS.LedgerEntry.fingerprint, 1)).toBe(SCHEMAS.LedgerEntry.json)
    await Promise.all([store.close(), writer.close()])
  })

  it('says which schema is unknown, retryable, and steps over what it cannot read', async () => {
    await t.kafka.producer().send([
      { topic: SCHEMA_TOPIC, key: 'garbage', value: Buffer.from('not avro') },
      { topic: SCHEMA_TOPIC, key: 'gone', value: null },
    ])
    const store = await createSchemaStore(t.kafka, log)
    await expect(store.waitFor('0123456789abcdef', 50)).rejects.toMatchObject({
      code: 'kafka.schema_unknown',
      retryable: true,
    })
    expect(store.lookup(SCHEMAS.MetricBatch.fingerprint)).toBeDefined()
    await store.close()
  })
})
