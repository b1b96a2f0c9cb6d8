import { describe, expect, it } from '@jest/globals'
import { discard } from './discard.ts'

describe('discard', () => {
  it('frees a buffer that has its memory to itself', () => {
    const buffer = Buffer.allocUnsafeSlow(100_000)
    discard(buffer)
    expect(buffer).toHaveLength(0)
  })

  it('leaves a buffer alone that shares its memory', () => {
    const buffer = Buffer.from('from a slab')
    const half = Buffer.allocUnsafeSlow(100_000).subarray(50_000)
    for (const shared of [buffer, half]) discard(shared)
    expect([buffer.toString(), half.length]).toEqual(['from a slab', 50_000])
  })
})
