import { describe, expect, it } from '@jest/globals'
import { createLogger } from '@pegel/telemetry'
import { eventually } from '@pegel/testing'
import { RefusalBook } from './refusal-book.ts'

const log = createLogger({ service: 'test', level: 'silent' })
const acme = { tenant: 'acme', configVersion: 1, protocol: 'json' }

function setUp(fail = false) {
  const told: unknown[] = []
  const submit = (...args: readonly unknown[]): Promise<void> => {
    told.push(args)
    return fail ? Promise.reject(new Error('no Kafka')) : Promise.resolve()
  }
  return { told, book: new RefusalBook({ batcher: { submit }, log, intervalMs: 5 }) }
}

describe('RefusalBook', () => {
  it('adds refusals up by tenant and reason, and tells them after a while', async () => {
    const { told, book } = setUp()
    book.add(acme, 'points_per_second', 3, 1000)
    book.add({ ...acme, tenant: 'globex' }, 'points_per_second', 1, 1001)
    book.add(acme, 'bytes_per_second', 2, 1002)
    book.add(acme, 'points_per_second', 4, 1003)
    await eventually(() => expect(told).toHaveLength(2))
    const refused = [
      { reason: 'points_per_second', count: 7 },
      { reason: 'bytes_per_second', count: 2 },
    ]
    expect(told[0]).toEqual([acme, { chunks: [], refused }, 1000])
    book.add(acme, 'points_per_second', 1, 2000)
    await eventually(() => expect(told).toHaveLength(3))
  })

  it('tells what it has when the gateway stops, and takes no for an answer', async () => {
    const { told, book } = setUp(true)
    await book.drain()
    book.add(acme, 'points_per_second', 3, 1000)
    await book.drain()
    expect(told).toHaveLength(1)
    await book.drain()
    expect(told).toHaveLength(1)
  })
})
