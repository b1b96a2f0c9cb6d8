import { describe, expect, it } from '@jest/globals'
import { exponentialPoint } from '@pegel/testing'
import fc from 'fast-check'
import { explicitBuckets } from './exponential-buckets.ts'

const NONE = { offset: 0, counts: [] }

describe('explicitBuckets', () => {
  it('gives both sides and the zero bucket in ascending order', () => {
    const point = exponentialPoint({
      scale: 0,
      zeroCount: 2,
      zeroThreshold: 0.25,
      positive: { offset: 0, counts: [3, 1] },
      negative: { offset: 1, counts: [4, 1] },
    })
    expect(explicitBuckets(point)).toEqual({
      bounds: [-8, -4, -2, -0.25, 0.25, 1, 2, 4],
      counts: [0, 1, 4, 0, 2, 0, 3, 1, 0],
    })
  })

  it('puts what is exactly zero up to 0', () => {
    const point = exponentialPoint({ zeroCount: 5, zeroThreshold: 0, positive: NONE, negative: NONE })
    expect(explicitBuckets(point)).toEqual({ bounds: [0], counts: [5, 0] })
  })

  it('has nothing where there is nothing', () => {
    const point = exponentialPoint({ zeroCount: 0, positive: NONE, negative: NONE })
    expect(explicitBuckets(point)).toEqual({ bounds: [], counts: [] })
  })

  it('needs no bound that is already there', () => {
    const point = exponentialPoint({
      scale: 0,
      zeroCount: 1,
      zeroThreshold: 1,
      positive: { offset: 0, counts: [2] },
      negative: NONE,
    })
    expect(explicitBuckets(point)).toEqual({ bounds: [-1, 1, 2], counts: [0, 1, 2, 0] })
  })

  it('counts what lies beyond every double as beyond all bounds', () => {
    const point = exponentialPoint({
      scale: -10,
      zeroCount: 0,
      positive: { offset: 0, counts: [1, 2, 3] },
      negative: NONE,
    })
    expect(explicitBuckets(point)).toEqual({ bounds: [1], counts: [0, 6] })
  })

  it('keeps every observation, and its bounds ascend and are finite, whatever comes', () => {
    const side = fc.record({
      offset: fc.integer({ min: -2000, max: 2000 }),
      counts: fc.array(fc.nat(9), { maxLength: 20 }),
    })
    const point = fc.record({
      scale: fc.integer({ min: -10, max: 20 }),
      zeroCount: fc.nat(9),
      zeroThreshold: fc.constantFrom(0, 1e-9, 0.5),
      positive: side,
      negative: side,
    })
    fc.assert(
      fc.property(point, (parts) => {
        const { bounds, counts } = explicitBuckets(exponentialPoint(parts))
        const total = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0)
        expect(total(counts)).toBe(parts.zeroCount + total(parts.positive.counts) + total(parts.negative.counts))
        expect(counts.length === 0 ? 0 : counts.length - 1).toBe(bounds.length)
        expect(bounds.every((bound, i) => Number.isFinite(bound) && bound > (bounds[i - 1] ?? -Infinity))).toBe(true)
      }),
    )
  })
})
