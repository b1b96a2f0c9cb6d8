import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TOPICS } from '@pegel/contracts'
import kafkajs from 'kafkajs'
import { createLogger } from '@pegel/telemetry'
import { AdminDesk } from '../src/admin.ts'
import { createNames } from '../src/names.ts'
import { ensureTopics } from '../src/topics.ts'
import { brokers, openKafka, type TestKafka } from './support/kafka.ts'

const wanted = { partitions: 3, replication: 1, retentionDays: 30 }
let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

describe('ensureTopics', () => {
  it('creates the whole table, whoever else does so at the same time', async () => {
    await Promise.all([1, 2, 3, 4].map(() => t.another().ensureTopics(wanted)))
    await t.kafka.ensureTopics(wanted)
    const names = (await t.admin.listTopics()).filter((name) => name.startsWith(t.prefix))
    expect(names.sort()).toEqual(TOPICS.map(({ name }) => t.prefix + name).sort())
    const { topics } = await t.admin.fetchTopicMetadata({ topics: names })
    for (const spec of TOPICS) {
      const found = topics.find(({ name }) => name === t.prefix + spec.name)?.partitions ?? []
      expect(found).toHaveLength(spec.partitions === 'data' ? 3 : spec.partitions)
    }
  })

  it('sets what the table says about each topic', async () => {
    const resources = TOPICS.map(({ name }) => ({
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: t.prefix + name,
      configNames: [
        'cleanup.policy',
        'retention.ms',
        'max.message.bytes',
        'message.timestamp.type',
        'min.insync.replicas',
      ],
    }))
    const described = await t.admin.describeConfigs({ includeSynonyms: false, resources })
    for (const spec of TOPICS) {
      const entries = described.resources.find(
        ({ resourceName }) => resourceName === t.prefix + spec.name,
      )?.configEntries
      const config = Object.fromEntries((entries ?? []).map((e) => [e.configName, e.configValue]))
      expect(config).toMatchObject({
        'cleanup.policy': spec.cleanup,
        'max.message.bytes': String(spec.maxMessageBytes),
        'message.timestamp.type': spec.timestampType,
        'min.insync.replicas': '1',
      })
      if (spec.cleanup === 'delete') {
        const days = spec.retentionDays === 'retention' ? 30 : spec.retentionDays
        expect(config['retention.ms']).toBe(String(Number(days) * 86_400_000))
      }
    }
  })

  it('refuses another partition count', async () => {
    await expect(t.kafka.ensureTopics({ ...wanted, partitions: 5 })).rejects.toMatchObject({
      code: 'kafka.partitions_differ',
      details: { actual: 3, expected: 5 },
    })
  })

  it('says why topics cannot be created', async () => {
    const other = await openKafka()
    const log = createLogger({ service: 'test', level: 'silent' })
    const names = createNames(other.prefix)
    const desk = new AdminDesk({ brokers: brokers(), clientId: 'test', log }, names)
    const tried = ensureTopics(desk, names, { ...wanted, replication: 5 }, 200)
    await expect(tried).rejects.toMatchObject({ code: 'kafka.topic_not_created' })
    await expect(tried).rejects.toThrow(/replicat/i)
    desk.close()
    await other.close()
  })
})

describe('questions about a topic', () => {
  it('are answered with start and end of each partition, without the prefix', async () => {
    const topic = await t.topic('asked', 2)
    const values = [1, 2, 3].map((i) => ({ topic, key: 'k', value: Buffer.from(`${i}`), partition: 1 }))
    await t.kafka.producer().send(values)
    expect(await t.kafka.offsets(topic)).toEqual([
      { topic, partition: 0, earliest: 0, latest: 0 },
      { topic, partition: 1, earliest: 0, latest: 3 },
    ])
    await expect(t.kafka.offsets('not.there')).rejects.toMatchObject({ code: 'kafka.topic_missing' })
  })
})

describe('offsetsAt', () => {
  it('names the first record of each partition that was appended at that time or later', async () => {
    const topic = await t.topic('timed', 2, { 'message.timestamp.type': 'LogAppendTime' })
    const producer = t.kafka.producer()
    const send = async (text: string): Promise<number> => {
      const [place] = await producer.send([{ topic, key: 'k', value: Buffer.from(text), partition: 1 }])
      return place?.timestampMs ?? -1
    }
    const at = async (timeMs: number): Promise<number[]> =>
      (await t.kafka.offsetsAt(topic, timeMs)).map(({ offset }) => offset)
    const first = await send('first')
    let second = await send('second')
    // Two appends within one millisecond cannot be told apart by time.
    while (second === first) second = await send('second')
    expect(await at(0)).toEqual([0, 0])
    expect(await at(-1)).toEqual([0, 0])
    expect(await at(first)).toEqual([0, 0])
    const { latest } = (await t.kafka.offsets(topic))[1] ?? { latest: -1 }
    expect(await at(second)).toEqual([0, latest - 1])
    expect(await at(second + 60_000)).toEqual([0, latest])
    await expect(t.kafka.offsetsAt('not.there', 0)).rejects.toMatchObject({ code: 'kafka.topic_missing' })
  })
})

describe('check', () => {
  it('resolves when a broker answers', async () => {
    await t.kafka.check(AbortSignal.timeout(5000))
  })

  it('rejects when none does, and when it is aborted', async () => {
    const nobody = t.another({ brokers: ['127.0.0.1:1'] })
    await expect(nobody.check(AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'kafka.broker_lost' })
    await expect(t.kafka.check(AbortSignal.abort())).rejects.toMatchObject({ code: 'kafka.broker_lost' })
  })

  it('is refused after close', async () => {
    const port = t.another()
    await port.close()
    await expect(port.check(AbortSignal.timeout(1000))).rejects.toMatchObject({ code: 'kafka.closed' })
  })
})
