import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { KafkaPort } from '../src/port.ts'
import { readRange } from '../src/read-range.ts'
import type { PartitionRange } from '../src/read-range.ts'
import { openKafka, type TestKafka } from './support/kafka.ts'

let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

const BYTES = 1000

/** `count` records of 1,000 bytes in each of two partitions; their text is `partition.offset`. */
async function filled(name: string, count: number): Promise<string> {
  const topic = await t.topic(name, 2)
  const records = [0, 1].flatMap((partition) =>
    Array.from({ length: count }, (_, i) => {
      return { topic, key: 'k', value: Buffer.from(`${partition}.${i}`.padEnd(BYTES)), partition }
    }),
  )
  await t.kafka.producer({ compression: 'none' }).send(records)
  return topic
}

async function read(topic: string, ranges: readonly PartitionRange[], maxBytes?: number) {
  const turns: string[][] = []
  const options = { topic, ranges, ...(maxBytes === undefined ? {} : { maxBytes }) }
  for await (const records of readRange(t.kafka, options)) turns.push(records.map(({ value }) => String(value).trim()))
  return { turns, all: turns.flat().sort() }
}

describe('readRange', () => {
  it('gives what lies between the offsets, and ends', async () => {
    const topic = await filled('between', 5)
    const ranges = [
      { partition: 0, from: 1, to: 3 },
      { partition: 1, from: 4, to: 5 },
    ]
    expect((await read(topic, ranges)).all).toEqual(['0.1', '0.2', '1.4'])
    expect((await read(topic, [{ partition: 0, from: 3, to: 3 }])).turns).toEqual([])
  })

  it('ends where the topic does', async () => {
    const topic = await filled('end', 3)
    expect((await read(topic, [{ partition: 1, from: 1, to: 99 }])).all).toEqual(['1.1', '1.2'])
    expect((await read(topic, [{ partition: 1, from: 98, to: 99 }])).all).toEqual([])
  })

  it('reads nothing more while what it gave is worked on, and leaves nothing out', async () => {
    const topic = await filled('bounded', 3000)
    const ranges = [0, 1].map((partition) => ({ partition, from: 0, to: 3000 }))
    const { turns, all } = await read(topic, ranges, 1_000_000)
    expect(turns.length).toBeGreaterThan(2)
    expect(new Set(all).size).toBe(6000)
    expect(all).toHaveLength(6000)
    const first = turns.flat().filter((text) => text.startsWith('0.'))
    expect(first).toEqual(Array.from({ length: 3000 }, (_, i) => `0.${i}`))
  })

  it('passes what retention has removed', async () => {
    const topic = await filled('trimmed', 5)
    await t.deleteUpTo(topic, 3)
    expect((await read(topic, [{ partition: 0, from: 0, to: 5 }])).all).toEqual(['0.3', '0.4'])
  })

  it('closes its reader when whoever reads stops', async () => {
    const topic = await filled('stopped', 10)
    let open = 0
    const counting: Pick<KafkaPort, 'readAll'> = {
      async readAll(...args) {
        const reader = await t.kafka.readAll(...args)
        open += 1
        return {
          ...reader,
          close: () => {
            open -= 1
            return reader.close()
          },
        }
      },
    }
    for await (const records of readRange(counting, { topic, ranges: [{ partition: 0, from: 0, to: 10 }] })) {
      expect(records.length).toBeGreaterThan(0)
      break
    }
    expect(open).toBe(0)
  })
})
