import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { collect, until, type Collector } from './support/collector.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'

let t: TestKafka
const open: Collector[] = []
beforeAll(async () => {
  t = await openKafka()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((collector) => collector.close()))
})
afterAll(() => t.close())

const using = (...args: Parameters<typeof collect>): Collector => {
  const collector = collect(...args)
  open.push(collector)
  return collector
}
const values = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `${from + i}`)
const write = (topic: string, from: number, to: number, partition?: number) =>
  t.kafka.producer().send(
    values(from, to).map((v) => ({
      topic,
      key: v,
      value: Buffer.from(v),
      ...(partition === undefined ? {} : { partition }),
    })),
  )

describe('offsets', () => {
  it('are committed only when told to: what was not comes again to the next member', async () => {
    const topic = await t.topic('redelivery')
    await write(topic, 0, 20)
    const first = using(t.kafka, { group: 'redelivery', topics: [topic] })
    await first.consumer.start()
    await until('all read', () => first.values.length === 20)
    await first.consumer.commit([{ topic, partition: 0, offset: 7 }], first.epoch)
    expect(await t.kafka.committed('redelivery', topic)).toEqual([{ topic, partition: 0, offset: 7 }])
    await first.close()
    const second = using(t.kafka, { group: 'redelivery', topics: [topic] })
    await second.consumer.start()
    await until('the rest again', () => second.values.length === 13)
    expect(second.values).toEqual(values(7, 20))
  })

  it('start at the earliest for a new group, also for what was written before it', async () => {
    const topic = await t.topic('earliest', 2)
    await write(topic, 0, 10)
    expect(await t.kafka.committed('new', topic)).toEqual([
      { topic, partition: 0, offset: -1 },
      { topic, partition: 1, offset: -1 },
    ])
    const seen = using(t.kafka, { group: 'new', topics: [topic] })
    await seen.consumer.start()
    await until('all', () => seen.values.length === 10)
    expect(seen.batches.every((b) => b.epoch === seen.epoch && b.highWatermark >= b.records.length)).toBe(true)
  })

  it('of an older epoch are void', async () => {
    const topic = await t.topic('void')
    await write(topic, 0, 5)
    const seen = using(t.kafka, { group: 'void', topics: [topic] })
    await seen.consumer.start()
    await until('all', () => seen.values.length === 5)
    await seen.consumer.commit([{ topic, partition: 0, offset: 5 }], seen.epoch - 1)
    await seen.consumer.commit([{ topic, partition: 0, offset: 5 }], seen.epoch + 1)
    expect(await t.kafka.committed('void', topic)).toEqual([{ topic, partition: 0, offset: -1 }])
    await seen.close()
    await seen.consumer.commit([{ topic, partition: 0, offset: 5 }], seen.epoch)
    expect(await t.kafka.committed('void', topic)).toEqual([{ topic, partition: 0, offset: -1 }])
  })

  it('committed at once by many end at the last', async () => {
    const topic = await t.topic('many', 3)
    await Promise.all([0, 1, 2].map((partition) => write(topic, 0, 50, partition)))
    const seen = using(t.kafka, { group: 'many', topics: [topic] })
    await seen.consumer.start()
    await until('all', () => seen.values.length === 150)
    const commits = Array.from({ length: 50 }, (_, i) =>
      [0, 1, 2].map((partition) => ({ topic, partition, offset: i + 1 })),
    )
    await Promise.all(commits.flat().map((offset) => seen.consumer.commit([offset], seen.epoch)))
    expect((await t.kafka.committed('many', topic)).map((c) => c.offset)).toEqual([50, 50, 50])
  })
})

