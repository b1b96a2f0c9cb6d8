import { describe, expect, it } from '@jest/globals'
import type { HistogramPoint } from '@pegel/contracts'
import { complexFields } from './complex-fields.ts'

const histogram: HistogramPoint = {
  kind: 'histogram',
  count: 6,
  sum: 12.5,
  min: 0.1,
  max: 9,
  bounds: [0.5, 1, 10],
  counts: [1, 2, 3, 0],
}

describe('fields of complex points', () => {
  it('writes a histogram with cumulative buckets by bound', () => {
    expect(complexFields(histogram)).toBe('count=6,sum=12.5,min=0.1,max=9,0.5=1,1=3,10=6')
  })

  it('leaves out what a histogram does not have', () => {
    expect(complexFields({ ...histogram, sum: null, min: null, max: null, bounds: [], counts: [] })).toBe('count=6')
  })

  it('needs no field for a bound of +Inf, which is the count', () => {
    expect(complexFields({ ...histogram, bounds: [1, Infinity], counts: [2, 4, 0] })).toBe(
      'count=6,sum=12.5,min=0.1,max=9,1=2',
    )
  })

  it.each([NaN, Infinity, -Infinity])('leaves out a sum, minimum or maximum of %d', (value) => {
    expect(complexFields({ ...histogram, sum: value, min: value, max: value })).toBe('count=6,0.5=1,1=3,10=6')
    expect(complexFields({ ...histogram, count: value })).toBeUndefined()
  })

  it('keeps an exponential histogram whole', () => {
    const point = {
      kind: 'exponential_histogram' as const,
      count: 7,
      sum: 21.5,
      min: null,
      max: 8,
      scale: -1,
      zeroCount: 1,
      zeroThreshold: 0.001,
      positive: { offset: -2, counts: [1, 2, 3] },
      negative: { offset: 0, counts: [] },
    }
    expect(complexFields(point)).toBe(
      'count=7,sum=21.5,max=8,scale=-1,zero_count=1,zero_threshold=0.001,positive_offset=-2,positive_counts="1,2,3"',
    )
    expect(complexFields({ ...point, sum: NaN })).toMatch(/^count=7,max=8,.*positive_counts="1,2,3"$/)
  })

  it('writes quantiles by name and leaves out those without a number', () => {
    const quantiles = [
      { quantile: 0.5, value: 2 },
      { quantile: 0.99, value: NaN },
      { quantile: 1, value: 7.5 },
    ]
    expect(complexFields({ kind: 'summary', count: 10, sum: 25, quantiles })).toBe('count=10,sum=25,0.5=2,1=7.5')
    expect(complexFields({ kind: 'summary', count: 10, sum: NaN, quantiles })).toBe('count=10,0.5=2,1=7.5')
  })
})
