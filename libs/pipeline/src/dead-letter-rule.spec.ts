import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { DeadLetterRule, DeadLetterRules } from './dead-letter-rule.ts'
import type { RefusedPoint } from './dead-letter-rule.ts'

const LIMITS = { deadLetterWindow: 100, deadLetterShare: 0.1, deadLetterRun: 8 }
const rule = (): DeadLetterRule => new DeadLetterRule(LIMITS)
const points = (indices: readonly number[], reason = 'too_old'): RefusedPoint[] =>
  indices.map((point) => ({ point, reason }))
const first = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('DeadLetterRule', () => {
  it('stops at so many refusals in a row, over records', () => {
    const counted = rule()
    expect(counted.add(5, points(first(5)))).toBeNull()
    expect(counted.add(5, points([0, 1]))).toBeNull()
    expect(counted.add(4, points([0]))).toBeNull()
    expect(counted.add(7, points(first(7)))).toBeNull()
    expect(counted.add(1, points([0]))).toBe('too_old')
  })

  it('stops at a row within a record, however the points are ordered', () => {
    expect(rule().add(20, points([9, 3, 4, 5, 6, 7, 8, 10]))).toBe('too_old')
    expect(rule().add(20, points([0, 1, 2, 3, 5, 6, 7, 8, 9]))).toBeNull()
  })

  it('counts each reason by itself', () => {
    const counted = rule()
    const mixed = first(14).map((point) => ({ point, reason: point % 2 === 0 ? 'a' : 'b' }))
    expect(counted.add(14, mixed)).toBeNull()
  })

  it('stops at a share of the last points, once there were so many', () => {
    const counted = rule()
    for (let record = 0; record < 9; record += 1) expect(counted.add(10, points([2, 5]))).toBeNull()
    expect(counted.add(10, [])).toBeNull()
    expect(counted.add(10, points([2]))).toBe('too_old')
  })

  it('forgets what is further back than the window', () => {
    const counted = rule()
    for (let record = 0; record < 20; record += 1) expect(counted.add(10, points([4]))).toBeNull()
    expect(counted.add(50, points([1, 10]))).toBeNull()
    expect(counted.add(1_000, [])).toBeNull()
    expect(counted.add(10, points([4, 6, 8]))).toBeNull()
  })

  it('counts a record that is refused whole by its points, and as one when they are not known', () => {
    expect(rule().addWhole(8, 'decode_failed')).toBe('decode_failed')
    const counted = rule()
    for (let record = 0; record < 7; record += 1) expect(counted.addWhole(0, 'decode_failed')).toBeNull()
    expect(counted.addWhole(0, 'decode_failed')).toBe('decode_failed')
  })

  it('begins anew, and lets pass what is accepted', () => {
    const counted = rule()
    expect(counted.add(9, points(first(9)))).toBe('too_old')
    counted.reset()
    expect(counted.add(7, points(first(7)))).toBeNull()
    counted.reset(['too_old'])
    expect(counted.add(500, points(first(500)))).toBeNull()
    expect(counted.add(8, points(first(8), 'other'))).toBe('other')
    counted.reset()
    expect(counted.add(8, points(first(8)))).toBe('too_old')
  })

  it('is the same for the same lane', () => {
    const rules = new DeadLetterRules(LIMITS)
    rules.of('a').addWhole(7, 'too_old')
    expect(rules.of('b').addWhole(1, 'too_old')).toBeNull()
    expect(rules.of('a').addWhole(1, 'too_old')).toBe('too_old')
  })

  it('stops exactly when a plain count of all points would', () => {
    const record = fc.array(fc.constantFrom(null, null, null, 'a', 'b'), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), (records) => {
        const counted = rule()
        const seen: (string | null)[][] = []
        for (const each of records) {
          seen.push(each)
          const refused = each.flatMap((reason, point) => (reason === null ? [] : [{ point, reason }]))
          const stop = counted.add(each.length, refused)
          expect(stop !== null).toBe(
            (['a', 'b'] as const).some((reason) => each.includes(reason) && isTooMany(seen, reason)),
          )
          if (stop !== null) return
        }
      }),
    )
  })
})

/** By all points there ever were, records being in the window whole or not at all. */
function isTooMany(records: readonly (readonly (string | null)[])[], reason: string): boolean {
  const last = records.at(-1) ?? []
  const all = records.flat()
  const runs = all.reduce<number[]>((found, each) => [...found, each === reason ? (found.at(-1) ?? 0) + 1 : 0], [])
  if (runs.slice(-last.length).some((run) => run >= LIMITS.deadLetterRun)) return true
  let ends = all.length
  let inWindow = 0
  for (const record of records.toReversed()) {
    if (ends > all.length - LIMITS.deadLetterWindow) inWindow += record.filter((each) => each === reason).length
    ends -= record.length
  }
  return all.length >= LIMITS.deadLetterWindow && inWindow > LIMITS.deadLetterWindow * LIMITS.deadLetterShare
}
