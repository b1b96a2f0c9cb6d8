import { describe, expect, it } from '@jest/globals'
import { groupingLabelsOf, mapDurations, selectorsOf } from './promql.ts'

describe('selectorsOf', () => {
  it('finds metrics and matchers wherever they stand', () => {
    expect(selectorsOf('sum by (a) (rate(up_total{job="x", b=~"1|2"}[5m])) / on (c) (bytes > 0)')).toEqual([
      {
        metric: 'up_total',
        matchers: [
          { label: 'job', op: '=', value: 'x' },
          { label: 'b', op: '=~', value: '1|2' },
        ],
      },
      { metric: 'bytes', matchers: [] },
    ])
  })

  it('takes a name that is matched by an expression', () => {
    expect(selectorsOf('{__name__=~"a_(b|c)_total"}')).toEqual([
      { metric: undefined, matchers: [{ label: '__name__', op: '=~', value: 'a_(b|c)_total' }] },
    ])
  })

  it('finds none in a number', () => {
    expect(selectorsOf('vector(1)')).toEqual([])
  })

  it('takes nothing that is no PromQL', () => {
    expect(() => selectorsOf('sum by (a (up)')).toThrow('not PromQL')
  })
})

describe('groupingLabelsOf', () => {
  it('finds them in aggregations and matches', () => {
    expect(groupingLabelsOf('sum by (a, b) (x) / on (a) group_left (c) sum without (d) (y)')).toEqual([
      ...['a', 'b'],
      ...['a', 'c'],
      'd',
    ])
  })
})

describe('mapDurations', () => {
  it('replaces ranges and offsets and nothing else', () => {
    const expr = 'avg_over_time(a:rate5m{x="1h"}[1h] offset 10m) > 24 * 3600 and rate(b[5m]) > 5'
    expect(mapDurations(expr, (duration) => `${duration}0s`)).toBe(
      'avg_over_time(a:rate5m{x="1h"}[1h0s] offset 10m0s) > 24 * 3600 and rate(b[5m0s]) > 5',
    )
  })
})
