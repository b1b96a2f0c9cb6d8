import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createDriftDetector, restoreDriftDetector } from './create-drift-detector.ts'
import type { DriftDetector, DriftVerdict } from './drift.ts'

const STEP_MS = 300_000
const START_MS = 1_750_000_000_000

/** Normal numbers that are the same in every run (sfc32, and Box and Muller's transform). */
function normals(seed: number): () => number {
  const state = Int32Array.of(seed, 0x243f6a88, 0x37e15162, 1)
  const uniform = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = state
    const sum = (a + b + d) | 0
    state.set([b ^ (b >>> 9), c + (c << 3), ((c << 21) | (c >>> 11)) + sum, d + 1])
    return ((sum >>> 0) + 1) / 4_294_967_297
  }
  for (let round = 0; round < 15; round++) uniform()
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

function feed(detector: DriftDetector, rows: number, value: (row: number) => number, from = 0): DriftVerdict[] {
  const found: DriftVerdict[] = []
  for (let row = from; row < from + rows; row++) {
    const verdict = detector.update(START_MS + row * STEP_MS, value(row))
    if (verdict.drift || verdict.resolved) found.push(verdict)
  }
  return found
}

describe('a drift detector', () => {
  it.each([
    ['level', 1, 60, (normal: number) => normal + 1],
    ['level', 0.5, 150, (normal: number) => normal + 0.5],
    ['variance', 1.41, 300, (normal: number) => normal * Math.SQRT2],
    ['variance', 2, 150, (normal: number) => normal * 2],
  ] as const)(
    'finds a %s change of %s within %s rows in most of 15 streams, whatever the unit',
    (kind, by, rows, change) => {
      let told = 0
      const delays = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].map((seed) => {
        const normal = normals(seed)
        const detector = createDriftDetector()
        const unit = 10 ** (seed - 8)
        expect(feed(detector, 1500, () => unit * (normal() - 1e4))).toEqual([])
        const [first] = feed(detector, 600, () => unit * (change(normal()) - 1e4), 1500)
        if (first?.kind === kind && (first.magnitude ?? 0) > by * 0.6) told++
        return (first?.since ?? 0) + (first?.after?.rows ?? Infinity) * STEP_MS - (START_MS + 1500 * STEP_MS)
      })
      expect(told).toBeGreaterThanOrEqual(13)
      expect(delays.sort((a, b) => a - b)[7]).toBeLessThan(rows * STEP_MS)
    },
  )

  it('is calm on normal rows, heavy tails, a daily season and rows that depend on each other', () => {
    const normal = normals(77)
    let last = 0
    const streams: readonly ((row: number) => number)[] = [
      () => normal(),
      () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2 + normal() ** 2) / 4),
      (row) => 3 * Math.sin((row / 288) * 2 * Math.PI) + normal(),
      () => (last = 0.8 * last + 0.6 * normal()),
      () => 7,
    ]
    for (const stream of streams) expect(feed(createDriftDetector(), 8000, stream)).toEqual([])
  })

  it('finds a change in a daily season once it knows the season', () => {
    const normal = normals(5)
    const detector = createDriftDetector()
    const season = (row: number): number => 5 * Math.sin((row / 288) * 2 * Math.PI) + normal()
    expect(feed(detector, 288 * 14, season)).toEqual([])
    const [first] = feed(detector, 288, (row) => season(row) + 2, 288 * 14)
    expect(first).toMatchObject({ drift: true, kind: 'level', active: true, resolved: false })
  })

  it('finds the first step of a series that never varied, and no single wild row', () => {
    const detector = createDriftDetector()
    expect(feed(detector, 2000, (row) => (row === 700 ? 100 : 1))).toEqual([])
    const found = feed(detector, 300, () => 0.9, 2000)
    expect(found[0]).toMatchObject({ drift: true, kind: 'level' })
  })

  it('tells when, from what and to what, in numbers and as a sentence', () => {
    const normal = normals(3)
    const detector = createDriftDetector()
    expect(detector.explain()).toBe('')
    feed(detector, 1000, () => 50 + normal())
    const [first] = feed(detector, 200, () => 53 + normal(), 1000)
    expect(Math.abs((first?.since ?? 0) - (START_MS + 1000 * STEP_MS))).toBeLessThan(16 * STEP_MS)
    expect(first?.before?.mean).toBeCloseTo(50, 0)
    expect(first?.after?.mean).toBeCloseTo(53, 0)
    expect(first?.before?.sd).toBeCloseTo(1, 0)
    expect(detector.explain()).toMatch(
      /^level rose from (49\.\d|50(\.\d)?) to 5[23](\.\d)? \(\+\d\.\d sd\) since 2025-/,
    )
    feed(detector, 1000, () => 53 + 4 * normal(), 1200)
    expect(detector.explain()).toMatch(/^variation grew to \d(\.\d+)? times the usual/)
  })

  it('is resolved when the series comes back', () => {
    const normal = normals(9)
    const detector = createDriftDetector()
    feed(detector, 1000, normal)
    expect(feed(detector, 200, () => normal() + 2, 1000)).toMatchObject([
      { drift: true, resolved: false, active: true },
    ])
    expect(feed(detector, 300, normal, 1200)).toMatchObject([{ drift: true, resolved: true, active: false }])
  })

  it('is resolved when the new level has become the usual one, and finds the next change', () => {
    const normal = normals(11)
    const detector = createDriftDetector({ acceptAfterRows: 500 })
    feed(detector, 1000, normal)
    const found = feed(detector, 700, () => normal() + 2, 1000)
    expect(found).toMatchObject([
      { drift: true, active: true },
      { drift: false, resolved: true, active: false },
    ])
    expect(feed(detector, 300, () => normal() + 4, 1700)).toMatchObject([{ drift: true, kind: 'level' }])
  })

  it('ignores rows that are not newer or not finite', () => {
    const normal = normals(2)
    const [one, other] = [createDriftDetector(), createDriftDetector()]
    for (let row = 0; row < 500; row++) {
      const value = normal()
      one.update(row * STEP_MS, value)
      other.update(row * STEP_MS, value)
      other.update(row * STEP_MS, 1e9)
      other.update((row - 1) * STEP_MS, 1e9)
      other.update((row + 0.5) * STEP_MS, NaN)
      other.update(NaN, 5)
      other.update(Infinity, 5)
    }
    expect(other.save()).toEqual(one.save())
  })

  it('says when it is ready', () => {
    const detector = createDriftDetector()
    for (let row = 0; row < 383; row++) expect(detector.update(row, row % 7).ready).toBe(false)
    expect(detector.update(383, 0).ready).toBe(true)
  })
})

