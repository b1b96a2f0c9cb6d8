import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { isRetryable } from '@pegel/errors'
import type { KafkaComponent } from '../../../tools/stack/index.ts'
import { collect, until } from './support/collector.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'
import { startLoad } from './support/load.ts'
import { startPrivateKafka } from './support/private-kafka.ts'
import { readTopic } from './support/read-topic.ts'

let cluster: KafkaComponent & { remove(): Promise<void> }
let t: TestKafka
beforeAll(async () => {
  cluster = await startPrivateKafka(3)
  t = await openKafka()
}, 120_000)
afterAll(async () => {
  await t.close()
  await cluster.remove()
})

describe('a leader killed under load', () => {
  it('hands its partitions to others without loss, and everybody follows', async () => {
    const topic = await t.topic('failover', 3, { 'min.insync.replicas': '2' }, 3)
    const seen = collect(t.kafka, { group: 'failover', topics: [topic], commit: true })
    await seen.consumer.start()
    const load = startLoad(t.kafka, topic)
    await until('load', () => load.acknowledged.length > 200)
    await cluster.brokers[1]?.kill()
    const killedAt = load.acknowledged.length
    await until('load on the others', () => load.acknowledged.length > killedAt + 300, 60_000)
    await load.stop()
    expect(load.failed.every(isRetryable)).toBe(true)
    const stored = (await readTopic(t.kafka, topic)).map((r) => Number(r.value))
    const kept = new Set(stored)
    expect(load.acknowledged.filter((value) => !kept.has(value))).toEqual([])
    expect(stored.length - kept.size).toBe(0)
    await until('the consumer has all', () => new Set(seen.values).size === kept.size, 60_000)
    expect(seen.gaps).toEqual([])
    await until('all is committed', async () => {
      const [committed, ends] = await Promise.all([t.kafka.committed('failover', topic), t.kafka.offsets(topic)])
      return committed.every(({ offset }, i) => Math.max(offset, 0) === ends[i]?.latest)
    })
    await seen.close()
    await cluster.brokers[1]?.restart()
  }, 180_000)
})
