import { describe, expect, it } from '@jest/globals'
import { COUNT_SHIFT, distanceLengths, distances, literalLengths, MAX_CODE_BITS, MAX_DISTANCE } from './deflate-code.ts'
import { codeLengths, codesOf } from './huffman.ts'

const shareOf = (lengths: readonly number[]): number => lengths.reduce((sum, length) => sum + 2 ** -length, 0)

describe('prefix codes', () => {
  it('are those of RFC 1951, 3.2.2, with their bits turned round', () => {
    expect(codesOf([3, 3, 3, 3, 3, 2, 4, 4])).toEqual([0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111])
  })

  it('are shorter for what is frequent', () => {
    expect(codeLengths([1, 1, 2, 4])).toEqual([3, 3, 2, 1])
  })

  it('leave nothing unused, which inflaters refuse, and fit where they have to', () => {
    expect([shareOf(literalLengths), shareOf(distanceLengths)]).toEqual([1, 1])
    expect(Math.max(...literalLengths)).toBeLessThanOrEqual(MAX_CODE_BITS)
    expect((distances[MAX_DISTANCE] ?? 0) >>> COUNT_SHIFT).toBeLessThanOrEqual(24)
  })
})
