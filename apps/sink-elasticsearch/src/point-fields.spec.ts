import { describe, expect, it } from '@jest/globals'
import type { HistogramPoint } from '@pegel/contracts'
import { complexFields } from './point-fields.ts'

const FIELD = '"metrics.m'
const histogram: HistogramPoint = {
  kind: 'histogram',
  count: 6,
  sum: 12.5,
  min: 0.1,
  max: 9,
  bounds: [0.5, 1, 10],
  counts: [1, 2, 3, 0],
}

function fields(point: Parameters<typeof complexFields>[1]): unknown {
  const text = complexFields(FIELD, point)
  return text === undefined ? undefined : JSON.parse(`{${text}}`)
}

describe('members of a document for a point', () => {
  it.each([NaN, Infinity, -Infinity])('cannot hold %d', (value) => {
    expect(fields({ ...histogram, count: value })).toBeUndefined()
    expect(fields({ ...histogram, counts: [1, value, 3, 0] })).toBeUndefined()
  })

  it.each([NaN, Infinity, -Infinity])('leaves out a sum, minimum or maximum of %d', (value) => {
    const rest = { 'metrics.m.count': 6, 'metrics.m.bounds': [0.5, 1, 10], 'metrics.m.counts': [1, 2, 3, 0] }
    expect(fields({ ...histogram, sum: value, min: value, max: value })).toEqual(rest)
  })

  it('writes a histogram with its bounds and counts', () => {
    expect(fields(histogram)).toEqual({
      'metrics.m.count': 6,
      'metrics.m.sum': 12.5,
      'metrics.m.min': 0.1,
      'metrics.m.max': 9,
      'metrics.m.bounds': [0.5, 1, 10],
      'metrics.m.counts': [1, 2, 3, 0],
    })
  })

  it('leaves out what a histogram does not have', () => {
    expect(fields({ ...histogram, sum: null, min: null, max: null, bounds: [], counts: [] })).toEqual({
      'metrics.m.count': 6,
    })
  })

  it('folds a bound of +Inf into the last bucket, which means the same', () => {
    expect(fields({ ...histogram, bounds: [1, Infinity], counts: [2, 3, 1] })).toMatchObject({
      'metrics.m.bounds': [1],
      'metrics.m.counts': [2, 4],
    })
  })

  it('writes an exponential histogram with the bounds of its buckets', () => {
    const point = {
      kind: 'exponential_histogram' as const,
      count: 7,
      sum: null,
      min: null,
      max: null,
      scale: -1,
      zeroCount: 1,
      zeroThreshold: 0.5,
      positive: { offset: -2, counts: [1, 2, 3] },
      negative: { offset: 0, counts: [] },
    }
    expect(fields(point)).toEqual({
      'metrics.m.count': 7,
      'metrics.m.scale': -1,
      'metrics.m.zero_count': 1,
      'metrics.m.zero_threshold': 0.5,
      'metrics.m.bounds': [-0.5, 0.5, 1, 4],
      'metrics.m.counts': [0, 2, 2, 3, 0],
    })
  })

  it('writes quantiles in pairs and leaves out those without a number', () => {
    const quantiles = [
      { quantile: 0.5, value: 2 },
      { quantile: 0.99, value: NaN },
    ]
    expect(fields({ kind: 'summary', count: 10, sum: 25, quantiles })).toEqual({
      'metrics.m.count': 10,
      'metrics.m.sum': 25,
      'metrics.m.quantiles': [0.5],
      'metrics.m.values': [2],
    })
    expect(fields({ kind: 'summary', count: 0, sum: 0, quantiles: [] })).toEqual({
      'metrics.m.count': 0,
      'metrics.m.sum': 0,
    })
  })
})