describe('a rebalance', () => {
  it('gives every record to somebody, and voids the old epoch before the new one begins', async () => {
    const topic = await t.topic('shared', 4)
    await write(topic, 0, 200)
    const first = using(t.kafka, { group: 'shared', topics: [topic], commit: true })
    await first.consumer.start()
    await until('first has all partitions', () => first.assignment.length === 4 && first.values.length === 200)
    const second = using(t.another(), { group: 'shared', topics: [topic], commit: true })
    await second.consumer.start()
    await until('they share', () => first.assignment.length === 2 && second.assignment.length === 2)
    const all = new Set([...first.assignment, ...second.assignment].map((p) => p.partition))
    expect(all.size).toBe(4)
    await write(topic, 200, 400)
    await until('all read', () => new Set([...first.values, ...second.values]).size === 400)
    await second.close()
    await until('first has all again', () => first.assignment.length === 4)
    await write(topic, 400, 500)
    await until('the rest', () => new Set([...first.values, ...second.values]).size === 500)
    const numbers = first.events.map((e) => e.split(' ')[0])
    expect(numbers).toEqual(numbers.map((_, i) => (i % 2 === 0 ? 'assigned' : 'revoked')))
    for (const batch of first.batches) expect(batch.epoch).toBeGreaterThan(0)
  })

  it('begins again at the committed offset, also for a partition that stays', async () => {
    const topic = await t.topic('stays', 2)
    await write(topic, 0, 10, 0)
    await write(topic, 100, 110, 1)
    const first = using(t.kafka, { group: 'stays', topics: [topic] })
    await first.consumer.start()
    await until('all read once', () => first.values.length === 20)
    await first.consumer.commit(
      [
        { topic, partition: 0, offset: 4 },
        { topic, partition: 1, offset: 4 },
      ],
      first.epoch,
    )
    const second = using(t.another(), { group: 'stays', topics: [topic] })
    await second.consumer.start()
    await until('they share', () => first.assignment.length === 1 && second.assignment.length === 1)
    await until('uncommitted ones again', () => first.values.length === 26 && second.values.length === 6)
    const kept = first.assignment[0]?.partition ?? -1
    expect(first.values.slice(20)).toEqual(kept === 0 ? values(4, 10) : values(104, 110))
  })

  it('leaves no batch of the old epoch behind, while records keep coming', async () => {
    const topic = await t.topic('churn', 6)
    const problems: string[] = []
    const member = (port = t.another()): Collector => {
      const collector: Collector = using(port, {
        group: 'churn',
        topics: [topic],
        commit: true,
        onBatch: (batch) => {
          if (batch.epoch !== collector.epoch) problems.push(`epoch ${batch.epoch} in ${collector.epoch}`)
          const mine = collector.assignment.some((p) => p.partition === batch.partition)
          if (!mine) problems.push(`partition ${batch.partition} is not mine`)
        },
      })
      return collector
    }
    const members = [member()]
    await members[0]?.consumer.start()
    let written = 0
    for (let round = 0; round < 4; round++) {
      const joining = member()
      members.push(joining)
      const [, produced] = await Promise.all([joining.consumer.start(), write(topic, written, written + 300)])
      written += produced.length
      if (round % 2 === 1) await members.splice(1, 1)[0]?.close()
    }
    const seen = (): Set<string> => new Set(open.flatMap((m) => m.values))
    await until('everything read', () => seen().size === written)
    expect(problems).toEqual([])
  })
})

describe('the members of a group', () => {
  it('can be counted, also those that got no partition, and those that are gone are not', async () => {
    const topic = await t.topic('members')
    expect(await t.kafka.groupMembers('members')).toBe(0)
    const members = [t.kafka, t.another(), t.another()].map((port) =>
      using(port, { group: 'members', topics: [topic] }),
    )
    await Promise.all(members.map(({ consumer }) => consumer.start()))
    await until('three', async () => (await t.kafka.groupMembers('members')) === 3)
    await members[1]?.close()
    await until('two', async () => (await t.kafka.groupMembers('members')) === 2)
  })
})

describe('a pause', () => {
  it('keeps what was already fetched for after the resume, in order and once', async () => {
    const topic = await t.topic('paused', 2)
    const seen = using(t.kafka, {
      group: 'paused',
      topics: [topic],
      onBatch: (batch, consumer) => {
        if (batch.partition === 0) consumer.pause([batch])
      },
    })
    await seen.consumer.start()
    for (let i = 0; i < 10; i++) {
      await write(topic, i * 10, i * 10 + 10, 0)
      await write(topic, 1000 + i, 1001 + i, 1)
    }
    await until('the other partition goes on', () => seen.values.filter((v) => Number(v) >= 1000).length === 10)
    const early = seen.values.filter((v) => Number(v) < 1000).length
    expect(early).toBeLessThan(100)
    for (let i = 0; i < 20; i++) {
      seen.consumer.resume([{ topic, partition: 0 }])
      await until('something more', () => seen.values.length === 110, 300).catch(() => undefined)
    }
    expect(seen.values.filter((v) => Number(v) < 1000)).toEqual(values(0, 100))
  })

  it('given in onAssigned holds before the first batch, and a resume ends it', async () => {
    const topic = await t.topic('held')
    await write(topic, 0, 5)
    const got: string[] = []
    const consumer = t.kafka.consumer({
      group: 'held',
      topics: [topic],
      handlers: {
        onAssigned: ({ partitions }) => consumer.pause(partitions),
        onRevoked: () => undefined,
        onGap: () => undefined,
        onBatch: (batch) => got.push(...batch.records.map((r) => String(r.value))),
      },
    })
    await consumer.start()
    await expect(until('nothing', () => got.length > 0, 700)).rejects.toThrow('not within')
    consumer.resume([{ topic, partition: 0 }])
    await until('all', () => got.length === 5)
    await consumer.close()
  })
})

