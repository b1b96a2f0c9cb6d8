import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { parseLine } from '../test/parse-line.ts'
import { escapeMeasurement, escapeTag, plainText, quoteField } from './escape.ts'

/** Names made of what the format treats specially. */
const nasty = fc
  .array(fc.constantFrom('a', 'é', '😀', '\\', ',', '=', ' ', '"', '#', '\n', '\t', '\u0000', "'"), { minLength: 1 })
  .map((chars) => chars.join(''))
const name = fc.oneof(nasty, fc.string({ unit: 'grapheme', minLength: 1 }))

describe('line protocol text', () => {
  it.each([
    ['cpu', 'cpu'],
    ['a b,c=d', String.raw`a\ b\,c\=d`],
    [String.raw`C:\temp`, String.raw`C:\temp`],
    ['C:\\', 'C:/'],
    [String.raw`\\srv\ x`, String.raw`\\srv/\ x`],
    ['two\nlines\tand\u0001', String.raw`two\nlines\tand\u0001`],
    ['"quoted"', '"quoted"'],
  ])('writes the tag %j as %s', (text, expected) => {
    expect(escapeTag(text)).toBe(expected)
  })

  it('leaves equals signs of a measurement alone, and keeps a leading # from being a comment', () => {
    expect(escapeMeasurement('a=b c,d')).toBe(String.raw`a=b\ c\,d`)
    expect(escapeMeasurement('#1')).toBe(String.raw`\#1`)
  })

  it('is read back as it was, save for what the format cannot hold', () => {
    fc.assert(
      fc.property(name, name, name, fc.string(), (measurement, key, value, text) => {
        const field = quoteField(text.replaceAll('\n', ''))
        const line = `${escapeMeasurement(measurement)},${escapeTag(key)}=${escapeTag(value)} f=${field},g=1 42`
        const held = plainText(measurement)
        expect(parseLine(line)).toEqual({
          measurement: held.startsWith('#') ? `\\${held}` : held,
          tags: { [plainText(key)]: plainText(value) },
          fields: { f: JSON.stringify(text.replaceAll('\n', '')), g: '1' },
          time: '42',
        })
      }),
      { numRuns: 500 },
    )
  })

  it('never yields a second line', () => {
    fc.assert(
      fc.property(name, (text) => {
        expect(plainText(text)).not.toMatch(/\p{Cc}/u)
      }),
    )
  })
})
