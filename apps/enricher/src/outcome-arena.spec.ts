import { describe, expect, it } from '@jest/globals'
import { encodeSeriesBlock } from '@pegel/contracts'
import { OutcomeArena } from './outcome-arena.ts'
import type { BlockRange } from './outcome-arena.ts'

const BITS = 5

/** Series of which each has the hash of the others: flipping these bits in a pair of words leaves it as it is. */
function colliding(number: number): BlockRange {
  const identity = { kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '', attributes: [] } as const
  const block = encodeSeriesBlock({ ...identity, name: 'x'.repeat(60) })
  const view = new DataView(block.buffer, block.byteOffset, block.length)
  for (let bit = 0; bit < BITS; bit += 1) {
    if ((number & (1 << bit)) === 0) continue
    // Of the name, from the second word on.
    const at = 4 + bit * 8
    view.setInt32(at, view.getInt32(at, true) ^ 0x80000000, true)
    view.setInt32(at + 4, view.getInt32(at + 4, true) ^ 0x80010000, true)
  }
  return { view, from: 0, to: block.length }
}

describe('OutcomeArena', () => {
  it('begins anew for somebody who makes series that share a place', () => {
    const arena = new OutcomeArena()
    const group = arena.group(Buffer.from('group'), () => Buffer.from('made'))
    for (let number = 0; number < 2 ** BITS; number += 1) {
      const at = colliding(number)
      expect(arena.find(group, at)).toBeUndefined()
      const outcome = { status: 'kept', block: Buffer.from([number]), fingerprintHi: number, fingerprintLo: 1 } as const
      expect(arena.add(group, at, outcome)).toMatchObject({ fingerprintHi: number, discarded: undefined })
      expect([...(arena.find(group, at)?.block ?? [])]).toEqual([number])
    }
    expect(arena.size).toBe(16)
    expect(arena.group(Buffer.from('group'), () => Buffer.from('other'))).toBe(group)
  })
})
