import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { MAX_NUMBER_BYTES, writeDouble, writeSix, writeWhole } from './number-text.ts'

const START = 3
const bytes = Buffer.alloc(START + MAX_NUMBER_BYTES)
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

function textOf(value: number): string {
  return bytes.toString('latin1', START, writeDouble(view, START, value))
}

/** The shortest text, which JavaScript has but for the sign of zero. */
function shortest(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

function isRead(value: number): void {
  const text = textOf(value)
  if (!Object.is(Number(text), value)) throw new Error(`${value} was written as ${text}`)
  expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]\d+)?$/)
}

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const RUNS = { numRuns: 20_000 }

describe('writeDouble', () => {
  it.each([
    0, -0, 1, -1, 0.5, 12.25, 99.9, 0.1, 0.30000000000000004, 1e-6, 9.5e-7, 1e-7, 5e-324, 2.2250738585072014e-308, 1e15,
    123456789012345, 1e16, 1e20, 1e21, 1.7976931348623157e308, 0.000001234, 100000000, 99999999, 12345678.9,
  ])('writes %d as JavaScript does', (value) => {
    expect(textOf(value)).toBe(value === 0.30000000000000004 ? '0.30000000000000004' : shortest(value))
  })

  it('writes text that is read as the same double, whatever its bits', () => {
    const words = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff))
    const double = new Float64Array(1)
    const property = fc.property(words, ([low, high]) => {
      new Uint32Array(double.buffer).set([low, high])
      const [value = 0] = double
      fc.pre(Number.isFinite(value))
      isRead(value)
    })
    fc.assert(property, RUNS)
    fc.assert(fc.property(finite, isRead), RUNS)
  })

  it('does so for every size that has a way of its own, fractions of 1 to 17 digits included', () => {
    const exponents = fc.integer({ min: -9, max: 18 })
    const mantissas = fc.double({ min: -10, max: 10, noNaN: true })
    const scaled = fc.tuple(mantissas, exponents).map(([mantissa, exponent]) => mantissa * 10 ** exponent)
    fc.assert(fc.property(scaled, isRead), RUNS)
  })

  it('writes decimals of up to 15 digits the shortest way', () => {
    const digits = fc.integer({ min: 1, max: 15 }).chain((count) => fc.nat(10 ** count - 1))
    const places = fc.integer({ min: 0, max: 20 })
    const decimal = fc.tuple(digits, places).map(([units, right]) => Number(`${units}e-${right}`))
    fc.assert(
      fc.property(decimal, (value) => {
        expect(textOf(value)).toBe(shortest(value))
        expect(textOf(-value)).toBe(shortest(-value))
      }),
      RUNS,
    )
  })

  it('does so beside every power of two, where doubles lie unevenly', () => {
    const double = new Float64Array(1)
    const bits = new BigUint64Array(double.buffer)
    for (let exponent = -1074; exponent < 1024; exponent++) {
      for (const step of [-2n, -1n, 0n, 1n, 2n]) {
        double[0] = 2 ** exponent
        bits[0] = (bits[0] ?? 0n) + (step < 0n && exponent < -1072 ? 0n : step)
        isRead(double[0])
      }
    }
  })

  it('writes no byte before its place and none beyond its room', () => {
    fc.assert(
      fc.property(finite, (value) => {
        const room = Buffer.alloc(MAX_NUMBER_BYTES + 2, 0x2a)
        writeDouble(new DataView(room.buffer, room.byteOffset + 1, MAX_NUMBER_BYTES), 0, value)
        expect([room[0], room.at(-1)]).toEqual([0x2a, 0x2a])
      }),
    )
  })
})

describe('writeWhole and writeSix', () => {
  it('write every whole number up to 2^53', () => {
    const whole = fc.bigInt({ min: 0n, max: 2n ** 53n }).map(Number)
    fc.assert(
      fc.property(whole, (value) => {
        expect(bytes.toString('latin1', START, writeWhole(view, START, value))).toBe(String(value))
      }),
    )
  })

  it('writes six digits with the zeros before them', () => {
    for (const value of [0, 7, 99, 100, 12_345, 999_999]) {
      expect(bytes.toString('latin1', START, writeSix(view, START, value))).toBe(String(value).padStart(6, '0'))
    }
  })
})
