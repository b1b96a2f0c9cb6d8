import { describe, expect, it } from '@jest/globals'
import { retryDelayMs } from './retry-delay.ts'

const most = { baseMs: 100, maxMs: 5_000, random: () => 1 }

describe('retryDelayMs', () => {
  it('doubles its ceiling up to the maximum', () => {
    const ceilings = [0, 1, 2, 5, 6, 1_000_000].map((attempt) => retryDelayMs({ ...most, attempt }))
    expect(ceilings).toEqual([100, 200, 400, 3_200, 5_000, 5_000])
  })

  it('spreads over the whole range down to nothing', () => {
    expect(retryDelayMs({ ...most, attempt: 3, random: () => 0 })).toBe(0)
    expect(retryDelayMs({ ...most, attempt: 3, random: () => 0.5 })).toBe(400)
  })

  it('is never shorter than what the backend asked for, even beyond the maximum', () => {
    expect(retryDelayMs({ ...most, attempt: 0, afterMs: 60_000, random: () => 0 })).toBe(60_000)
    expect(retryDelayMs({ ...most, attempt: 0, afterMs: 60_000 })).toBe(60_025)
  })

  it('is random by itself', () => {
    const delay = retryDelayMs({ attempt: 2, baseMs: 100, maxMs: 5_000 })
    expect(delay).toBeGreaterThanOrEqual(0)
    expect(delay).toBeLessThanOrEqual(400)
  })
})
