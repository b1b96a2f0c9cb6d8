import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { binExponential } from './bin-exponential.ts'
import { createDistributionDrift, restoreDistributionDrift } from './create-distribution-drift.ts'
import type { DistributionDrift, DistributionVerdict } from './distribution-drift.ts'

const BOUNDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

/** Uniform numbers that are the same in every run (mulberry32). */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    const more = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((more ^ (more >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Log-normal observations in buckets, by Box and Muller's transform. */
function histogram(random: () => number, count: number, median: number): number[] {
  const counts = new Array<number>(BOUNDS.length + 1).fill(0)
  for (let index = 0; index < count; index++) {
    const value = median * Math.exp(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))
    const bucket = BOUNDS.findIndex((bound) => value <= bound)
    const to = bucket === -1 ? BOUNDS.length : bucket
    counts[to] = (counts[to] ?? 0) + 1
  }
  return counts
}

function feed(drift: DistributionDrift, updates: number, make: () => number[]): DistributionVerdict[] {
  return Array.from({ length: updates }, () => drift.update(make(), BOUNDS)).filter(
    (each) => each.drift || each.resolved,
  )
}

describe('a drift of a distribution', () => {
  it.each([30, 300, 3000])('is not seen in %s observations an update of the same distribution', (count) => {
    const random = uniform(count)
    expect(feed(createDistributionDrift(), 60_000 / count + 200, () => histogram(random, count, 0.1))).toEqual([])
  })

  it.each([
    [30, 2, 40],
    [300, 1.6, 20],
    [3000, 1.6, 20],
  ])(
    'is found in %s observations an update that became %s times as slow, within %s updates',
    (count, factor, updates) => {
      const random = uniform(count + 1)
      const drift = createDistributionDrift()
      expect(feed(drift, 200, () => histogram(random, count, 0.1))).toEqual([])
      const found = feed(drift, updates, () => histogram(random, count, factor * 0.1))
      expect(found).toMatchObject([{ drift: true, active: true, ready: true }])
      expect(drift.explain()).toMatch(
        /^\d\d % above 0\.\d+, usually \d+ % \(PSI 0\.\d\d, cut-off 0\.\d\d; KS 0\.\d\d, cut-off 0\.\d\d\)$/,
      )
    },
  )

  it('has higher cut-offs where there are fewer observations', () => {
    const [few, many] = [30, 3000].map((count) => {
      const random = uniform(7)
      const drift = createDistributionDrift({ minKs: 0, minPsi: 0 })
      feed(drift, 100, () => histogram(random, count, 0.1))
      return drift.update(histogram(random, count, 0.1), BOUNDS)
    })
    expect(few?.ksCutOff).toBeGreaterThan(3 * (many?.ksCutOff ?? NaN))
    expect(few?.psiCutOff).toBeGreaterThan(10 * (many?.psiCutOff ?? NaN))
  })

  it('is resolved when the distribution comes back, or has become the usual one', () => {
    const random = uniform(3)
    const drift = createDistributionDrift({ acceptAfterUpdates: 100 })
    const at = (median: number) => () => histogram(random, 300, median)
    feed(drift, 100, at(0.1))
    expect(feed(drift, 30, at(0.2))).toMatchObject([{ drift: true }])
    expect(feed(drift, 80, at(0.1))).toMatchObject([{ resolved: true, active: false }])
    expect(feed(drift, 200, at(0.2))).toMatchObject([{ drift: true }, { resolved: true, drift: false }])
    expect(feed(drift, 40, at(0.4))).toMatchObject([{ drift: true }])
  })

  it('begins anew with other bounds, and ignores what is no histogram', () => {
    const random = uniform(4)
    const drift = createDistributionDrift()
    feed(drift, 100, () => histogram(random, 300, 0.1))
    const before = drift.save()
    expect(drift.update([1, 2], BOUNDS).drift).toBe(false)
    drift.update([1], [])
    drift.update([1, -1], [1])
    drift.update([1, NaN, 1], [1, 2])
    drift.update([1, 1, 1], [2, 1])
    drift.update([1, 1], [Infinity])
    expect(drift.save()).toEqual(before)
    expect(drift.update([5, 5], [1])).toMatchObject({ ready: false, active: false })
    expect(drift.explain()).toBe('')
  })

  it('continues identically after it was saved, for any histograms', () => {
    const buckets = fc.array(fc.oneof(fc.nat(1000), fc.double()), { minLength: 10, maxLength: 10 })
    fc.assert(
      fc.property(fc.array(buckets, { minLength: 80, maxLength: 120 }), fc.nat(79), (all, cut) => {
        const one = createDistributionDrift({ recentUpdates: 4, referenceUpdates: 20 })
        let other = one
        all.forEach((counts, index) => {
          if (index === cut) other = restoreDistributionDrift(one.save(), { recentUpdates: 4, referenceUpdates: 20 })
          const verdict = one.update(counts, BOUNDS)
          if (index >= cut) expect(other.update(counts, BOUNDS)).toEqual(verdict)
        })
        expect(other.save()).toEqual(one.save())
        expect(other.explain()).toBe(one.explain())
      }),
      { numRuns: 50 },
    )
  })

  it('refuses states that are cut or changed, and options that make no sense', () => {
    const random = uniform(5)
    const drift = createDistributionDrift()
    feed(drift, 30, () => histogram(random, 300, 0.1))
    const state = drift.save()
    fc.assert(
      fc.property(fc.nat(state.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const changed = Uint8Array.from(state)
        changed[index] = (changed[index] ?? 0) ^ flip
        expect(() => restoreDistributionDrift(changed)).toThrow(/detector of this version/)
        expect(() => restoreDistributionDrift(state.subarray(0, index))).toThrow(/detector of this version/)
      }),
    )
    expect(() => createDistributionDrift({ recentUpdates: 0 })).toThrow(/Option recentUpdates/)
    expect(() => createDistributionDrift({ referenceUpdates: 5 })).toThrow(/Option referenceUpdates/)
    expect(() => createDistributionDrift({ minPsi: NaN })).toThrow(/Option minPsi/)
  })
})

describe('bins of an exponential histogram', () => {
  const none = { offset: 0, counts: [] }

  it('are the same for the same observations, at whatever scale they were counted', () => {
    const values = Array.from({ length: 500 }, (_, index) => 0.001 * 1.03 ** index)
    const count = (scale: number) => {
      const indices = values.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1)
      const offset = Math.min(...indices)
      const counts = new Array<number>(Math.max(...indices) - offset + 1).fill(0)
      for (const index of indices) counts[index - offset] = (counts[index - offset] ?? 0) + 1
      return binExponential({ scale, zeroCount: 3, positive: { offset, counts }, negative: none })
    }
    const fine = count(6)
    expect(Array.from(count(3).counts)).toEqual(Array.from(fine.counts))
    expect(Array.from(count(1).counts)).toEqual(Array.from(fine.counts))
    expect(fine.counts.reduce((a, b) => a + b)).toBe(503)
    count(-1).counts.forEach((each, index) => expect(Math.abs(each - (fine.counts[index] ?? NaN))).toBeLessThan(25))
  })

  it('keep every observation, whatever scale and offset', () => {
    const counts = fc.array(fc.nat(1000), { maxLength: 30 })
    const side = fc.record({ offset: fc.integer({ min: -100_000, max: 100_000 }), counts })
    fc.assert(
      fc.property(
        fc.integer({ min: -10, max: 20 }),
        fc.nat(100),
        side,
        side,
        (scale, zeroCount, positive, negative) => {
          const { counts: binned, bounds } = binExponential({ scale, zeroCount, positive, negative })
          const total = [...positive.counts, ...negative.counts].reduce((a, b) => a + b, zeroCount)
          expect(binned.length).toBe(bounds.length + 1)
          expect(binned.reduce((a, b) => a + b)).toBeCloseTo(total, 6)
          expect(Math.min(...binned)).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })

  it('find a drift as explicit buckets do', () => {
    const drift = createDistributionDrift()
    const random = uniform(6)
    const at = (shift: number) => {
      const counts = new Array<number>(40).fill(0)
      for (let index = 0; index < 300; index++) {
        const to = Math.floor(20 * random()) + shift
        counts[to] = (counts[to] ?? 0) + 1
      }
      const { counts: binned, bounds } = binExponential({
        scale: 3,
        zeroCount: 0,
        positive: { offset: -30, counts },
        negative: none,
      })
      return drift.update(binned, bounds).drift
    }
    for (let index = 0; index < 100; index++) expect(at(0)).toBe(false)
    expect(Array.from({ length: 20 }, () => at(6))).toContain(true)
  })
})
