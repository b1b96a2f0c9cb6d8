import { describe, expect, it } from '@jest/globals'
import { OutcomeTally } from './outcome-tally.ts'
import type { Outcome } from './sink.ts'

const NOTHING: Outcome = {
  delivered: 0,
  alreadyPresent: 0,
  unsupported: 0,
  collapsed: 0,
  collided: 0,
  rejected: [],
  retry: [],
}
const refused = (point: number) => ({ point, reason: 'too_old', message: '' })

describe('OutcomeTally', () => {
  it.each([
    ['one too few', { ...NOTHING, delivered: 2 }],
    ['one too many', { ...NOTHING, delivered: 2, collided: 1, retry: [3] }],
  ])('refuses an answer for %s', (_what, outcome) => {
    const tally = new OutcomeTally(3)
    expect(() => tally.check(outcome)).toThrow('a bug in the sink')
    expect(tally.open).toBe(3)
  })

  it('adds up over attempts and asks only for what is open', () => {
    const tally = new OutcomeTally(8)
    expect(tally.select).toBeNull()
    const first = { ...NOTHING, delivered: 2, unsupported: 1, rejected: [refused(4)], retry: [7, 2, 5, 6] }
    tally.check(first)
    tally.apply(first)
    expect(tally.select).toEqual(Uint32Array.of(2, 5, 6, 7))
    const second = { ...NOTHING, alreadyPresent: 1, collapsed: 1, collided: 1, rejected: [refused(6)] }
    tally.check(second)
    tally.apply(second)
    expect(tally.open).toBe(0)
    expect(tally.counts()).toMatchObject({
      delivered: 2,
      alreadyPresent: 1,
      unsupported: 1,
      collapsed: 1,
      collided: 1,
      deadLettered: 2,
      notRouted: 0,
    })
  })
})
