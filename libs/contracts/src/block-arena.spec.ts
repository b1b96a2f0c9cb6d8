import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { ARENA_FIELDS, BlockArena } from './block-arena.ts'

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
const keyOf = (number: number): Buffer => Buffer.from(`key ${number};`)
const blockOf = (number: number): Buffer => Buffer.alloc(number % 9, number)

function added(arena: BlockArena, number: number, owner = 1): number {
  const key = keyOf(number)
  const entry = arena.add({ owner, view: viewOf(key), from: 0, to: key.length }, blockOf(number))
  arena.slab.ints[entry + ARENA_FIELDS] = number
  return entry
}

function found(arena: BlockArena, number: number, owner = 1): number | undefined {
  const key = keyOf(number)
  const entry = arena.find(viewOf(key), owner, 0, key.length)
  return entry === 0 ? undefined : arena.slab.ints[entry + ARENA_FIELDS]
}

function filled(count: number): BlockArena {
  const arena = new BlockArena(1)
  for (let number = 0; number < count; number += 1) added(arena, number)
  return arena
}

describe('BlockArena', () => {
  it('finds what came behind the last entry by the bytes alone, whatever follows them', () => {
    const arena = filled(50)
    const body = Buffer.concat([...Array(50).keys()].map(keyOf))
    expect(found(arena, 0)).toBe(0)
    let at = keyOf(0).length
    for (let number = 1; number < 50; number += 1) {
      const entry = arena.findNext(viewOf(body), 1, at, body.length)
      expect(arena.slab.ints[entry + ARENA_FIELDS]).toBe(number)
      expect(Buffer.from(arena.slab.bytes(arena.blockAt, arena.blockBytes))).toEqual(blockOf(number))
      at += arena.keyBytes(entry)
    }
    expect(at).toBe(body.length)
    expect(arena.findNext(viewOf(body), 1, at, body.length)).toBe(0)
  })

  it('tries the first entry behind the last one, and a new one behind the one that was last', () => {
    const arena = filled(50)
    const next = (number: number): number | undefined => {
      const key = keyOf(number)
      const entry = arena.findBehind(viewOf(key), 1, 0, key.length)
      return entry === 0 ? undefined : arena.slab.ints[entry + ARENA_FIELDS]
    }
    const numbers = [...Array(51).keys()]
    for (let times = 0; times < 2; times += 1) expect(numbers.slice(0, 50).map(next)).toEqual(numbers.slice(0, 50))
    added(arena, 50)
    expect(numbers.map(next)).toEqual(numbers)
    arena.retain((entry) => (arena.slab.ints[entry + ARENA_FIELDS] ?? 0) >= 25)
    expect([...numbers.slice(25), 25].map(next)).toEqual([...numbers.slice(25), 25])
  })

  it.each([
    ['another owner', 2, 'key 1;', 6],
    ['other bytes', 1, 'key 2;', 6],
    ['an end before that of the key', 1, 'key 1;', 5],
  ])('finds nothing behind the last entry for %s', (_what, owner, text, end) => {
    const arena = filled(2)
    found(arena, 0)
    expect(arena.findNext(viewOf(Buffer.from(text)), owner, 0, end)).toBe(0)
  })

  it('keeps what it is told to, in order, and no memory for the rest', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.func(fc.boolean()), (count, keeps) => {
        const arena = filled(count)
        const wanted = [...Array(count).keys()].filter((number) => keeps(number))
        arena.retain((entry) => keeps(arena.slab.ints[entry + ARENA_FIELDS] ?? -1))
        expect(arena.size).toBe(wanted.length)
        expect(arena.sizeBytes).toBeLessThan(2500 + wanted.length * 110)
        for (let number = 0; number < count; number += 1) {
          expect(found(arena, number)).toBe(keeps(number) ? number : undefined)
        }
        // It goes on as before.
        added(arena, count)
        expect(found(arena, count)).toBe(count)
        expect(arena.size).toBe(wanted.length + 1)
      }),
      { numRuns: 30 },
    )
  })

  it('is empty when it was cleared', () => {
    const arena = filled(1000)
    const empty = new BlockArena(1).sizeBytes
    arena.clear()
    expect([arena.size, arena.sizeBytes, found(arena, 7)]).toEqual([0, empty, undefined])
    added(arena, 7)
    expect(found(arena, 7)).toBe(7)
  })

  it('moves nothing when it grows, and frees what it has given up', () => {
    const arena = new BlockArena(1)
    const first = arena.slab
    for (let number = 0; number < 1000; number += 1) added(arena, number)
    const last = arena.slab
    expect([first.isFreed, last === first]).toEqual([false, false])
    arena.clear()
    expect([first.isFreed, last.isFreed]).toEqual([true, true])
  })

  it('keeps entries that are larger than a slab, and finds those before and behind them', () => {
    const arena = new BlockArena(1)
    const sizes = [10, 100_000, 20, 65_500, 65_536, 30]
    const keys = sizes.map((bytes, index) => Buffer.alloc(bytes, index + 1))
    const blocks = sizes.map((bytes, index) => Buffer.alloc(bytes / 2, index + 100))
    const key = (index: number): Buffer => keys[index] ?? Buffer.alloc(0)
    for (const [index, block] of blocks.entries()) {
      arena.add({ owner: 1, view: viewOf(key(index)), from: 0, to: key(index).length }, block)
    }
    for (const [index, block] of [...blocks.entries(), ...blocks.entries()]) {
      expect(arena.find(viewOf(key(index)), 1, 0, key(index).length)).toBeGreaterThan(0)
      expect(Buffer.compare(arena.slab.bytes(arena.blockAt, arena.blockBytes), block)).toBe(0)
    }
    arena.retain(() => true)
    expect(arena.size).toBe(sizes.length)
    for (const each of keys) expect(arena.find(viewOf(each), 1, 0, each.length)).toBeGreaterThan(0)
  })

  it('says whose an entry is', () => {
    const arena = filled(3)
    const entry = added(arena, 3, 9)
    expect([arena.ownerOf(entry), arena.size]).toEqual([9, 4])
    expect([found(arena, 3, 9), found(arena, 3)]).toEqual([3, undefined])
  })
})
