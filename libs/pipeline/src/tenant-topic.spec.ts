import { describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import type { KafkaPort, KafkaRecord } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { kafkaRecord } from '../test/support/fake-kafka.ts'
import { eventually } from '@pegel/testing'
import { createTenantDirectory, parseTenantKey, TENANT_TOPIC, tenantKey } from './tenant-topic.ts'

const log = createLogger({ service: 'test', level: 'silent' })

async function setup(looks: (() => Promise<void>)[] = []) {
  let deliver: (record: KafkaRecord) => void = () => undefined
  const caughtUp = Promise.withResolvers<undefined>()
  let closed = false
  const kafka = {
    readAll: (_topic: string, onRecord: (record: KafkaRecord) => void) => {
      deliver = onRecord
      return Promise.resolve({
        caughtUp: caughtUp.promise,
        catchUp: () => looks.shift()?.() ?? Promise.resolve(),
        close: () => {
          closed = true
          return Promise.resolve()
        },
      })
    },
  } as unknown as KafkaPort
  const metrics = createMetrics({ service: 'test', defaults: false })
  const hosted = await createTenantDirectory({ kafka, log, metrics })
  const publish = (version: number, value: Buffer | null, key = tenantKey('acme', version)): void =>
    deliver(kafkaRecord(version, { topic: TENANT_TOPIC, key: Buffer.from(key), value }))
  const file = (version: number, yaml: string, deleted = false): Buffer =>
    encodeRecord('Tenant', { tenant: 'acme', version, deleted, yaml, appliedAtMs: 0 })
  const caughtUpNow = (): void => {
    caughtUp.resolve(undefined)
  }
  return { ...hosted, publish, file, caughtUpNow, metrics, isClosed: () => closed }
}

describe('createTenantDirectory', () => {
  it('is ready once the topic was read, and follows it', async () => {
    const hosted = await setup()
    const { directory, publish, file, caughtUp, caughtUpNow, metrics, isClosed } = hosted
    publish(1, file(1, 'tenant: acme'))
    expect(directory.ready).toBe(false)
    caughtUpNow()
    await caughtUp
    expect(directory.ready).toBe(true)
    publish(2, file(2, 'tenant: acme\nplacement: dedicated'))
    expect(directory.current('acme')).toMatchObject({ config: { version: 2, placement: 'dedicated' } })
    publish(1, null)
    expect(directory.exact('acme', 1)).toEqual({ status: 'unknown' })
    expect(await metrics.expose()).toContain('pegel_tenants{service="test"} 1')
    publish(3, file(3, '', true))
    expect(directory.current('acme')).toEqual({ status: 'deleted' })
    await hosted.close()
    expect(isClosed()).toBe(true)
  })

  it('reads the topic to its end when a version is missing, again when that fails, and knows then', async () => {
    const first = Promise.withResolvers<undefined>()
    const { directory, publish, file } = await setup([
      () => Promise.reject(new Error('no broker')),
      () => first.promise,
    ])
    expect(directory.exact('acme', 1)).toEqual({ status: 'behind' })
    expect(directory.exact('beta', 1)).toEqual({ status: 'behind' })
    publish(1, file(1, 'tenant: acme'))
    first.resolve(undefined)
    await eventually(() => expect(directory.exact('beta', 1)).toEqual({ status: 'unknown' }))
    expect(directory.exact('acme', 1)).toMatchObject({ status: 'active' })
  })

  it('keeps what it has when a record cannot be read, and counts it', async () => {
    const { directory, publish, file, metrics } = await setup()
    publish(1, file(1, 'tenant: acme'))
    publish(2, Buffer.from('garbage'))
    publish(3, file(3, 'tenant: ['))
    publish(4, file(4, 'tenant: acme'), 'no-version')
    publish(5, file(5, 'tenant: acme\nfuture: 1'))
    expect(directory.current('acme')).toMatchObject({ config: { version: 5 } })
    expect(directory.at('acme', 2)).toEqual({ status: 'behind' })
    expect(directory.at('acme', 3)).toEqual({ status: 'behind' })
    expect(await metrics.expose()).toContain('pegel_tenant_versions_unreadable_total{service="test"} 3')
  })
})

describe('parseTenantKey', () => {
  it.each([
    ['acme@1', { tenant: 'acme', version: 1 }],
    ['acme@0', undefined],
    ['acme', undefined],
    ['Acme@1', undefined],
    ['acme@1x', undefined],
  ])('reads %s', (key, expected) => {
    expect(parseTenantKey(Buffer.from(key))).toEqual(expected)
  })

  it('takes no key for none', () => {
    expect(parseTenantKey(null)).toBeUndefined()
  })
})
