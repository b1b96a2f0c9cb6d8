import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { collect, until } from './support/collector.ts'
import { brokers, openKafka, type TestKafka } from './support/kafka.ts'
import { runChild } from './support/run-child.ts'

let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

describe('a consumer killed in the middle of its work', () => {
  it('has committed only what it had done; the rest comes to the next member', async () => {
    const topic = await t.topic('killed')
    const producer = t.kafka.producer({ compression: 'none' })
    for (let i = 0; i < 30; i++) {
      await producer.send(
        Array.from({ length: 10 }, (_, j) => ({ topic, key: 'k', value: Buffer.from(`${i * 10 + j}`) })),
      )
    }
    const child = await runChild('child-consumer.ts', [brokers().join(','), t.prefix, 'killed', topic])
    await until('some work is done', () => child.lines.length > 50)
    await child.kill()
    const done = child.lines.map(Number)
    expect(done).toEqual(done.map((_, i) => i))
    expect(done.length).toBeLessThan(300)
    const [committed] = await t.kafka.committed('killed', topic)
    expect(committed?.offset).toBeGreaterThan(0)
    expect(committed?.offset).toBeLessThanOrEqual(done.length)

    const next = collect(t.kafka, { group: 'killed', topics: [topic], sessionTimeoutMs: 6000 })
    await next.consumer.start()
    const missing = 300 - (committed?.offset ?? 0)
    await until('everything not committed', () => next.values.length === missing)
    expect(next.values.map(Number)).toEqual(Array.from({ length: missing }, (_, i) => i + (committed?.offset ?? 0)))
    await next.close()
  })
})

describe('a member whose handlers hold on to their work', () => {
  it('stays in the group beyond its session timeout, for heartbeats do not depend on them', async () => {
    const topic = await t.topic('busy')
    await t.kafka.producer().send([{ topic, key: 'k', value: Buffer.from('v') }])
    const seen = collect(t.kafka, {
      group: 'busy',
      topics: [topic],
      sessionTimeoutMs: 6000,
      onBatch: (batch, consumer) => consumer.pause([batch]),
    })
    await seen.consumer.start()
    await until('the batch', () => seen.values.length === 1)
    const heldSince = Date.now()
    await until('longer than the session', () => Date.now() - heldSince > 8000)
    await seen.consumer.commit([{ topic, partition: 0, offset: 1 }], seen.epoch)
    expect(await t.kafka.committed('busy', topic)).toEqual([{ topic, partition: 0, offset: 1 }])
    expect(seen.events).toEqual(['assigned 1'])
    expect(seen.consumer.healthy).toBe(true)
    await seen.close()
  })
})
