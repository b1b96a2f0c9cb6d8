import { randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import type { KafkaPort, OutgoingRecord } from '../src/port.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'
import { startProduceProxy } from './support/produce-proxy.ts'
import { readTopic } from './support/read-topic.ts'

const opened: TestKafka[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()))
})

async function setUp(): Promise<{ kafka: KafkaPort; topic: string; test: TestKafka }> {
  const test = await openKafka()
  opened.push(test)
  const topic = await test.topic('state', 2)
  return { kafka: test.kafka, topic, test }
}

function record(topic: string, value: string, partition = 0): OutgoingRecord {
  return { topic, key: 'k', value: Buffer.from(value), partition }
}

/** What is committed. The coordinator answers before its markers are in the partitions, so the last transaction may not be there at once. */
async function valuesOf(kafka: KafkaPort, topic: string): Promise<readonly string[]> {
  return (await readTopic(kafka, topic)).map(({ value }) => value?.toString('utf8') ?? '')
}

describe('a transactional producer', () => {
  it('writes transaction after transaction, and says where', async () => {
    const { kafka, topic } = await setUp()
    const producer = await kafka.transactionalProducer({ id: 'p0', topic })
    const first = await producer.commit([record(topic, 'a'), record(topic, 'b')])
    expect(first.map(({ offset }) => offset)).toEqual([0, 1])
    // The marker of the first transaction has offset 2.
    expect((await producer.commit([record(topic, 'c')])).map(({ offset }) => offset)).toEqual([3])
    await Promise.all(['d', 'e', 'f'].map((value) => producer.commit([record(topic, value)])))
    expect(await producer.commit([])).toEqual([])
    await eventually(async () => expect(await valuesOf(kafka, topic)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']))
  })

  it('splits what does not fit into one batch, in order', async () => {
    const { kafka, topic } = await setUp()
    const producer = await kafka.transactionalProducer({ id: 'p0', topic })
    const large = Array.from({ length: 5 }, (_, index) => String(index).repeat(400_000))
    await producer.commit(large.map((value) => record(topic, value)))
    await eventually(async () => expect(await valuesOf(kafka, topic)).toEqual(large))
  })

  it('is fenced by the next one of its id, before that one is there', async () => {
    const { kafka, topic, test } = await setUp()
    const zombie = await kafka.transactionalProducer({ id: 'p0', topic })
    await zombie.commit([record(topic, 'a')])
    const heir = await test.another().transactionalProducer({ id: 'p0', topic })
    await expect(zombie.commit([record(topic, 'late')])).rejects.toMatchObject({ code: 'kafka.producer_fenced' })
    await heir.commit([record(topic, 'b')])
    await expect(zombie.commit([record(topic, 'later')])).rejects.toMatchObject({ code: 'kafka.closed' })
    await eventually(async () => expect(await valuesOf(kafka, topic)).toEqual(['a', 'b']))
  })

  it('leaves nothing of a transaction that it did not end, and its heir waits for no timeout', async () => {
    const { kafka, topic, test } = await setUp()
    const dying = await kafka.transactionalProducer({ id: 'p0', topic, timeoutMs: 60_000 })
    await dying.commit([record(topic, 'a')])
    const refused = [record(topic, 'half'), { ...record(topic, ''), value: randomBytes(2_000_000) }]
    await expect(dying.commit(refused)).rejects.toMatchObject({ code: 'kafka.record_too_large' })
    const heir = await test.another().transactionalProducer({ id: 'p0', topic })
    await heir.commit([record(topic, 'b')])
    await eventually(async () => expect(await valuesOf(kafka, topic)).toEqual(['a', 'b']))
  })

  it('has nothing to do with those of other ids', async () => {
    const { kafka, topic } = await setUp()
    const [one, two] = await Promise.all([
      kafka.transactionalProducer({ id: 'p0', topic }),
      kafka.transactionalProducer({ id: 'p1', topic }),
    ])
    await Promise.all([one.commit([record(topic, 'a', 0)]), two.commit([record(topic, 'b', 1)])])
    await eventually(async () => expect([...(await valuesOf(kafka, topic))].sort()).toEqual(['a', 'b']))
  })

  it('wants to know the partition, and writes to its own topic only', async () => {
    const { kafka, topic } = await setUp()
    const producer = await kafka.transactionalProducer({ id: 'p0', topic })
    const nowhere = { topic, key: 'k', value: null }
    await expect(producer.commit([nowhere])).rejects.toMatchObject({ code: 'kafka.partition_missing' })
  })

  it.each([
    ['beginning', 24],
    ['writing', 0],
    ['ending', 26],
  ])('asks again when the answer about %s is lost: the transaction is there once', async (_what, apiKey) => {
    const proxy = await startProduceProxy()
    const { kafka, topic, test } = await setUp()
    const behind = test.another({ route: proxy.route, requestTimeoutMs: 1000 })
    const producer = await behind.transactionalProducer({ id: 'p0', topic })
    proxy.loseAnswers(1, apiKey)
    proxy.cutOnLoss = true
    await producer.commit([record(topic, 'a'), record(topic, 'b')])
    await producer.commit([record(topic, 'c')])
    expect(proxy.lost).toBe(1)
    await eventually(async () => expect(await valuesOf(kafka, topic)).toEqual(['a', 'b', 'c']))
    await behind.close()
    await proxy.close()
  })
})
