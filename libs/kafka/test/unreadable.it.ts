import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import kafkajs from 'kafkajs'
import { compressionType, MAX_INFLATED_BYTES, registerCodecs } from '../src/codecs.ts'
import { ProducerSession } from '../src/producer-session.ts'
import { createLogger } from '@pegel/telemetry'
import { collect, until } from './support/collector.ts'
import { brokers, openKafka, type TestKafka } from './support/kafka.ts'
import { readTopic } from './support/read-topic.ts'

let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

const values = (records: readonly { readonly value: Buffer | null }[]): string[] => records.map((r) => String(r.value))

describe('a batch that inflates beyond the bound', () => {
  it('is stepped over and reported as a gap; its neighbours and other partitions go on', async () => {
    const topic = await t.topic('bomb', 2)
    const producer = t.kafka.producer({ compression: 'gzip', maxBytesInFlight: 2 * MAX_INFLATED_BYTES })
    const put = (value: Buffer, partition: number) => producer.send([{ topic, key: 'k', value, partition }])
    await put(Buffer.from('before'), 0)
    await put(Buffer.alloc(MAX_INFLATED_BYTES + 1), 0)
    await put(Buffer.from('after'), 0)
    await put(Buffer.from('other'), 1)
    const seen = collect(t.kafka, { group: 'bomb', topics: [topic] })
    await seen.consumer.start()
    await until('the others', () => seen.values.length === 3)
    expect(seen.values.sort()).toEqual(['after', 'before', 'other'])
    expect(seen.gaps).toEqual([{ topic, partition: 0, from: 1, to: 2 }])
    await seen.close()
    expect(values(await readTopic(t.kafka, topic)).sort()).toEqual(['after', 'before', 'other'])
  })
})

describe('a batch of very many records', () => {
  it('is read whole', async () => {
    const topic = await t.topic('tiny')
    const log = createLogger({ service: 'test', level: 'silent' })
    const session = await ProducerSession.open({ brokers: brokers(), clientId: 'test', log }, [t.prefix + topic])
    const messages = Array.from({ length: 150_000 }, () => ({ key: '', value: Buffer.alloc(0), headers: {} }))
    const batch = { topic: t.prefix + topic, partition: 0, messages, compression: compressionType.gzip }
    const outcomes: string[] = []
    await session.write([batch], new AbortController().signal, (_, outcome) => outcomes.push(outcome.kind))
    session.close()
    expect(outcomes).toEqual(['written'])
    expect(await readTopic(t.kafka, topic)).toHaveLength(150_000)
  })
})

describe('transactions of other producers', () => {
  it('are read when committed and left out when aborted', async () => {
    registerCodecs()
    const topic = await t.topic('transactions')
    const client = new kafkajs.Kafka({ brokers: brokers(), logLevel: kafkajs.logLevel.NOTHING })
    const producer = client.producer({
      transactionalId: `${t.prefix}tx`,
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    for (const [value, commit] of [
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic: t.prefix + topic, messages: [{ key: 'k', value }] })
      if (commit) await transaction.commit()
      else await transaction.abort()
    }
    await producer.disconnect()
    await t.kafka.producer().send([{ topic, key: 'k', value: Buffer.from('e') }])
    expect(values(await readTopic(t.kafka, topic))).toEqual(['a', 'c', 'e'])
    const seen = collect(t.kafka, { group: 'transactions', topics: [topic] })
    await seen.consumer.start()
    await until('all', () => seen.values.length === 3)
    expect(seen.gaps).toEqual([])
    await seen.close()
  })
})
