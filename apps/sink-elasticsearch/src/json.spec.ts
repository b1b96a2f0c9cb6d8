import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { binary, member, numberText, timeText } from './json.ts'

const unbinary = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')

describe('pieces of JSON', () => {
  it('reads back as any text that was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (key, value) => {
        expect(JSON.parse(`{${unbinary(binary(member(key, value)))}}`)).toEqual(Object.fromEntries([[key, value]]))
      }),
    )
  })

  it('keeps every finite number exactly, and never breaks a line', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(JSON.parse(numberText(value)), value)).toBe(true)
      }),
    )
    expect(member('a\nb', '\r\n')).not.toMatch(/[\r\n]/)
  })

  it('writes times to the nanosecond', () => {
    expect(timeText(1_700_000_000_123, 456_789)).toBe('2023-11-14T22:13:20.123456789Z')
    expect(timeText(1_700_000_000_000, 7)).toBe('2023-11-14T22:13:20.000000007Z')
    expect(timeText(-1, 0)).toBe('1969-12-31T23:59:59.999000000Z')
  })
})
