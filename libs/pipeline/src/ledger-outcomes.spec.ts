import { describe, expect, it } from '@jest/globals'
import { NO_COUNTS } from '@pegel/contracts'
import type { SinkCounts } from '@pegel/contracts'
import { isFinal, replaced, settledPoints } from './ledger-outcomes.ts'

const of = (over: Partial<SinkCounts>): SinkCounts => ({ ...NO_COUNTS, ...over })

describe('isFinal', () => {
  it.each([
    ['all stored', of({ delivered: 3, alreadyPresent: 2 }), true],
    ['judged for good', of({ delivered: 1, unsupported: 2, notRouted: 1, collapsed: 1 }), true],
    ['nothing', of({}), false],
    ['too many', of({ delivered: 6 }), false],
    ['parked', of({ delivered: 4, parked: 1 }), false],
    ['a dead letter', of({ delivered: 4, deadLettered: 1 }), false],
    ['expired', of({ expired: 5 }), false],
  ])('%s', (_, counts, final) => {
    expect(isFinal(counts, 5)).toBe(final)
  })
})

describe('replaced', () => {
  it.each<[string, Partial<SinkCounts>, Partial<SinkCounts>, Partial<SinkCounts>]>([
    ['a drained record', { parked: 5 }, { delivered: 5 }, { delivered: 5 }],
    ['a crash before the row', { parked: 5 }, { alreadyPresent: 5 }, { alreadyPresent: 5 }],
    ['a replay', { delivered: 3, deadLettered: 2 }, { alreadyPresent: 3, delivered: 2 }, { delivered: 5 }],
    [
      'a replay of which one is refused again',
      { delivered: 3, deadLettered: 2 },
      { alreadyPresent: 3, delivered: 1, deadLettered: 1 },
      { delivered: 4, deadLettered: 1 },
    ],
    [
      'a row of before the drain, which came late',
      { delivered: 3, deadLettered: 2 },
      { parked: 5 },
      { delivered: 3, deadLettered: 2 },
    ],
    ['a backend that overwrites', { delivered: 3, deadLettered: 2 }, { delivered: 5 }, { delivered: 5 }],
    [
      'the same row',
      { delivered: 3, alreadyPresent: 1, parked: 1 },
      { delivered: 3, alreadyPresent: 1, parked: 1 },
      { delivered: 3, alreadyPresent: 1, parked: 1 },
    ],
    ['a backend that lost what it had', { alreadyPresent: 3, deadLettered: 2 }, { delivered: 5 }, { delivered: 5 }],
  ])('%s', (_, former, later, expected) => {
    const counts = replaced(of(former), of(later))
    expect(counts).toEqual(of(expected))
    expect(settledPoints(counts)).toBe(settledPoints(of(later)))
  })
})
