import { describe, expect, it } from '@jest/globals'
import { createRandom } from '../support/random.ts'
import { trendOf } from './flatness.ts'
import type { Sample } from './flatness.ts'

/** 180 samples, one every 5 s: a saw of 20 MiB with some noise, growing by so much an hour. */
function saw(perHour: number): Sample[] {
  const random = createRandom(7)
  return Array.from({ length: 180 }, (_, index) => {
    const atS = index * 5
    return { atS, value: 200 + (index % 12) * (20 / 12) + random.normal() + (perHour * atS) / 3600 }
  })
}

describe('trendOf', () => {
  it('finds a saw flat', () => {
    const trend = trendOf(saw(0))
    expect(trend.flat).toBe(true)
    expect(Math.abs(trend.slope)).toBeLessThan(20)
  })

  it('finds growth in a saw, and about how much', () => {
    const trend = trendOf(saw(200))
    expect(trend.flat).toBe(false)
    expect(trend.low).toBeGreaterThan(150)
    expect(trend.high).toBeLessThan(250)
    expect(trend.slope).toBeGreaterThan(trend.low)
    expect(trend.slope).toBeLessThan(trend.high)
    expect(trend.end - trend.start).toBeCloseTo((trend.slope * 895) / 3600)
  })

  it('lets what settles be, and nothing that is more', () => {
    const settling = (share: number): Sample[] =>
      Array.from({ length: 60 }, (_, index) => ({ atS: index * 15, value: 100 * (1 + (share * index) / 59) }))
    expect(trendOf(settling(0.019)).flat).toBe(true)
    expect(trendOf(settling(0.03)).flat).toBe(false)
  })

  it('does not take a few samples for a trend', () => {
    expect(trendOf([{ atS: 0, value: 5 }])).toMatchObject({ start: 5, end: 5, slope: 0, flat: true })
  })
})
