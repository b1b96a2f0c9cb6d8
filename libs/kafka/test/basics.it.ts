import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { collect, until } from './support/collector.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'

describe('what is written is read', () => {
  let t: TestKafka
  beforeAll(async () => {
    t = await openKafka()
  })
  afterAll(() => t.close())

  it('gives each record back once, in order per key, with its offset, time, key and headers', async () => {
    const topic = await t.topic('orders', 3)
    const producer = t.kafka.producer()
    const sends = Array.from({ length: 300 }, (_, i) =>
      producer.send([{ topic, key: `k${i % 7}`, value: Buffer.from(`${i}`), headers: { n: `${i}` } }]),
    )
    const produced = (await Promise.all(sends)).flat()
    expect(produced.every((p) => p.topic === topic && p.offset >= 0)).toBe(true)
    const seen = collect(t.kafka, { group: 'g', topics: [topic] })
    await seen.consumer.start()
    await until('all records', () => seen.values.length >= 300)
    expect(seen.events).toEqual(['assigned 1'])
    const records = seen.batches.flatMap((batch) => batch.records)
    for (let key = 0; key < 7; key++) {
      const mine = records.filter((r) => r.key?.toString() === `k${key}`).map((r) => Number(r.value))
      expect(mine).toEqual([...mine].sort((a, b) => a - b))
      expect(mine.length).toBeGreaterThan(40)
    }
    for (const record of records) {
      const i = Number(record.value)
      expect(record.headers.n?.toString()).toBe(`${i}`)
      expect(produced[i]).toMatchObject({ partition: record.partition, offset: record.offset })
    }
    expect(new Set(seen.values).size).toBe(300)
    await seen.close()
    expect(seen.events).toEqual(['assigned 1', 'revoked 1'])
  })
})
