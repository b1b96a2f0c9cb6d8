import { randomBytes } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { encodeSeriesBlock, NO_FINGERPRINT, PointsWriter } from '@pegel/contracts'
import { flipAlike } from '@pegel/testing'
import fc from 'fast-check'
import { WireReader } from '../wire/wire-reader.ts'
import type { SeriesLabels } from './labels.ts'
import { SeriesArena } from './series-arena.ts'
import { NEVER } from './series-gate.ts'

const readerOf = (bytes: Uint8Array): WireReader =>
  new WireReader(Buffer.from(bytes), (problem) => {
    throw new Error(problem)
  })

/** A series whose name tells it from others. */
function labels(number: number, changes: Partial<SeriesLabels> = {}): SeriesLabels {
  const identity = { name: `m${number}`, kind: 'histogram', temporality: 'delta', monotonic: false, unit: '' } as const
  const block = encodeSeriesBlock({ ...identity, attributes: [{ key: 'k', value: 'v'.repeat(number % 9) }] })
  const fingerprint = { fingerprintHi: number, fingerprintLo: -number }
  const rest = { slab: null, blockAt: 0, problem: undefined, labelBytes: number + 100, admittedAt: NEVER }
  return { ...rest, ...fingerprint, block, ...changes }
}

const added = (arena: SeriesArena, key: Uint8Array, owner: number, number: number): boolean =>
  arena.add(readerOf(key), { owner, from: 0, to: key.length }, labels(number)) !== undefined

const found = (arena: SeriesArena, key: Uint8Array, owner: number): number | undefined => {
  const series = arena.find(readerOf(key), owner, 0, key.length)
  return series === undefined ? undefined : series.labelBytes - 100
}

