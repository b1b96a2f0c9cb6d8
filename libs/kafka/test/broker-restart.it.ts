import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { isRetryable } from '@pegel/errors'
import type { KafkaComponent } from '../../../tools/stack/index.ts'
import { collect, until } from './support/collector.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'
import { startLoad } from './support/load.ts'
import { startPrivateKafka } from './support/private-kafka.ts'
import { readTopic } from './support/read-topic.ts'

let broker: KafkaComponent & { remove(): Promise<void> }
let t: TestKafka
beforeAll(async () => {
  broker = await startPrivateKafka()
  t = await openKafka()
}, 120_000)
afterAll(async () => {
  await t.close()
  await broker.remove()
})

describe('a broker killed and restarted under load', () => {
  it('costs no acknowledged record, doubles none, and every part goes on by itself', async () => {
    const topic = await t.topic('load', 2)
    const followed: string[] = []
    const reader = await t.kafka.readAll(topic, (record) => followed.push(String(record.value)))
    const seen = collect(t.kafka, { group: 'load', topics: [topic], commit: true })
    await seen.consumer.start()
    const load = startLoad(t.kafka, topic)
    await until('load', () => load.acknowledged.length > 200)
    await broker.brokers[0]?.kill()
    await expect(t.kafka.check(AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'kafka.broker_lost' })
    await broker.brokers[0]?.restart()
    const restartedAt = load.acknowledged.length
    await until('load again', () => load.acknowledged.length > restartedAt + 200, 60_000)
    await load.stop()
    await t.kafka.check(AbortSignal.timeout(5000))

    const stored = (await readTopic(t.kafka, topic)).map((r) => Number(r.value))
    const acknowledged = new Set(load.acknowledged)
    expect([...acknowledged].filter((value) => !stored.includes(value))).toEqual([])
    expect(load.failed.every(isRetryable)).toBe(true)
    // A restarted broker remembers the sequence numbers: what was sent again is recognised.
    const twice = stored.filter((value, i) => stored.indexOf(value) !== i)
    expect(twice).toEqual([])

    await until('the consumer has all', () => new Set(seen.values).size === stored.length, 60_000)
    await until('the reader has all', () => new Set(followed).size === stored.length, 60_000)
    expect(seen.gaps).toEqual([])
    expect(seen.consumer.healthy).toBe(true)
    await until('all is committed', async () => {
      const [committed, ends] = await Promise.all([t.kafka.committed('load', topic), t.kafka.offsets(topic)])
      return committed.every(({ offset }, i) => Math.max(offset, 0) === ends[i]?.latest)
    })
    await seen.close()
    await reader.close()
  }, 180_000)

  it('while it is down, sends fail as retryable within their deadline and close() does not hang', async () => {
    const topic = await t.topic('down')
    const producer = t.kafka.producer()
    await producer.send([{ topic, key: 'k', value: Buffer.from('up') }])
    const seen = collect(t.kafka, { group: 'down', topics: [topic] })
    await seen.consumer.start()
    await broker.brokers[0]?.kill()
    const startedAt = Date.now()
    const failing = producer.send([{ topic, key: 'k', value: Buffer.from('down') }], { deadlineMs: 1000 })
    await expect(failing).rejects.toMatchObject({ retryable: true })
    expect(Date.now() - startedAt).toBeLessThan(2000)
    const closingAt = Date.now()
    await Promise.all([producer.close(), seen.close()])
    expect(Date.now() - closingAt).toBeLessThan(15_000)
    await broker.brokers[0]?.restart()
    await t.kafka.producer().send([{ topic, key: 'k', value: Buffer.from('up again') }])
    const values = (await readTopic(t.kafka, topic)).map((r) => String(r.value))
    expect(values.filter((value) => value !== 'down')).toEqual(['up', 'up again'])
  }, 120_000)
})
