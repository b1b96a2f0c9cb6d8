import { describe, expect, it } from '@jest/globals'
import { encodeSeriesBlock } from '@pegel/contracts'
import { flipAlike } from '@pegel/testing'
import { OutcomeArena } from './outcome-arena.ts'
import type { BlockRange } from './outcome-arena.ts'

const BITS = 5

/** Series of one hash: their names differ, from the second word on. */
function colliding(number: number): BlockRange {
  const identity = { kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '', attributes: [] } as const
  const block = encodeSeriesBlock({ ...identity, name: 'x'.repeat(60) })
  flipAlike(block, number, { from: 4, pairs: BITS })
  return { view: new DataView(block.buffer, block.byteOffset, block.length), from: 0, to: block.length }
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
