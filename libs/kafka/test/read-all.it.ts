import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { until } from './support/collector.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'
import { readTopic } from './support/read-topic.ts'

let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

describe('readAll', () => {
  it('has caught up at once on an empty topic, and then follows', async () => {
    const topic = await t.topic('empty', 2)
    const values: string[] = []
    const startedAt = Date.now()
    const reader = await t.kafka.readAll(topic, (record) => values.push(String(record.value)))
    await reader.caughtUp
    expect(Date.now() - startedAt).toBeLessThan(1000)
    expect(values).toEqual([])
    await t.kafka.producer().send([{ topic, key: 'k', value: Buffer.from('late') }])
    await until('the late one', () => values.length === 1)
    await reader.close()
  })

  it('gives all that was there before it says that it has caught up', async () => {
    const topic = await t.topic('full', 3)
    const records = Array.from({ length: 2000 }, (_, i) => ({
      topic,
      key: `k${i}`,
      value: Buffer.alloc(500, `${i % 10}`),
    }))
    await t.kafka.producer({ compression: 'none' }).send(records)
    const startedAt = Date.now()
    const keys = new Set<string>()
    const reader = await t.kafka.readAll(topic, (record) => keys.add(String(record.key)))
    await reader.caughtUp
    expect(keys.size).toBe(2000)
    expect(Date.now() - startedAt).toBeLessThan(1000)
    await reader.close()
  })

  it('gives the partitions that were asked for, and no others', async () => {
    const topic = await t.topic('some', 4)
    const records = [0, 1, 2, 3].map((partition) => ({
      topic,
      key: 'k',
      value: Buffer.from(`${partition}`),
      partition,
    }))
    await t.kafka.producer().send(records)
    const values: string[] = []
    const reader = await t.kafka.readAll(topic, (record) => values.push(String(record.value)), { partitions: [1, 3] })
    await reader.caughtUp
    await t.kafka.producer().send(records)
    await until('the later ones', () => values.length === 4)
    expect(values.sort()).toEqual(['1', '1', '3', '3'])
    await reader.close()
  })

  it('begins where it is told to, within what is there', async () => {
    const topic = await t.topic('places', 2)
    const records = [0, 1].flatMap((partition) =>
      [0, 1, 2, 3].map((i) => ({ topic, key: 'k', value: Buffer.from(`${partition}.${i}`), partition })),
    )
    const producer = t.kafka.producer()
    await producer.send(records)
    await t.deleteUpTo(topic, 2)
    const read = async (from: (range: { readonly partition: number; readonly latest: number }) => number) => {
      const values: string[] = []
      const reader = await t.kafka.readAll(topic, ({ value }) => values.push(String(value)), { from })
      await reader.caughtUp
      await reader.close()
      return values.sort()
    }
    expect(await read(({ latest }) => latest - 1)).toEqual(['0.3', '1.3'])
    expect(await read(() => 0)).toEqual(['0.2', '0.3', '1.0', '1.1', '1.2', '1.3'])
    expect(await read(({ partition }) => (partition === 0 ? 99 : 3))).toEqual(['1.3'])
  })

  it('of no partitions has caught up at once', async () => {
    const topic = await t.topic('none', 1)
    await t.kafka.producer().send([{ topic, key: 'k', value: Buffer.from('v') }])
    const values: string[] = []
    const reader = await t.kafka.readAll(topic, (record) => values.push(String(record.value)), { partitions: [] })
    await reader.caughtUp
    expect(values).toEqual([])
    await reader.close()
  })

  it('leaves no group behind', async () => {
    const topic = await t.topic('groupless')
    await readTopic(t.kafka, topic)
    const { groups } = await t.admin.listGroups()
    expect(groups.filter(({ groupId }) => groupId.startsWith(t.prefix) && groupId.includes('groupless'))).toEqual([])
  })

  it('catches up behind records that are gone', async () => {
    const topic = await t.topic('trimmed', 1, { 'cleanup.policy': 'compact,delete' })
    const producer = t.kafka.producer()
    await producer.send(Array.from({ length: 20 }, (_, i) => ({ topic, key: `${i}`, value: Buffer.from('v') })))
    await t.deleteUpTo(topic, 20)
    expect(await readTopic(t.kafka, topic)).toEqual([])
  })

  it('reads a compacted topic whose tail was compacted away', async () => {
    const topic = await t.topic('compacted', 1, {
      'cleanup.policy': 'compact',
      'segment.ms': '200',
      'min.cleanable.dirty.ratio': '0.01',
      'max.compaction.lag.ms': '200',
      'delete.retention.ms': '0',
      'min.compaction.lag.ms': '0',
    })
    const producer = t.kafka.producer()
    for (let i = 0; i < 30; i++) await producer.send([{ topic, key: `k${i % 3}`, value: Buffer.from(`${i}`) }])
    await producer.send(['k0', 'k1', 'k2'].map((key) => ({ topic, key, value: null })))
    const latest = async (): Promise<Map<string, string | null>> => {
      const state = new Map<string, string | null>()
      for (const { key, value } of await readTopic(t.kafka, topic))
        state.set(String(key), value === null ? null : String(value))
      return state
    }
    expect([...(await latest()).values()]).toEqual([null, null, null])
    await until(
      'the log cleaner has worked',
      async () => {
        // Rolls a segment, so that what is before it may be cleaned.
        await producer.send([{ topic, key: 'roll', value: Buffer.from('x') }])
        return (await readTopic(t.kafka, topic)).length < 20
      },
      60_000,
    )
    expect((await latest()).get('roll')).toBe('x')
  }, 90_000)

  it('goes on when its receiver throws', async () => {
    const topic = await t.topic('receiver')
    await t.kafka.producer().send([1, 2, 3].map((i) => ({ topic, key: 'k', value: Buffer.from(`${i}`) })))
    const values: string[] = []
    const reader = await t.kafka.readAll(topic, (record) => {
      values.push(String(record.value))
      if (values.length === 2) throw new Error('a bug')
    })
    await reader.caughtUp
    expect(values).toEqual(['1', '2', '3'])
    await reader.close()
  })

  it('of a missing topic says so', async () => {
    await expect(t.kafka.readAll('not.there', () => undefined)).rejects.toMatchObject({ code: 'kafka.topic_missing' })
  })

  it('closed before it has caught up rejects, and gives nothing more', async () => {
    const topic = await t.topic('closed')
    await t.kafka.producer().send([{ topic, key: 'k', value: Buffer.from('v') }])
    let given = 0
    const reader = await t.kafka.readAll(topic, () => given++)
    await reader.close()
    await expect(reader.caughtUp).rejects.toMatchObject({ code: 'kafka.closed' })
    expect(given).toBe(0)
  })

  it('pauses', async () => {
    const topic = await t.topic('pauses', 2)
    const producer = t.kafka.producer()
    const send = (partition: number, values: readonly number[]): Promise<unknown> =>
      producer.send(
        values.map((value) => ({ topic, partition, key: 'k', value: Buffer.from(`${partition}:${value}`) })),
      )
    await send(0, [0, 1, 2])
    await send(1, [0, 1])
    const values: string[] = []
    const reader = await t.kafka.readAll(topic, (record) => values.push(String(record.value)), {
      from: ({ partition, latest }) => (partition === 0 ? 2 : latest - 2),
    })
    await reader.caughtUp
    expect(values.sort()).toEqual(['0:2', '1:0', '1:1'])
    reader.pause()
    let others = 0
    const other = await t.kafka.readAll(topic, () => others++)
    await other.caughtUp
    await send(0, [3])
    await until('another reader has it', () => others === 6)
    await other.close()
    expect(values).toHaveLength(3)
    reader.resume()
    await until('the one that came meanwhile', () => values.length === 4)
    await reader.close()
  })

  it('begins after what was removed', async () => {
    const topic = await t.topic('gone')
    await t.kafka.producer().send([0, 1, 2].map((i) => ({ topic, key: 'k', value: Buffer.from(`${i}`) })))
    await t.deleteUpTo(topic, 2)
    const values: string[] = []
    const reader = await t.kafka.readAll(topic, (record) => values.push(String(record.value)), { from: () => 1 })
    await reader.caughtUp
    expect(values).toEqual(['2'])
    await reader.close()
  })

  it('goes on after what is removed while it reads', async () => {
    const topic = await t.topic('removed')
    const producer = t.kafka.producer()
    const send = (value: number): Promise<unknown> =>
      producer.send([{ topic, key: 'k', value: Buffer.from(`${value}`) }])
    const values: string[] = []
    const reader = await t.kafka.readAll(topic, (record) => values.push(String(record.value)))
    await reader.caughtUp
    reader.pause()
    // The request that is under way may still bring the first one.
    for (const value of [0, 1, 2, 3, 4]) await send(value)
    await t.deleteUpTo(topic, 4)
    reader.resume()
    await reader.catchUp()
    await until('the one that is left', () => values.at(-1) === '4')
    expect(values).not.toContain('3')
    await reader.close()
  })
})
