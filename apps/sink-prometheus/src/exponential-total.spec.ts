import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addExponential, packExponential, unpackExponential } from './exponential-total.ts'
import type { ExponentialTotal } from './exponential-total.ts'

const EMPTY: ExponentialTotal = {
  count: 0,
  sum: 0,
  scale: 3,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: { offset: 0, counts: [] },
  negative: { offset: 0, counts: [] },
}

/** A histogram of these values at a scale, made one by one. */
function histogramOf(values: readonly number[], scale: number, zeroThreshold = 0): ExponentialTotal {
  const zero = values.filter((value) => Math.abs(value) <= zeroThreshold)
  const side = (sign: 1 | -1) => {
    const indexes = values
      .filter((value) => Math.abs(value) > zeroThreshold && Math.sign(value) === sign)
      .map((value) => Math.ceil(Math.log2(Math.abs(value)) * 2 ** scale) - 1)
    if (indexes.length === 0) return { offset: 0, counts: [] }
    const offset = Math.min(...indexes)
    const counts = new Array<number>(Math.max(...indexes) - offset + 1).fill(0)
    for (const index of indexes) counts[index - offset] = (counts[index - offset] ?? 0) + 1
    return { offset, counts }
  }
  const sum = values.reduce((all, value) => all + value, 0)
  return {
    count: values.length,
    sum,
    scale,
    zeroCount: zero.length,
    zeroThreshold,
    positive: side(1),
    negative: side(-1),
  }
}

/** Powers of two with exponents in quarters: they fall on bounds of scale 2, and exactly into buckets of coarser ones. */
const value = fc
  .tuple(fc.integer({ min: -40, max: 40 }), fc.constantFrom(1, -1))
  .map(([q, sign]) => sign * 2 ** (q / 4 - 0.1))
const values = fc.array(value, { maxLength: 30 })

describe('addExponential', () => {
  it('of two histograms is the histogram of all values', () => {
    fc.assert(
      fc.property(
        values,
        values,
        fc.integer({ min: -2, max: 2 }),
        fc.integer({ min: -2, max: 2 }),
        (a, b, one, other) => {
          const added = addExponential(histogramOf(a, one), histogramOf(b, other))
          const expected = histogramOf([...a, ...b], Math.min(one, other))
          expect({ ...added, sum: 0 }).toEqual({ ...expected, sum: 0 })
          expect(added.sum).toBeCloseTo(expected.sum, 6)
        },
      ),
    )
  })

  it('takes the wider zero bucket, and loses nothing to it', () => {
    fc.assert(
      fc.property(values, values, fc.double({ min: 0, max: 8, noNaN: true }), (a, b, threshold) => {
        const added = addExponential(histogramOf(a, 1, threshold), histogramOf(b, 1))
        const inBuckets = [...added.positive.counts, ...added.negative.counts].reduce((all, count) => all + count, 0)
        expect(added.zeroThreshold).toBeGreaterThanOrEqual(threshold)
        expect(inBuckets + added.zeroCount).toBe(a.length + b.length)
        const beyond = [...a, ...b].filter((each) => Math.abs(each) > added.zeroThreshold).length
        expect(inBuckets).toBe(beyond)
      }),
    )
  })

  it('halves the resolution until the buckets are few', () => {
    const [low, high] = [histogramOf([2 ** -300], 8), histogramOf([2 ** 300], 8)]
    const added = addExponential(low, high)
    expect(added.positive.counts.length).toBeLessThanOrEqual(320)
    expect(added.scale).toBe(-1)
    expect(added.count).toBe(2)
  })

  it('of nothing and a histogram is the histogram', () => {
    const histogram = histogramOf([1, 3, -5], 3)
    expect(addExponential(EMPTY, histogram)).toEqual(histogram)
  })
})

it('totals are stored as a list of numbers', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: -4, max: 8 }), (list, scale) => {
      const total = histogramOf(list, scale)
      expect(unpackExponential(packExponential(total))).toEqual(total)
    }),
  )
})
