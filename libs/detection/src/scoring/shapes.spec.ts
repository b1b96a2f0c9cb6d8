import { describe, expect, it } from '@jest/globals'
import { randomOf } from '../test-series.ts'
import { LONG_SHAPE_SET, SHAPE_LENGTH, SHAPE_SET, follow, novelty, rescale } from './shapes.ts'
import { KEPT, SHAPES, Slab } from './slab.ts'

function slabOf(): Slab {
  const slab = new Slab(2)
  slab.select(1)
  rescale(slab, 0, 1)
  return slab
}

function show(slab: Slab, values: readonly number[]): number {
  for (const value of values) follow(slab, SHAPE_SET, value)
  return novelty(slab, SHAPE_SET)
}

const FLAT = Array.from({ length: SHAPE_LENGTH }, () => 0)
const RISING = FLAT.map((_, index) => index)

describe('the novelty of a shape', () => {
  it('is not known of the first, 0 of one that was seen, and larger the further it is', () => {
    const slab = slabOf()
    expect(show(slab, FLAT)).toBeNaN()
    expect(show(slab, FLAT)).toBe(0)
    const small = show(slab, [...FLAT.slice(1), 1])
    const large = show(slab, RISING)
    expect(small).toBeGreaterThan(0)
    expect(large).toBeGreaterThan(small)
    expect(show(slab, RISING)).toBe(0)
  })

  it('counts the values that it has', () => {
    const slab = slabOf()
    expect(FLAT.map(() => follow(slab, LONG_SHAPE_SET, 1))).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(follow(slab, LONG_SHAPE_SET, 1)).toBe(8)
  })

  it('is remembered for what is used, within a bound', () => {
    const slab = slabOf()
    const random = randomOf(3)
    show(slab, RISING)
    for (let round = 0; round < 500; round++) {
      show(
        slab,
        FLAT.map(() => 20 * random() - 10),
      )
      expect(show(slab, RISING)).toBeLessThan(3)
    }
    expect(slab.floats[slab.f + SHAPES + KEPT]).toBe(SHAPE_SET.capacity)
    expect(slab.bytes.slice(0, 880).every((byte) => byte === 0)).toBe(true)
  })

  it('stays when the encoding is scaled anew', () => {
    const slab = slabOf()
    show(slab, RISING)
    rescale(slab, 2, 5)
    expect(show(slab, RISING)).toBeLessThan(3)
    expect(show(slab, [...RISING].reverse())).toBeGreaterThan(10)
  })
})
