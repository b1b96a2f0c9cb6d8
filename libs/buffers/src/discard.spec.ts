import { describe, expect, it } from '@jest/globals'
import { discard, discardAround } from './discard.ts'

describe('discard', () => {
  it('frees a buffer that has its memory to itself', () => {
    const buffer = Buffer.allocUnsafeSlow(100_000)
    discard(buffer)
    expect(buffer).toHaveLength(0)
    discard(buffer)
  })

  it('leaves a buffer alone that shares its memory', () => {
    const buffer = Buffer.from('from a slab')
    const half = Buffer.allocUnsafeSlow(100_000).subarray(50_000)
    for (const shared of [buffer, half]) discard(shared)
    expect([buffer.toString(), half.length]).toEqual(['from a slab', 50_000])
  })
})

describe('discardAround', () => {
  it('frees the memory that a buffer is a part of', () => {
    // Larger and smaller than a slab.
    for (const bytes of [100_000, 40_000, 20_000]) {
      const part = Buffer.allocUnsafeSlow(bytes).subarray(bytes / 2)
      discardAround(part)
      expect(part).toHaveLength(0)
    }
  })

  it('leaves a slab alone', () => {
    const buffer = Buffer.from('from a slab')
    discardAround(buffer)
    expect(buffer.toString()).toBe('from a slab')
  })
})
