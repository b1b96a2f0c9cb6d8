import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Matcher } from './alerting-config.ts'
import { formatMatcher, parseMatchers } from './matcher.ts'

describe('parseMatchers', () => {
  it.each([
    ['a=b', [['a', '=', 'b']]],
    ['  a != b c ', [['a', '!=', 'b c']]],
    [
      '{a="b,}",c=~"d|e"}',
      [
        ['a', '=', 'b,}'],
        ['c', '=~', 'd|e'],
      ],
    ],
    ['service.name!~"x.*", ', [['service.name', '!~', 'x.*']]],
    ['a="say \\"hi\\"\\n\\\\"', [['a', '=', 'say "hi"\n\\']]],
    ['a=', [['a', '=', '']]],
    ['a="ä ü"', [['a', '=', 'ä ü']]],
  ])('reads %s', (text, expected) => {
    expect(parseMatchers(text)).toEqual({
      matchers: expected.map(([name, operator, value]) => ({ name, operator, value })),
    })
  })

  it.each(['', '{}', 'a', '=b', '1a=b', 'a="b', 'a="b"c', 'a=b"c', 'a=~"("', 'a~b'])('refuses %j', (text) => {
    expect(parseMatchers(text)).toMatchObject({ problem: expect.stringMatching(/\.$/) })
  })

  it('reads what formatMatcher writes', () => {
    const matcher = fc.record({
      name: fc.stringMatching(/^[a-z_][a-z0-9_.]{0,8}$/),
      value: fc.string({ unit: 'grapheme' }),
    })
    fc.assert(
      fc.property(fc.array(matcher, { minLength: 1, maxLength: 4 }), (items) => {
        const matchers = items.map((item, index): Matcher => ({ ...item, operator: index % 2 === 0 ? '=' : '!=' }))
        expect(parseMatchers(`{${matchers.map(formatMatcher).join(',')}}`)).toEqual({ matchers })
      }),
    )
  })
})
