import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { linesOf } from './lines-of.ts'

it('gives what splitting gives, but for blank lines', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '\t') })
  fc.assert(
    fc.property(text, (given) => {
      const split = given.split('\n').map((content, index) => ({ line: index + 1, content }))
      expect([...linesOf(given)]).toEqual(split.filter(({ content }) => content.trim() !== ''))
    }),
  )
})
