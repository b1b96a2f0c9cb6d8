import { describe, expect, it } from '@jest/globals'
import type { ExponentialBuckets } from '@pegel/contracts'
import { exponentialPoint } from '@pegel/testing'
import fc from 'fast-check'
import { readRequest } from '../test/read-request.ts'
import type { ReadHistogram } from '../test/read-request.ts'
import { encodeNativeHistogram } from './native-histogram.ts'
import { Target } from './target.ts'
import { WriteRequest } from './write-request.ts'

function encoded(point: Parameters<typeof encodeNativeHistogram>[0]): ReadHistogram | undefined {
  const bytes = encodeNativeHistogram(point, { timeMs: 1_000, gauge: false })
  if (bytes === undefined) return undefined
  const request = new WriteRequest()
  request.histogram(new Target(Buffer.alloc(0)), request.addUnit(0, 0, {}), 1_000, bytes)
  return readRequest(request.encode())[0]?.histograms[0]
}

/** Bucket counts by Prometheus' index, as its readers add the deltas up. */
function countsOf(histogram: ReadHistogram | undefined): Record<number, number> {
  const counts: Record<number, number> = {}
  let index = 0
  let count = 0
  let next = 0
  for (const { offset, length } of histogram?.positive_spans ?? []) {
    index += offset
    for (let bucket = 0; bucket < length; bucket += 1) {
      count += histogram?.positive_deltas[next++] ?? 0
      if (count > 0) counts[index] = count
      index += 1
    }
  }
  return counts
}

const buckets = fc.record({
  offset: fc.integer({ min: -2_000, max: 2_000 }),
  counts: fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 40 }),
})

describe('encodeNativeHistogram', () => {
  it('moves each bucket to the index whose upper bound is the same', () => {
    fc.assert(
      fc.property(buckets, fc.integer({ min: -4, max: 8 }), (positive: ExponentialBuckets, scale) => {
        const histogram = encoded(exponentialPoint({ scale, positive }))
        expect(histogram?.schema).toBe(scale)
        const expected = positive.counts.map((count, index) => [positive.offset + index + 1, count] as const)
        expect(countsOf(histogram)).toEqual(Object.fromEntries(expected.filter(([, count]) => count > 0)))
      }),
      { numRuns: 40 },
    )
  })

  it('makes finer ones coarser without losing a count', () => {
    fc.assert(
      fc.property(buckets, fc.integer({ min: 9, max: 20 }), (positive: ExponentialBuckets, scale) => {
        const histogram = encoded(exponentialPoint({ scale, positive }))
        expect(histogram?.schema).toBe(8)
        const expected: Record<number, number> = {}
        positive.counts.forEach((count, index) => {
          // A bucket ends at 2^((i+1) / 2^scale): the coarser one that holds it has the next higher end.
          const end = Math.ceil((positive.offset + index + 1) / 2 ** (scale - 8))
          if (count > 0) expected[end] = (expected[end] ?? 0) + count
        })
        expect(countsOf(histogram)).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('gives up on what is coarser than Prometheus can hold', () => {
    expect(encoded(exponentialPoint({ scale: -5 }))).toBeUndefined()
  })

  it('carries count, sum, zero bucket and negative buckets', () => {
    const negative = { offset: 4, counts: [2, 1] }
    expect(
      encoded(exponentialPoint({ count: 9, sum: null, zeroCount: 3, zeroThreshold: 0.5, negative })),
    ).toMatchObject({
      count_int: 9,
      sum: 0,
      zero_count_int: 3,
      zero_threshold: 0.5,
      negative_spans: [{ offset: 5, length: 2 }],
      negative_deltas: [2, -1],
      timestamp: 1_000,
    })
  })
})
