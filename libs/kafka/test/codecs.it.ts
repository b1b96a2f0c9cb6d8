import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import kafkajs from 'kafkajs'
import { registerCodecs } from '../src/codecs.ts'
import type { KafkaRecord } from '../src/port.ts'
import { until } from './support/collector.ts'
import { brokers, openKafka, type TestKafka } from './support/kafka.ts'
import { readTopic } from './support/read-topic.ts'

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const types = { none: 'None', gzip: 'GZIP', snappy: 'Snappy', lz4: 'LZ4', zstd: 'ZSTD' } as const

let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

/** Small, repetitive, incompressible and larger than any codec's block. */
const payloads = [Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(300_000, 'abc'), randomBytes(200_000)]

/** Byte by byte, which Jest's own comparison is too slow for. */
const same = (records: readonly KafkaRecord[], wanted: readonly Buffer[]): boolean =>
  records.length === wanted.length && records.every((r, i) => wanted[i]?.equals(r.value ?? Buffer.alloc(0)) === true)

describe.each(codecs)('%s', (compression) => {
  it('round-trips on the broker, which checks the batches itself', async () => {
    const topic = await t.topic(`own-${compression}`)
    await t.kafka.producer({ compression }).send(payloads.map((value) => ({ topic, key: 'k', value })))
    const records = await readTopic(t.kafka, topic)
    expect(records).toHaveLength(payloads.length)
    expect(same(records, payloads)).toBe(true)
  })

  it('is readable when plain kafkajs wrote it, and kafkajs reads ours', async () => {
    registerCodecs()
    const topic = await t.topic(`plain-${compression}`)
    const client = new kafkajs.Kafka({ brokers: brokers(), logLevel: kafkajs.logLevel.NOTHING })
    const producer = client.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
    await producer.connect()
    const messages = payloads.map((value) => ({ key: 'k', value, headers: { h: ['1', '2'] } }))
    await producer.send({
      topic: t.prefix + topic,
      compression: kafkajs.CompressionTypes[types[compression]],
      messages,
    })
    await producer.disconnect()
    await t.kafka.producer({ compression }).send([{ topic, key: 'k', value: Buffer.from('ours') }])
    const records = await readTopic(t.kafka, topic)
    expect(same(records, [...payloads, Buffer.from('ours')])).toBe(true)
    expect(records[0]?.headers.h?.toString()).toBe('2')

    const seen: string[] = []
    const consumer = client.consumer({ groupId: `${t.prefix}plain-${compression}` })
    await consumer.subscribe({ topic: t.prefix + topic, fromBeginning: true })
    await consumer.run({ eachMessage: async ({ message }) => Promise.resolve(void seen.push(String(message.value))) })
    await until('kafkajs has read it', () => seen.at(-1) === 'ours')
    await consumer.disconnect()
  })
})
