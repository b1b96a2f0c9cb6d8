import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { OffsetRanges } from './offset-ranges.ts'

describe('OffsetRanges', () => {
  it('is the set of what was added and not dropped, in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), fc.nat(35), (offsets, drop) => {
        const ranges = new OffsetRanges()
        for (const offset of offsets) ranges.add(offset)
        ranges.dropBefore(drop)
        const set = new Set(offsets.filter((offset) => offset >= drop))
        for (let offset = 0; offset < 33; offset += 1) expect(ranges.has(offset)).toBe(set.has(offset))
      }),
    )
  })

  it('takes spans as it takes each of their offsets', () => {
    const span = fc.record({ from: fc.nat(30), size: fc.nat(6) })
    fc.assert(
      fc.property(fc.array(span), fc.array(fc.nat(30)), (spans, offsets) => {
        const [whole, single] = [new OffsetRanges(), new OffsetRanges()]
        for (const ranges of [whole, single]) for (const offset of offsets) ranges.add(offset)
        for (const { from, size } of spans) {
          whole.addSpan({ from, to: from + size })
          for (let offset = from; offset < from + size; offset += 1) single.add(offset)
        }
        expect(whole.gaps(0, 40)).toEqual(single.gaps(0, 40))
      }),
    )
  })

  it('names the gaps between two offsets', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), fc.nat(35), fc.nat(35), (offsets, from, to) => {
        const ranges = new OffsetRanges()
        for (const offset of offsets) ranges.add(offset)
        const named = ranges.gaps(from, to).flatMap((gap) => {
          expect(gap.from).toBeLessThan(gap.to)
          return Array.from({ length: gap.to - gap.from }, (_, index) => gap.from + index)
        })
        const expected: number[] = []
        for (let offset = from; offset < to; offset += 1) if (!offsets.includes(offset)) expected.push(offset)
        expect(named).toEqual(expected)
      }),
    )
  })

  it('joins gaps that nothing lies between', () => {
    const ranges = new OffsetRanges()
    for (const offset of [5, 3, 9]) ranges.add(offset)
    ranges.add(4)
    expect(ranges.gaps(0, 12)).toEqual([
      { from: 0, to: 3 },
      { from: 6, to: 9 },
      { from: 10, to: 12 },
    ])
  })
})
