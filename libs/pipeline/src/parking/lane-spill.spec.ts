import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { KafkaRecord } from '@pegel/kafka'
import { judgeOf, laneItem, metricsRecord, TENANT } from '../../test/sink-fixtures.ts'
import type { LaneItem } from '../lane-item.ts'
import { Turns } from '../turns.ts'
import { LaneSpill } from './lane-spill.ts'

const KEY = { tenant: TENANT, topic: 'pegel.metrics.v1', partition: 0 }

function setup({ laneBytes = 16 * 1024 * 1024 } = {}) {
  /** Source offsets, by write. */
  const writes: number[][] = []
  const judge = judgeOf()
  const spill = new LaneSpill({
    ...{ key: KEY, reason: 'lane_full', turns: new Turns(), laneBytes },
    state: () => undefined,
    readBack: () => -1,
    write: (_partition, drafts) => {
      writes.push(drafts.map(({ offset }) => offset))
      return Promise.resolve()
    },
    identify: (record: KafkaRecord) => judge.identify(record),
    book: () => Promise.resolve(true),
    settle: () => undefined,
    onSpilled: () => undefined,
    onFailed: (error) => {
      throw error
    },
  })
  let offset = 0
  const push = (count: number, sizeBytes?: number): void => {
    for (let n = 0; n < count; n += 1) {
      const item: LaneItem = laneItem(metricsRecord({ offset: offset++ }))
      spill.push(sizeBytes === undefined ? item : { ...item, sizeBytes })
    }
    spill.run()
  }
  return { spill, push, writes }
}

describe('LaneSpill', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('gathers for a moment what trickles in', async () => {
    const { push, writes } = setup()
    push(2)
    await jest.advanceTimersByTimeAsync(0)
    push(1)
    await jest.advanceTimersByTimeAsync(100)
    push(1)
    await jest.advanceTimersByTimeAsync(100)
    expect(writes).toEqual([[0, 1]])
    await jest.advanceTimersByTimeAsync(100)
    expect(writes).toEqual([
      [0, 1],
      [2, 3],
    ])
  })

  it('writes much at once, in pieces that hold up nobody for long', async () => {
    const { push, writes } = setup()
    push(6, 120 * 1024)
    await jest.advanceTimersByTimeAsync(0)
    expect(writes).toEqual([
      [0, 1],
      [2, 3],
    ])
    await jest.advanceTimersByTimeAsync(250)
    expect(writes.at(-1)).toEqual([4, 5])
  })

  it('gathers nothing while it is half full: its partition may be waiting', async () => {
    const { push, writes } = setup({ laneBytes: 4_000 })
    push(1)
    await jest.advanceTimersByTimeAsync(0)
    push(1, 2_000)
    push(1, 2_000)
    await jest.advanceTimersByTimeAsync(250)
    expect(writes).toEqual([[0], [1, 2]])
    push(600, 100)
    await jest.advanceTimersByTimeAsync(250)
    expect(writes.map(({ length }) => length)).toEqual([1, 2, 500, 100])
  })

  it('ends where it is', async () => {
    const { spill, push, writes } = setup()
    push(1)
    await jest.advanceTimersByTimeAsync(0)
    push(1)
    expect(spill.close().map(({ record }) => record.offset)).toEqual([1])
    await jest.advanceTimersByTimeAsync(1_000)
    expect(writes).toEqual([[0]])
  })
})
