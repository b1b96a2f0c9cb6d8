import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import kafkajs from 'kafkajs'
import { loneBatchBytes } from '../src/record-size.ts'
import type { OutgoingRecord } from '../src/port.ts'
import { until } from './support/collector.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'
import { startProduceProxy, type ProduceProxy } from './support/produce-proxy.ts'
import { readTopic } from './support/read-topic.ts'

let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

const text = (value: Buffer | null): string => value?.toString() ?? ''

describe('a send', () => {
  it('resolves with partition and offset of each record, in the order given', async () => {
    const topic = await t.topic('order', 4)
    const producer = t.kafka.producer()
    const records: OutgoingRecord[] = Array.from({ length: 50 }, (_, i) => ({
      topic,
      key: `k${i}`,
      value: Buffer.from(`${i}`),
      ...(i % 5 === 0 ? { partition: 2 } : {}),
    }))
    const produced = await producer.send(records)
    const stored = await readTopic(t.kafka, topic)
    for (const [i, place] of produced.entries()) {
      if (i % 5 === 0) expect(place.partition).toBe(2)
      const found = stored.find((r) => r.partition === place.partition && r.offset === place.offset)
      expect(text(found?.value ?? null)).toBe(`${i}`)
    }
  })

  it('tells the append time where the topic has it, and -1 where not', async () => {
    const appended = await t.topic('appended', 1, { 'message.timestamp.type': 'LogAppendTime' })
    const created = await t.topic('created', 1, { 'message.timestamp.type': 'CreateTime' })
    const before = Date.now()
    const [a, c] = await t.kafka.producer().send([
      { topic: appended, key: 'k', value: Buffer.from('v') },
      { topic: created, key: 'k', value: Buffer.from('v') },
    ])
    expect(a?.timestampMs).toBeGreaterThanOrEqual(before - 1000)
    expect(c?.timestampMs).toBe(-1)
    const [record] = await readTopic(t.kafka, appended)
    expect(record?.timestampMs).toBe(a?.timestampMs)
  })

  it('carries null values and binary headers unchanged', async () => {
    const topic = await t.topic('tombstones')
    await t.kafka
      .producer()
      .send([{ topic, key: Buffer.from([0, 255]), value: null, headers: { h: Buffer.from([1, 2]) } }])
    const [record] = await readTopic(t.kafka, topic)
    expect(record).toMatchObject({ key: Buffer.from([0, 255]), value: null, headers: { h: Buffer.from([1, 2]) } })
  })

  it('of no records resolves with none', async () => {
    expect(await t.kafka.producer().send([])).toEqual([])
  })

  it('to a topic that does not exist says so, and others go on', async () => {
    const topic = await t.topic('there')
    const producer = t.kafka.producer()
    const lost = producer.send([{ topic: 'not.there', key: 'k', value: Buffer.from('v') }])
    const kept = producer.send([{ topic, key: 'k', value: Buffer.from('v') }])
    await expect(lost).rejects.toMatchObject({ code: 'kafka.topic_missing', retryable: true })
    expect(await kept).toHaveLength(1)
  })

  it('to a partition that does not exist is refused', async () => {
    const topic = await t.topic('two', 2)
    const send = t.kafka.producer().send([{ topic, key: 'k', value: null, partition: 2 }])
    await expect(send).rejects.toMatchObject({ code: 'kafka.partition_missing', retryable: false })
  })
})

