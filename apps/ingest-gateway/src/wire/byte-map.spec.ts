import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { flipAlike } from '@pegel/testing'
import fc from 'fast-check'
import { ByteMap } from './byte-map.ts'
import { WireReader } from './wire-reader.ts'

const malformed = (problem: string): never => {
  throw new Error(problem)
}
const readerOf = (bytes: Buffer): WireReader => new WireReader(bytes, malformed)

describe('ByteMap', () => {
  it('knows a key by all of its bytes, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 })), fc.nat({ max: 5 }), (keys, shift) => {
        const expected = new Map<string, number>()
        const map = new ByteMap<number>()
        for (const [index, key] of keys.entries()) {
          const reader = readerOf(Buffer.concat([Buffer.alloc(shift, 1), key, Buffer.alloc(3, 2)]))
          const hex = Buffer.from(key).toString('hex')
          expect(map.get(reader, shift, shift + key.length)).toBe(expected.get(hex))
          if (expected.has(hex)) continue
          expected.set(hex, index)
          map.add(reader, shift, shift + key.length, index)
        }
      }),
    )
  })

  it('finds a key whatever was looked up before it', () => {
    const key = fc.uint8Array({ minLength: 1, maxLength: 6 })
    const keys = fc.uniqueArray(key, {
      minLength: 1,
      maxLength: 8,
      selector: (each) => Buffer.from(each).toString('hex'),
    })
    fc.assert(
      fc.property(keys, fc.array(fc.nat({ max: 15 }), { maxLength: 60 }), (known, lookups) => {
        const map = new ByteMap<number>()
        for (const [index, each] of known.entries()) map.add(readerOf(Buffer.from(each)), 0, each.length, index)
        for (const lookup of lookups) {
          // Every other lookup is of a key that is not there, though it begins like one that is.
          const index = lookup % known.length
          const bytes = Buffer.from(known[index] ?? [])
          const asked = lookup < 8 ? bytes : Buffer.concat([bytes, Buffer.alloc(7)])
          expect(map.get(readerOf(asked), 0, asked.length)).toBe(lookup < 8 ? index : undefined)
        }
      }),
    )
  })

  it('keeps keys apart whose hashes are equal', () => {
    // Of 300,000 random keys about ten pairs share 32 bits of hash.
    const count = 300_000
    const size = 9
    const reader = readerOf(randomBytes(count * size))
    const map = new ByteMap<number>()
    for (let index = 0; index < count; index++) map.add(reader, index * size, (index + 1) * size, index)
    let wrong = 0
    for (let index = 0; index < count; index++)
      if (map.get(reader, index * size, (index + 1) * size) !== index) wrong += 1
    expect(wrong).toBe(0)
  })

  it('keeps but a few keys that somebody made to have one hash', () => {
    const bits = 11
    const keys = Array.from({ length: 2 ** bits }, (_, number) =>
      readerOf(flipAlike(Buffer.alloc(bits * 8, 7), number, { pairs: bits })),
    )
    const map = new ByteMap<number>()
    const kept = keys.map((key, number) => map.add(key, 0, bits * 8, number))
    expect(kept.filter(Boolean)).toHaveLength(8)
    expect(keys.map((key) => map.get(key, 0, bits * 8))).toEqual(kept.map((is, number) => (is ? number : undefined)))
  })

  it('keeps no view of the body that a key came in', () => {
    const map = new ByteMap<string>()
    const body = Buffer.from('abcdef')
    map.add(readerOf(body), 0, 6, 'value')
    body.fill(0)
    expect(map.get(readerOf(Buffer.from('abcdef')), 0, 6)).toBe('value')
    expect(map.get(readerOf(body), 0, 6)).toBeUndefined()
  })
})
