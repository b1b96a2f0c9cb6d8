import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { floatText, nanoText, plainDecimal } from './decimal.ts'

describe('numbers of a line', () => {
  it.each([
    [0.005, '0.005'],
    [10, '10'],
    [1e-7, '0.0000001'],
    [-2.5e-9, '-0.0000000025'],
    [1e21, '1000000000000000000000'],
    [1.5e22, '15000000000000000000000'],
  ])('names the bound %d as %s', (value, expected) => {
    expect(plainDecimal(value)).toBe(expected)
  })

  it('keeps every finite value exactly', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(floatText(value)), value)).toBe(true)
        expect(Number(plainDecimal(value))).toBe(value === 0 ? 0 : value)
        expect(plainDecimal(value)).toMatch(/^-?\d+(\.\d+)?$/)
      }),
    )
  })

  it('writes times in nanoseconds, before the epoch too', () => {
    expect(nanoText(1_700_000_000_123, 456_789)).toBe('1700000000123456789')
    expect(nanoText(1_700_000_000_123, 7)).toBe('1700000000123000007')
    expect(nanoText(0, 5)).toBe('5')
    expect(nanoText(-1, 1)).toBe('-999999')
  })
})