describe('sends of several callers', () => {
  it('share requests, and keep their order per partition', async () => {
    const topic = await t.topic('shared', 2)
    const proxy = await startProduceProxy()
    const producer = t.another({ route: proxy.route }).producer()
    await producer.send([{ topic, key: 'warm', value: Buffer.from('up') }])
    const before = proxy.produceRequests
    const sends = Array.from({ length: 400 }, (_, i) =>
      producer.send([{ topic, key: `k${i % 10}`, value: Buffer.from(`${i}`) }]),
    )
    await Promise.all(sends)
    expect(proxy.produceRequests - before).toBeLessThan(20)
    const stored = await readTopic(t.kafka, topic)
    for (const partition of [0, 1]) {
      const numbers = stored
        .filter((r) => r.partition === partition && text(r.value) !== 'up')
        .map((r) => Number(r.value))
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    }
    await proxy.close()
  })

  it('of two producers lose nothing', async () => {
    const topic = await t.topic('two-producers', 3)
    const [one, other] = [t.kafka.producer(), t.kafka.producer()]
    await Promise.all(
      Array.from({ length: 300 }, (_, i) =>
        (i % 2 === 0 ? one : other).send([{ topic, key: `k${i}`, value: Buffer.from(`${i}`) }]),
      ),
    )
    const values = new Set((await readTopic(t.kafka, topic)).map((r) => text(r.value)))
    expect(values.size).toBe(300)
  })
})

describe('the size limit', () => {
  const limit = 100_000
  const sized = (topic: string, bytes: number, fill: (n: number) => Buffer): OutgoingRecord => {
    const empty = { topic, key: 'k', value: fill(bytes - 200) }
    return { ...empty, value: fill(bytes - 200 + bytes - loneBatchBytes(empty)) }
  }

  it.each(['none', 'zstd', 'gzip', 'snappy', 'lz4'] as const)(
    'takes a record at the limit and refuses one byte more, alone (%s, incompressible)',
    async (compression) => {
      const topic = await t.topic(`limit-${compression}`, 1, { 'max.message.bytes': String(limit) })
      const producer = t.kafka.producer({ compression })
      const fits = sized(topic, limit, randomBytes)
      const over = sized(topic, limit + 1, randomBytes)
      expect([loneBatchBytes(fits), loneBatchBytes(over)]).toEqual([limit, limit + 1])
      const neighbours = Array.from({ length: 20 }, (_, i) =>
        producer.send([{ topic, key: 'k', value: Buffer.from(`n${i}`) }]),
      )
      const refused = producer.send([over])
      const taken = producer.send([fits])
      const later = producer.send([{ topic, key: 'k', value: Buffer.from('later') }])
      await expect(refused).rejects.toMatchObject({ code: 'kafka.record_too_large', retryable: false })
      expect(await taken).toHaveLength(1)
      await Promise.all([...neighbours, later])
      const values = (await readTopic(t.kafka, topic)).map((r) => r.value?.length ?? 0)
      expect(values).toHaveLength(22)
    },
  )

  it('takes a record beyond it when compression makes it small', async () => {
    const topic = await t.topic('compressible', 1, { 'max.message.bytes': String(limit) })
    const producer = t.kafka.producer()
    const big = Buffer.alloc(limit * 3, 'a')
    await producer.send([{ topic, key: 'k', value: big }])
    const [record] = await readTopic(t.kafka, topic)
    expect(record?.value?.equals(big)).toBe(true)
  })

  it('is learned anew when it was lowered meanwhile, and neighbours do not suffer', async () => {
    const topic = await t.topic('lowered', 1, { 'max.message.bytes': String(limit) })
    const producer = t.kafka.producer({ compression: 'none' })
    await producer.send([{ topic, key: 'k', value: Buffer.from('learned') }])
    await t.admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: kafkajs.ConfigResourceTypes.TOPIC,
          name: t.prefix + topic,
          configEntries: [{ name: 'max.message.bytes', value: '5000' }],
        },
      ],
    })
    await until('the new limit holds', async () => {
      const tried = await producer.send([{ topic, key: 'k', value: randomBytes(6000) }]).catch((e: unknown) => e)
      return tried instanceof Error
    })
    const small = [1, 2, 3].map((i) => producer.send([{ topic, key: 'k', value: Buffer.from(`small${i}`) }]))
    await expect(producer.send([{ topic, key: 'k', value: randomBytes(6000) }])).rejects.toMatchObject({
      code: 'kafka.record_too_large',
    })
    expect(await Promise.all(small)).toHaveLength(3)
  })
})