describe('retention that was faster than the reader', () => {
  it('is reported as a gap on assignment, and nothing is committed by itself', async () => {
    const topic = await t.topic('gap')
    await write(topic, 0, 30)
    const first = using(t.kafka, { group: 'gap', topics: [topic] })
    await first.consumer.start()
    await until('read', () => first.values.length === 30)
    await first.consumer.commit([{ topic, partition: 0, offset: 5 }], first.epoch)
    await first.close()
    await t.deleteUpTo(topic, 12)
    const second = using(t.kafka, { group: 'gap', topics: [topic] })
    await second.consumer.start()
    await until('the rest', () => second.values.length === 18)
    expect(second.gaps).toEqual([{ topic, partition: 0, from: 5, to: 12 }])
    expect(second.events[0]).toMatch(/^assigned/)
    expect(second.values[0]).toBe('12')
    expect(await t.kafka.committed('gap', topic)).toEqual([{ topic, partition: 0, offset: 5 }])
  })

  it('is reported as a gap while reading', async () => {
    const topic = await t.topic('gap-later')
    const seen = using(t.kafka, { group: 'gap-later', topics: [topic] })
    await write(topic, 0, 10)
    await seen.consumer.start()
    await until('read', () => seen.values.length === 10)
    seen.consumer.pause([{ topic, partition: 0 }])
    await write(topic, 10, 15)
    // A fetch that was under way may still bring some of these; they are kept for later.
    await write(topic, 15, 30)
    await t.deleteUpTo(topic, 25)
    seen.consumer.resume([{ topic, partition: 0 }])
    await until('the rest', () => seen.values.at(-1) === '29')
    expect(await t.kafka.committed('gap-later', topic)).toEqual([{ topic, partition: 0, offset: -1 }])
    const [gap] = seen.gaps
    expect(gap?.to).toBe(25)
    expect(seen.values.length + (gap === undefined ? 0 : gap.to - gap.from)).toBe(30)
  })

  it('also when nothing is left', async () => {
    const topic = await t.topic('gap-all')
    await write(topic, 0, 10)
    const first = using(t.kafka, { group: 'gap-all', topics: [topic] })
    await first.consumer.start()
    await until('read', () => first.values.length === 10)
    await first.consumer.commit([{ topic, partition: 0, offset: 3 }], first.epoch)
    await first.close()
    await t.deleteUpTo(topic, 10)
    const second = using(t.kafka, { group: 'gap-all', topics: [topic] })
    await second.consumer.start()
    await until('the gap', () => second.gaps.length === 1)
    await write(topic, 10, 12)
    await until('the new ones', () => second.values.length === 2)
    expect(second.gaps).toEqual([{ topic, partition: 0, from: 3, to: 10 }])
  })
})

describe('a handler that throws', () => {
  it('gets its records again in a new epoch', async () => {
    const topic = await t.topic('throws')
    await write(topic, 0, 3)
    let thrown = 0
    const seen = using(t.kafka, {
      group: 'throws',
      topics: [topic],
      onBatch: () => {
        if (thrown++ === 0) throw new Error('a bug')
      },
    })
    await seen.consumer.start()
    await until('again', () => seen.values.length === 6)
    expect(seen.batches.map((b) => b.epoch)).toEqual([1, 2])
    expect(t.log.some((line) => line.includes('a handler failed'))).toBe(true)
  })
})

describe('closing', () => {
  it('leaves the group at once, so that the next member need not wait for the session', async () => {
    const topic = await t.topic('leaves')
    await write(topic, 0, 3)
    const first = using(t.kafka, { group: 'leaves', topics: [topic] })
    await first.consumer.start()
    expect(first.consumer.healthy).toBe(true)
    await Promise.all([first.close(), first.close()])
    expect(first.consumer.healthy).toBe(false)
    const startedAt = Date.now()
    const second = using(t.kafka, { group: 'leaves', topics: [topic] })
    await second.consumer.start()
    expect(Date.now() - startedAt).toBeLessThan(5000)
    await expect(first.consumer.start()).rejects.toMatchObject({ code: 'kafka.closed' })
  })

  it('ends a start that still waits for its topic', async () => {
    const seen = using(t.kafka, { group: 'waits', topics: ['never.made'] })
    const starting = seen.consumer.start()
    const refused = expect(starting).rejects.toMatchObject({ code: 'kafka.closed' })
    await until('it has tried', () => t.log.some((line) => line.includes('not in the group')))
    await seen.close()
    await refused
    expect(seen.events).toEqual([])
  })

  it('before the first assignment says nothing to the handlers afterwards', async () => {
    const topic = await t.topic('early')
    const seen = using(t.kafka, { group: 'early', topics: [topic] })
    const starting = seen.consumer.start().catch(() => undefined)
    await seen.close()
    await starting
    expect(seen.batches).toEqual([])
    const assigned = seen.events.filter((e) => e.startsWith('assigned')).length
    expect(seen.events.filter((e) => e.startsWith('revoked'))).toHaveLength(assigned)
  })
})
