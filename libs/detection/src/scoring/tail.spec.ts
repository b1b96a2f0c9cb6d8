import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomOf } from '../test-series.ts'
import { BINS_PER_TAIL, Slab } from './slab.ts'
import { tailAt, tailSurprise } from './tail.ts'

const settings = { ...tailAt(1), weight: 1, memory: 2000, haste: 0, warmUp: 12 }

function slabAfter(values: readonly number[]): Slab {
  const slab = new Slab(1)
  for (const value of values) tailSurprise(slab, settings, value)
  return slab
}

describe('the surprise of a value by its tail', () => {
  const random = randomOf(1)
  const exponential = Array.from({ length: 20_000 }, () => -Math.log(1 - random()))

  it.each([4, 5, 6])('is about the logarithm of how rare it is: %d times the mean', (times) => {
    const surprise = tailSurprise(slabAfter(exponential), settings, times)
    expect(Math.abs(surprise - times / Math.LN10)).toBeLessThan(0.35)
  })

  it('grows beyond what has been seen', () => {
    const surprises = [20, 40, 80].map((value) => tailSurprise(slabAfter(exponential), settings, value))
    expect(surprises[0]).toBeGreaterThan(3)
    expect(surprises[1]).toBeGreaterThan(surprises[0] ?? 0)
    expect(surprises[2]).toBeGreaterThan(surprises[1] ?? 0)
  })

  it('is 0 during the warm-up and for what is usual or small', () => {
    const slab = new Slab(1)
    for (let sample = 0; sample < 12; sample++) expect(tailSurprise(slab, settings, 10 ** sample)).toBe(0)
    for (const value of [0, 1e-30, 0.5, 1]) expect(tailSurprise(slabAfter(exponential), settings, value)).toBe(0)
  })

  it('wears off when large values become usual', () => {
    const slab = slabAfter(exponential)
    const first = tailSurprise(slab, settings, 50)
    for (let sample = 0; sample < 400; sample++) tailSurprise(slab, settings, 50)
    expect(first).toBeGreaterThan(3)
    expect(tailSurprise(slab, settings, 50)).toBe(0)
  })

  it('keeps the weight of its bins, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, noNaN: true }), { maxLength: 400 }), (values) => {
        const slab = slabAfter(values)
        const counted = slab.words.slice(32, 32 + BINS_PER_TAIL).reduce((sum, count) => sum + count, 0) / 16
        const weight = slab.floats[settings.floatsAt] ?? 0
        expect(counted).toBeGreaterThan(weight * 0.9 - 2)
        expect(counted).toBeLessThan(weight * 1.1 + 2)
        expect(slab.words.slice(0, 32).every((count) => count === 0)).toBe(true)
      }),
    )
  })
})