describe('the bound on bytes in flight', () => {
  it('refuses at once what would pass it, and takes again when Kafka has acknowledged', async () => {
    const topic = await t.topic('bounded')
    const producer = t.kafka.producer({ maxBytesInFlight: 50_000 })
    const value = Buffer.alloc(20_000)
    const sends = [producer.send([{ topic, key: 'k', value }]), producer.send([{ topic, key: 'k', value }])]
    expect(producer.bytesInFlight).toBeGreaterThan(40_000)
    await expect(producer.send([{ topic, key: 'k', value }])).rejects.toMatchObject({
      code: 'kafka.buffer_full',
      retryable: true,
    })
    await Promise.all(sends)
    expect(producer.bytesInFlight).toBe(0)
    await producer.send([{ topic, key: 'k', value }])
    await expect(producer.send([{ topic, key: 'k', value: Buffer.alloc(60_000) }])).rejects.toMatchObject({
      code: 'kafka.send_too_large',
      retryable: false,
    })
    expect(await t.metrics.expose()).toMatch(/pegel_kafka_produce_errors_total\{code="kafka.buffer_full"[^}]*\} 1/)
  })
})

describe('a lost answer', () => {
  let proxy: ProduceProxy
  afterEach(() => proxy.close())

  it.each([
    { how: 'the connection is closed', cut: true },
    { how: 'nothing comes back', cut: false },
  ])(
    'is asked for again under the same sequence number: written once, nothing later taken for it ($how)',
    async (c) => {
      const topic = await t.topic(`lost-${c.cut}`)
      proxy = await startProduceProxy()
      proxy.cutOnLoss = c.cut
      const producer = t.another({ route: proxy.route, requestTimeoutMs: 500 }).producer()
      const send = (value: string) => producer.send([{ topic, key: 'k', value: Buffer.from(value) }])
      await send('first')
      proxy.loseAnswers(1)
      const [lost] = await send('lost')
      expect(proxy.lost).toBe(1)
      await Promise.all(Array.from({ length: 20 }, (_, i) => send(`later${i}`)))
      const values = (await readTopic(t.kafka, topic)).map((r) => text(r.value))
      expect(values).toEqual(['first', 'lost', ...Array.from({ length: 20 }, (_, i) => `later${i}`)])
      expect(lost?.offset).toBe(1)
    },
  )

  it('past the deadline fails as retryable; the next record has a new producer id and is not lost', async () => {
    const topic = await t.topic('late')
    proxy = await startProduceProxy()
    const producer = t.another({ route: proxy.route, requestTimeoutMs: 30_000 }).producer()
    const send = (value: string, deadlineMs?: number) =>
      producer.send([{ topic, key: 'k', value: Buffer.from(value) }], deadlineMs === undefined ? {} : { deadlineMs })
    await send('first')
    proxy.loseAnswers(1)
    await expect(send('unknown', 300)).rejects.toMatchObject({ retryable: true })
    await send('next')
    await send('last')
    const values = (await readTopic(t.kafka, topic)).map((r) => text(r.value))
    // At most the one whose fate the caller was told to be unknown; never fewer than what was acknowledged.
    expect(values.filter((v) => v !== 'unknown')).toEqual(['first', 'next', 'last'])
    expect(values.filter((v) => v === 'unknown').length).toBeLessThanOrEqual(1)
    expect(await t.metrics.expose()).toMatch(/pegel_kafka_producer_ids_total/)
  })
})

describe('closing', () => {
  it('waits for what was sent, and takes nothing more', async () => {
    const topic = await t.topic('closing')
    const producer = t.kafka.producer()
    const sends = Array.from({ length: 100 }, (_, i) =>
      producer.send([{ topic, key: `${i}`, value: Buffer.from('v') }]),
    )
    await producer.close()
    expect((await Promise.all(sends)).flat()).toHaveLength(100)
    await expect(producer.send([{ topic, key: 'k', value: null }])).rejects.toMatchObject({ code: 'kafka.closed' })
    await producer.close()
  })
})
