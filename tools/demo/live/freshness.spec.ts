import { describe, expect, it } from '@jest/globals'
import { addFreshness, quantileMs } from './freshness.ts'

const sample = (tenant: string, le: string, count: number): string =>
  `pegel_sink_freshness_seconds_bucket{le="${le}",sink="prometheus",tenant="${tenant}",service="sink-prometheus"} ${count}`

describe('addFreshness', () => {
  it('adds the sinks up, tenant by tenant, and passes over everything else', () => {
    const all = new Map<string, Map<number, number>>()
    const text = ['# HELP x', sample('shop', '0.1', 3), sample('shop', '+Inf', 4), 'pegel_other{tenant="shop"} 9'].join(
      '\n',
    )
    addFreshness(text, all)
    addFreshness(text, all)
    addFreshness(sample('agent', '0.1', 1), all)
    expect(all).toEqual(
      new Map([
        [
          'shop',
          new Map([
            [0.1, 6],
            [Infinity, 8],
          ]),
        ],
        ['agent', new Map([[0.1, 1]])],
      ]),
    )
  })
})

describe('quantileMs', () => {
  const buckets = new Map([
    [0.1, 50],
    [0.5, 90],
    [Infinity, 100],
  ])

  it('interpolates within a bucket', () => {
    expect(quantileMs(buckets, 0.5)).toBe(100)
    expect(quantileMs(buckets, 0.25)).toBe(50)
    expect(quantileMs(buckets, 0.7)).toBeCloseTo(300)
  })

  it('gives the highest bound it knows for what lies beyond', () => {
    expect(quantileMs(buckets, 0.99)).toBe(500)
  })

  it('knows nothing of nothing', () => {
    expect(quantileMs(new Map(), 0.5)).toBeUndefined()
    expect(quantileMs(new Map([[Infinity, 0]]), 0.5)).toBeUndefined()
  })
})