const rows = fc.array(fc.tuple(fc.double({ noDefaultInfinity: false }), fc.double()), { maxLength: 40 })
const streams = fc.record({
  seed: fc.integer({ min: 1, max: 1e6 }),
  scale: fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
  wild: rows,
  cut: fc.integer({ min: 0, max: 1200 }),
})

describe('the state of a drift detector', () => {
  it('continues identically after it was saved, for any rows, and never grows', () => {
    const empty = createDriftDetector().save().length
    expect(empty).toBeLessThan(8192)
    fc.assert(
      fc.property(streams, ({ seed, scale, wild, cut }) => {
        const normal = normals(seed)
        const all = Array.from({ length: 1200 }, (_, row): [number, number] => [row * 60_000, scale * normal()])
        all.splice(cut, 0, ...wild)
        const one = createDriftDetector()
        let other: DriftDetector = createDriftDetector()
        all.forEach(([time, value], index) => {
          if (index === cut + 20) other = restoreDriftDetector(one.save())
          const verdict = one.update(time, value)
          if (index >= cut + 20) expect(other.update(time, value)).toEqual(verdict)
        })
        expect(one.save().length).toBe(empty)
        if (cut + 20 < all.length) expect(other.save()).toEqual(one.save())
      }),
      { numRuns: 20 },
    )
  })

  it('is refused when it is cut, changed or foreign', () => {
    const normal = normals(4)
    const detector = createDriftDetector()
    feed(detector, 400, normal)
    const state = detector.save()
    fc.assert(
      fc.property(fc.nat(state.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Uint8Array.from(state)
        changed[at] = (changed[at] ?? 0) ^ flip
        expect(() => restoreDriftDetector(changed)).toThrow(/detector of this version/)
        expect(() => restoreDriftDetector(state.subarray(0, at))).toThrow(/detector of this version/)
      }),
    )
  })
})

describe('options of a drift detector', () => {
  it.each([{ threshold: 5 }, { threshold: NaN }, { minMagnitude: -1 }, { acceptAfterRows: 0 }])(
    'are checked: %j',
    (options) => {
      expect(() => createDriftDetector(options)).toThrow(/Option .* of a detector is/)
    },
  )
})
