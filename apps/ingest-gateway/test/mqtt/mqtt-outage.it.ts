import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { startComponent } from '../../../../tools/stack/index.ts'
import type { KafkaComponent } from '../../../../tools/stack/index.ts'
import { RunningGateway } from '../support/running-gateway.ts'
import { storedValues } from '../support/stored-points.ts'
import { Broker } from './broker.ts'

let broker: Broker
beforeAll(async () => {
  broker = await Broker.start()
})
afterAll(() => broker.stop())

async function subscribed(gateway: RunningGateway, yes = 1): Promise<void> {
  const pattern = new RegExp(`pegel_gateway_mqtt_subscribed\\{.*\\} ${yes}`)
  await eventually(async () => expect(await gateway.metrics()).toMatch(pattern), { deadlineMs: 30_000 })
}

describe('a broker that goes away', () => {
  it('takes nothing from readiness, and is found again when it is back, on both versions', async () => {
    for (const version of ['5', '3.1.1']) {
      const env = { PEGEL_MQTT_URL: broker.url, PEGEL_MQTT_VERSION: version, PEGEL_MQTT_GROUP: '' }
      const gateway = await RunningGateway.start(requireKafka(), { env })
      await subscribed(gateway)
      await broker.stop()
      await subscribed(gateway, 0)
      const admin = `http://127.0.0.1:${Number(gateway.listening.adminPort)}`
      expect((await fetch(`${admin}/readyz`)).status).toBe(200)
      await broker.restart()
      await subscribed(gateway)
      await broker.publish('acme', 'again value=1')
      await eventually(async () => expect(await storedValues(gateway, 'again')).toEqual(['again 1']))
      expect(await gateway.terminate()).toBe(0)
      await gateway.close()
    }
  })
})

describe('a gateway with a client id', () => {
  it('gets what was published while it was away', async () => {
    const env = { PEGEL_MQTT_URL: broker.url, PEGEL_MQTT_CLIENT_ID: 'gateway-0' }
    const first = await RunningGateway.start(requireKafka(), { env })
    await subscribed(first)
    expect(await first.terminate()).toBe(0)
    await first.close()
    await broker.publish('acme', 'kept value=1')
    const second = await RunningGateway.start(requireKafka(), { env })
    await eventually(async () => expect(await storedValues(second, 'kept')).toEqual(['kept 1']))
    await second.close()
  })
})

describe('a gateway whose Kafka goes away', () => {
  let kafka: KafkaComponent
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'pegel-mqtt-kafka-'))
    kafka = await startComponent('kafka', { dataDir, local: true, heapMb: 384 })
  })
  afterAll(() => kafka.stop())

  const env = (): Record<string, string> => ({
    PEGEL_MQTT_URL: broker.url,
    PEGEL_MQTT_CLIENT_ID: 'gateway-1',
    PEGEL_MQTT_GROUP: 'outage',
    PEGEL_PRODUCE_DEADLINE_MS: '1000',
  })

  it('acknowledges nothing: what it had when it died comes to the next one', async () => {
    const first = await RunningGateway.start([kafka.url], { env: env() })
    await subscribed(first)
    await broker.publish('acme', `before value=1 ${Date.now()}000000`)
    await eventually(async () => expect(await storedValues(first, 'before')).toEqual(['before 1']))
    await kafka.brokers[0]?.kill()
    await broker.publish('acme', `during value=2 ${Date.now()}000000`)
    await eventually(async () =>
      expect(await first.metrics()).toMatch(/points_unconfirmed_total\{tenant="acme".*\} [1-9]/),
    )
    await first.close()
    await kafka.brokers[0]?.restart()
    const second = await RunningGateway.start([kafka.url], { env: env() })
    await eventually(async () => expect(await storedValues(second, 'during')).toContain('during 2'), {
      deadlineMs: 30_000,
    })
    expect(await storedValues(second, 'before')).toEqual([])
    await second.close()
  })

  it('keeps trying, and stores what came meanwhile when Kafka is back', async () => {
    const gateway = await RunningGateway.start([kafka.url], { env: env() })
    await subscribed(gateway)
    await kafka.brokers[0]?.kill()
    for (const value of [1, 2, 3]) await broker.publish('acme', `waiting value=${value} ${Date.now()}00000${value}`)
    await eventually(async () =>
      expect(await gateway.metrics()).toMatch(/points_unconfirmed_total\{tenant="acme".*\} [3-9]/),
    )
    await kafka.brokers[0]?.restart()
    await eventually(
      async () => {
        const values = await storedValues(gateway, 'waiting')
        expect([...new Set(values)]).toEqual(['waiting 1', 'waiting 2', 'waiting 3'])
      },
      { deadlineMs: 30_000 },
    )
    await gateway.close()
  })
})