describe('SeriesArena', () => {
  it('knows a series by its owner and all bytes of its key, wherever that stands', () => {
    const key = fc.tuple(fc.uint8Array({ maxLength: 12 }), fc.integer({ min: 1, max: 3 }))
    fc.assert(
      fc.property(fc.array(key), fc.nat({ max: 5 }), (keys, shift) => {
        const expected = new Map<string, number>()
        const arena = new SeriesArena()
        for (const [number, [bytes, owner]] of keys.entries()) {
          const reader = readerOf(Buffer.concat([Buffer.alloc(shift, 1), bytes, Buffer.alloc(3, 2)]))
          const at = { owner, from: shift, to: shift + bytes.length }
          const name = `${owner} ${Buffer.from(bytes).toString('hex')}`
          const known = arena.find(reader, owner, at.from, at.to)
          expect(known?.fingerprintHi).toBe(expected.get(name))
          if (known !== undefined) continue
          expected.set(name, number)
          expect(arena.add(reader, at, labels(number))?.fingerprintHi).toBe(number)
        }
        expect(arena.size).toBe(expected.size)
      }),
    )
  })

  it('finds a series whatever was looked up before it', () => {
    const keys = fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 6 }), {
      minLength: 1,
      maxLength: 8,
      selector: (each) => Buffer.from(each).toString('hex'),
    })
    fc.assert(
      fc.property(keys, fc.array(fc.nat({ max: 15 }), { maxLength: 60 }), (known, lookups) => {
        const arena = new SeriesArena()
        for (const [number, each] of known.entries()) added(arena, each, 1, number)
        for (const lookup of lookups) {
          // Every other lookup is of a key that is not there, though it begins like one that is.
          const number = lookup % known.length
          const bytes = Buffer.from(known[number] ?? [])
          const asked = lookup < 8 ? bytes : Buffer.concat([bytes, Buffer.alloc(7)])
          expect(found(arena, asked, 1)).toBe(lookup < 8 ? number : undefined)
        }
      }),
    )
  })

  it('gives what it was given, also when it has grown since', () => {
    const arena = new SeriesArena()
    const keys = Array.from({ length: 3000 }, (_, number) => Buffer.from(`key ${number}`))
    for (const [number, key] of keys.entries()) expect(added(arena, key, 1, number)).toBe(true)
    for (const [number, key] of keys.toReversed().entries()) {
      const made = labels(keys.length - 1 - number)
      const { block, fingerprintHi, fingerprintLo, labelBytes, problem } =
        arena.find(readerOf(key), 1, 0, key.length) ?? labels(0)
      expect(Buffer.compare(block, made.block)).toBe(0)
      expect([fingerprintHi, fingerprintLo + made.fingerprintHi]).toEqual([made.fingerprintHi, 0])
      expect([labelBytes, problem]).toEqual([made.labelBytes, undefined])
    }
    expect(arena.sizeBytes).toBeLessThan(3000 * 200)
  })

  it('remembers why a series is refused, and which gate let one in', () => {
    const arena = new SeriesArena()
    const [refused, other, taken] = ['refused', 'other', 'taken'].map((text) => readerOf(Buffer.from(text)))
    const nothing = new Uint8Array(0)
    arena.add(
      refused ?? readerOf(nothing),
      { owner: 1, from: 0, to: 7 },
      labels(1, { problem: 'name_missing', block: nothing }),
    )
    arena.add(
      other ?? readerOf(nothing),
      { owner: 1, from: 0, to: 5 },
      labels(2, { problem: 'name_missing', block: nothing }),
    )
    arena.add(taken ?? readerOf(nothing), { owner: 1, from: 0, to: 5 }, labels(3))
    const find = (reader: WireReader | undefined) => arena.find(reader ?? readerOf(nothing), 1, 0, reader?.end ?? 0)
    expect([find(refused)?.problem, find(other)?.problem, find(taken)?.problem]).toEqual([
      'name_missing',
      'name_missing',
      undefined,
    ])
    const series = find(taken)
    expect(series?.admittedAt).toBe(NEVER)
    if (series !== undefined) series.admittedAt = 7
    expect([find(other)?.admittedAt, find(taken)?.admittedAt]).toEqual([NEVER, 7])
  })

  it('keeps but a few keys that somebody made to have one hash', () => {
    const bits = 11
    const keys = Array.from({ length: 2 ** bits }, (_, number) =>
      flipAlike(Buffer.alloc(bits * 8, 7), number, { pairs: bits }),
    )
    const arena = new SeriesArena()
    const kept = keys.map((key, number) => added(arena, key, 1, number))
    expect(kept.filter(Boolean)).toHaveLength(16)
    expect(keys.map((key) => found(arena, key, 1))).toEqual(kept.map((is, number) => (is ? number : undefined)))
  })

  it('keeps no view of the body that a key came in', () => {
    const arena = new SeriesArena()
    const body = randomBytes(10)
    const asked = Buffer.from(body)
    arena.add(
      { view: new DataView(body.buffer, body.byteOffset, body.length) },
      { owner: 1, from: 0, to: 10 },
      labels(5),
    )
    body.fill(0)
    expect([found(arena, asked, 1), found(arena, body, 1)]).toEqual([5, undefined])
  })

  it('gives a writer the bytes that it would take from the labels', () => {
    const arena = new SeriesArena()
    const written = (begin: (writer: PointsWriter, number: number) => void): Uint8Array => {
      const writer = new PointsWriter()
      writer.beginGroup(new Uint8Array([0, 0, 0, 0]))
      for (let number = 0; number < 200; number++) {
        begin(writer, number)
        const totals = { count: 1, sum: 1, min: null, max: null, bounds: [], counts: [] }
        writer.complex(1_000_000 + number, 7, { kind: 'histogram', ...totals }, 0)
      }
      return writer.take().bytes
    }
    const key = (number: number): Buffer => Buffer.from(`key ${number}`)
    for (let number = 0; number < 200; number++) added(arena, key(number), 1, number)
    const start = { startTimeMs: 999_999, startTimeNs: 0 }
    const fromLabels = written((writer, number) =>
      writer.beginSeries({ block: labels(number).block, ...NO_FINGERPRINT, ...start }),
    )
    const fromArena = written((writer, number) => {
      const series = arena.find(readerOf(key(number)), 1, 0, key(number).length)
      if (series === undefined) throw new Error('it is not there')
      writer.beginInSlab(series, 999_999, 0)
    })
    expect(Buffer.compare(fromArena, fromLabels)).toBe(0)
  })
})
