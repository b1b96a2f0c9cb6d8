import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { OffsetTracker } from './offset-tracker.ts'
import type { Ticket } from './offset-tracker.ts'

const AT = { topic: 't', partition: 3 }

function take(tracker: OffsetTracker, offsets: readonly number[], epoch = 1): Ticket[] {
  return offsets.map((offset) => {
    const ticket = tracker.track(AT, offset, epoch)
    if (ticket === undefined) throw new Error('void ticket')
    return ticket
  })
}

describe('OffsetTracker', () => {
  it('commits the settled prefix only', () => {
    const tracker = new OffsetTracker()
    tracker.assign(1)
    const [a, b, c] = take(tracker, [5, 6, 9]) as [Ticket, Ticket, Ticket]
    tracker.settle(b)
    expect(tracker.pending()).toEqual([])
    tracker.settle(a)
    expect(tracker.pending()).toEqual([{ ...AT, offset: 7 }])
    tracker.settle(c)
    tracker.settle(c)
    expect(tracker.pending()).toEqual([{ ...AT, offset: 10 }])
    expect(tracker.outstanding).toBe(0)
  })

  it('offers again what was not committed, and not what was', () => {
    const tracker = new OffsetTracker()
    tracker.assign(1)
    take(tracker, [0, 1]).forEach((ticket) => tracker.settle(ticket))
    const offsets = tracker.pending()
    expect(tracker.pending()).toEqual(offsets)
    tracker.committed(offsets, 1)
    expect(tracker.pending()).toEqual([])
  })

  it('voids tickets and commits of an earlier epoch', () => {
    const tracker = new OffsetTracker()
    tracker.assign(1)
    const [old] = take(tracker, [0]) as [Ticket]
    tracker.assign(2)
    expect(tracker.track(AT, 1, 1)).toBeUndefined()
    const [again] = take(tracker, [0], 2) as [Ticket]
    tracker.settle(old)
    expect(tracker.pending()).toEqual([])
    tracker.settle(again)
    tracker.committed([{ ...AT, offset: 1 }], 1)
    expect(tracker.pending()).toEqual([{ ...AT, offset: 1 }])
  })

  it('finds the prefix whatever the order of settling', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(2500).keys()]), (order) => {
        const tracker = new OffsetTracker()
        tracker.assign(1)
        const tickets = take(tracker, [...Array(2500).keys()])
        for (const ticket of order.flatMap((index) => tickets[index] ?? [])) tracker.settle(ticket)
        const settled = new Set(order)
        let expected = 0
        while (settled.has(expected)) expected += 1
        expect(tracker.pending()[0]?.offset ?? 0).toBe(expected)
        expect(tracker.outstanding).toBe(2500 - order.length)
      }),
      { numRuns: 20 },
    )
  })

  it('commits lower offsets again when the topic was made anew', () => {
    const tracker = new OffsetTracker()
    tracker.assign(1)
    const settle = (offset: number): void => {
      const ticket = tracker.track({ topic: 't', partition: 0 }, offset, 1)
      if (ticket !== undefined) tracker.settle(ticket)
    }
    settle(57)
    tracker.committed(tracker.pending(), 1)
    settle(0)
    expect(tracker.pending()).toEqual([{ topic: 't', partition: 0, offset: 1 }])
    tracker.committed(tracker.pending(), 1)
    expect(tracker.pending()).toEqual([])
  })
})
