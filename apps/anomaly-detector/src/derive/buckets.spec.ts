import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { exponentialPoint, histogramPoint, summaryPoint } from '@pegel/testing'
import { bucketsOf, quantileOf, sameBounds } from './buckets.ts'

describe('quantileOf', () => {
  const bounds = [1, 2, 4]
  it.each([
    ['in the middle of a bucket', [0, 10, 0, 0], 0.5, 1.5],
    ['at the upper end of a bucket', [10, 10, 0, 0], 0.5, 1],
    ['in the first bucket, from 0', [10, 0, 0, 0], 0.5, 0.5],
    ['in the last bucket, which has no end', [0, 0, 0, 5], 0.99, 4],
    ['behind empty buckets', [0, 0, 10, 0], 0.95, 3.9],
  ])('%s', (_, counts, quantile, expected) => {
    expect(quantileOf([10, 20, ...counts], bounds, quantile)).toBeCloseTo(expected, 10)
  })

  it('is undefined where there is nothing to say', () => {
    expect(quantileOf([0, 0, 0, 0, 0, 0], bounds, 0.5)).toBeUndefined()
    expect(quantileOf([5, 9], [], 0.5)).toBeUndefined()
  })

  it('grows with the quantile and stays within the bounds', () => {
    const counts = fc
      .array(fc.nat(50), { minLength: 4, maxLength: 4 })
      .filter((each) => each.some((count) => count > 0))
    fc.assert(
      fc.property(
        counts,
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (each, a, b) => {
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((q) => quantileOf([0, 0, ...each], bounds, q) ?? NaN)
          expect(low).toBeLessThanOrEqual(high ?? NaN)
          expect(low).toBeGreaterThanOrEqual(0)
          expect(high).toBeLessThanOrEqual(4)
        },
      ),
    )
  })
})

describe('bucketsOf', () => {
  it('takes an explicit histogram as it is', () => {
    expect(bucketsOf(histogramPoint([1, 2], [3, 4, 5], { sum: 20 }))).toEqual({
      bounds: [1, 2],
      vector: [12, 20, 3, 4, 5],
    })
    expect(bucketsOf(histogramPoint([], [], { count: 3, sum: null }))).toEqual({ bounds: [], vector: [3, NaN] })
  })

  it('has none of a summary', () => {
    expect(bucketsOf(summaryPoint([[0.5, 1]]))).toBeUndefined()
  })

  // Bucket i of scale s is (2^(i/2^s), 2^((i+1)/2^s)]: every value must be found within its own bucket's width and the grid's.
  it('lays exponential histograms of any scale on one grid, and finds their values again', () => {
    const values = fc.tuple(fc.integer({ min: -3, max: 10 }), fc.double({ min: 0.001, max: 1e6, noNaN: true }))
    fc.assert(
      fc.property(values, ([scale, value]) => {
        const index = Math.ceil(Math.log2(value) * 2 ** scale) - 1
        const point = exponentialPoint({ count: 9, scale, zeroCount: 0, positive: { offset: index, counts: [9] } })
        const { bounds, vector } = bucketsOf(point) ?? { bounds: [], vector: [] }
        const found = quantileOf(vector, bounds, 0.5) ?? NaN
        const width = Math.max(2 ** (2 ** -scale), 2 ** 0.25) * 1.001
        expect(found).toBeGreaterThanOrEqual(value / width / 2 ** 0.25)
        expect(found).toBeLessThanOrEqual(value * width * 2 ** 0.25)
      }),
    )
  })

  it('counts zeros, negative and tiny values in the lowest bucket, and beyond the grid in the last', () => {
    const point = exponentialPoint({
      ...{ count: 10, zeroCount: 3, scale: 0 },
      ...{ positive: { offset: -40, counts: [2] }, negative: { offset: 0, counts: [1] } },
    })
    const { vector } = bucketsOf(point) ?? { vector: [] }
    expect(vector[2]).toBe(6)
    const far = exponentialPoint({ count: 4, zeroCount: 0, scale: 0, positive: { offset: 60, counts: [4] } })
    expect(bucketsOf(far)?.vector.at(-1)).toBe(4)
  })

  it('knows equal bounds', () => {
    const bounds = [1, 2]
    expect([
      sameBounds(bounds, bounds),
      sameBounds(bounds, [1, 2]),
      sameBounds(bounds, [1]),
      sameBounds(bounds, [1, 3]),
    ]).toEqual([true, true, false, false])
  })
})
