import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { RateLimiter } from './rate-limiter.ts'

const rate = { perSecond: 100, burst: 50 }

describe('RateLimiter', () => {
  it('lets a burst in, then says how long to wait', () => {
    const limiter = new RateLimiter()
    expect(limiter.take('acme', rate, 50, 0)).toBe(0)
    expect(limiter.take('acme', rate, 10, 0)).toBe(100)
    expect(limiter.take('acme', rate, 10, 99)).toBe(1)
    expect(limiter.take('acme', rate, 10, 100)).toBe(0)
  })

  it('keeps tenants apart', () => {
    const limiter = new RateLimiter()
    limiter.take('acme', rate, 50, 0)
    expect(limiter.take('globex', rate, 50, 0)).toBe(0)
  })

  it('lets a request larger than the burst in when nothing was used, and makes up for it', () => {
    const limiter = new RateLimiter()
    expect(limiter.take('acme', rate, 250, 0)).toBe(0)
    expect(limiter.take('acme', rate, 1, 2000)).toBe(10)
    expect(limiter.take('acme', rate, 0, 2000)).toBe(0)
    expect(limiter.take('acme', rate, 1, 2010)).toBe(0)
  })

  it('gives back what was turned away after all, and never more than the burst', () => {
    const limiter = new RateLimiter()
    limiter.take('acme', rate, 50, 0)
    limiter.giveBack('acme', 50)
    limiter.giveBack('nobody', 50)
    expect(limiter.take('acme', rate, 50, 0)).toBe(0)
    expect(limiter.take('acme', rate, 51, 3_600_000)).toBe(0)
    expect(limiter.take('acme', rate, 1, 3_600_000)).toBe(20)
  })

  it('tells the wait and takes nothing, and never goes deeper into debt than the burst', () => {
    const limiter = new RateLimiter()
    expect([limiter.wait('acme', rate, 50, 0), limiter.take('acme', rate, 50, 0)]).toEqual([0, 0])
    limiter.charge('acme', rate, 1_000_000, 0)
    expect(limiter.wait('acme', rate, 0, 0)).toBe(500)
  })

  it('takes a new rate at once', () => {
    const limiter = new RateLimiter()
    limiter.take('acme', rate, 50, 0)
    expect(limiter.take('acme', { perSecond: 1000, burst: 5000 }, 100, 0)).toBe(100)
  })

  it('never lets in more than burst and rate allow, by more than one request', () => {
    const step = fc.record({ afterMs: fc.nat({ max: 500 }), points: fc.nat({ max: 80 }) })
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const limiter = new RateLimiter()
        let [now, taken, largest] = [0, 0, 0]
        for (const { afterMs, points } of steps) {
          now += afterMs
          largest = Math.max(largest, points)
          if (limiter.take('acme', rate, points, now) === 0) taken += points
        }
        return taken <= rate.burst + (rate.perSecond * now) / 1000 + largest
      }),
    )
  })
})
