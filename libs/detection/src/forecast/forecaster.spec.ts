import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createForecaster, restoreForecaster } from './create-forecaster.ts'
import type { Forecaster } from './forecast.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const STEP_MS = 300_000
const START_MS = 1_750_032_000_000

/** Numbers of -1 to 1 that are the same in every run (mulberry32). */
function noise(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    const mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    const more = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((more ^ (more >>> 14)) >>> 0) / 2_147_483_648 - 1
  }
}

const day = (timestampMs: number): number => 50 + 20 * Math.sin((timestampMs / DAY_MS) * 2 * Math.PI)

function feed(forecaster: Forecaster, days: number, value: (timestampMs: number) => number): void {
  for (let time = START_MS; time < START_MS + days * DAY_MS; time += STEP_MS) forecaster.update(time, value(time))
}

describe('a forecaster', () => {
  it('knows a daily season after some days, at the learned horizons and between them', () => {
    const random = noise(1)
    const forecaster = createForecaster()
    feed(forecaster, 8, (time) => day(time) + random())
    const last = START_MS + 8 * DAY_MS - STEP_MS
    for (const hours of [0.25, 1, 2.5, 4, 9, 24, 30])
      expect(Math.abs(forecaster.forecast(hours * HOUR_MS).value - day(last + hours * HOUR_MS))).toBeLessThan(2)
  })

  it('errs much less than the last value does, and its ranges hold what they say', () => {
    const random = noise(2)
    const forecaster = createForecaster()
    const waiting: { due: number; last: number; made: ReturnType<Forecaster['forecast']> }[] = []
    const hits = { 80: 0, 95: 0, all: 0 }
    let [own, naive] = [0, 0]
    feed(forecaster, 14, (time) => {
      const value = day(time) + 3 * random()
      for (let due = waiting[0]; due !== undefined && due.due <= time; due = waiting[0]) {
        waiting.shift()
        own += Math.abs(value - due.made.value)
        naive += Math.abs(value - due.last)
        hits.all++
        if (value >= due.made.lower80 && value <= due.made.upper80) hits[80]++
        if (value >= due.made.lower95 && value <= due.made.upper95) hits[95]++
      }
      if (time > START_MS + 5 * DAY_MS)
        waiting.push({ due: time - STEP_MS + 4 * HOUR_MS, last: value, made: forecaster.forecast(4 * HOUR_MS) })
      return value
    })
    expect(own / naive).toBeLessThan(0.2)
    expect(hits[80] / hits.all).toBeGreaterThan(0.74)
    expect(hits[80] / hits.all).toBeLessThan(0.86)
    expect(hits[95] / hits.all).toBeGreaterThan(0.91)
    expect(hits[95] / hits.all).toBeLessThan(0.99)
  })

  it('orders its ranges and keeps within the bounds that the series has', () => {
    const random = noise(3)
    const forecaster = createForecaster({ least: 0, most: 1 })
    feed(forecaster, 3, () => Math.max(0, Math.min(1, 0.02 + random() / 10)))
    for (const hours of [0, 0.5, 1, 4, 24, 1000]) {
      const { value, lower80, upper80, lower95, upper95 } = forecaster.forecast(hours * HOUR_MS)
      const ends = [0, lower95, lower80, upper80, upper95, 1]
      expect([...ends].sort((a, b) => a - b)).toEqual(ends)
      expect(value).toBeGreaterThanOrEqual(0)
    }
  })

  it('has nothing to say before the first point, and the last value after it', () => {
    const forecaster = createForecaster()
    expect(forecaster.forecast(HOUR_MS).value).toBeNaN()
    expect(forecaster.timeTo(5, 'up')).toBeUndefined()
    forecaster.update(START_MS, 7)
    expect(forecaster.forecast(HOUR_MS).value).toBe(7)
    expect(forecaster.timeTo(5, 'up')).toEqual({ ms: 0, earliestMs: 0, latestMs: 0 })
    expect(forecaster.timeTo(9, 'up')).toBeUndefined()
  })

  it('keeps a constant a constant', () => {
    const forecaster = createForecaster()
    feed(forecaster, 3, () => 0)
    expect(forecaster.forecast(DAY_MS)).toEqual({ value: 0, lower80: 0, upper80: 0, lower95: 0, upper95: 0 })
    expect(forecaster.timeTo(1, 'up')).toBeUndefined()
  })
})

describe('the time to a threshold', () => {
  it('is told upwards and downwards, with a range', () => {
    const random = noise(4)
    const up = createForecaster()
    const down = createForecaster()
    feed(up, 6, (time) => ((time - START_MS) / DAY_MS) * 14 + random())
    feed(down, 6, (time) => 100 - ((time - START_MS) / DAY_MS) * 14 + random())
    for (const left of [up.timeTo(100, 'up'), down.timeTo(0, 'down')]) {
      expect(Math.abs((left?.ms ?? NaN) / HOUR_MS - (16 / 14) * 24)).toBeLessThan(5)
      expect(left?.earliestMs).toBeLessThan(left?.ms ?? NaN)
      expect(left?.latestMs).toBeGreaterThan(left?.ms ?? NaN)
    }
    expect(up.timeTo(0, 'down')).toBeUndefined()
  })

  it('is not told of a disk that a daily clean-up empties, but of one that grows beyond its usual peaks', () => {
    const random = noise(5)
    const forecaster = createForecaster()
    let fires = 0
    feed(forecaster, 20, (time) => {
      const left = forecaster.timeTo(100, 'up')
      if (left !== undefined && left.ms < 26 * HOUR_MS) fires++
      return 30 + 40 * ((time % DAY_MS) / DAY_MS) + random()
    })
    expect(fires).toBe(0)
    const from = START_MS + 20 * DAY_MS
    for (let time = from; time < from + 30 * HOUR_MS; time += STEP_MS)
      forecaster.update(time, 30 + 40 * ((time - from) / DAY_MS) + random())
    const hours = (forecaster.timeTo(100, 'up')?.ms ?? NaN) / HOUR_MS
    expect(hours).toBeGreaterThan(8)
    expect(hours).toBeLessThan(16)
  })

  it('follows a saw-tooth that fills: the first warning of 26 hours is between 18 and 36 hours early', () => {
    const random = noise(6)
    const forecaster = createForecaster()
    const leads: number[] = []
    let warned = NaN
    feed(forecaster, 30, (time) => {
      const used = 20 + ((((time - START_MS) / DAY_MS) * 16) % 80)
      const left = forecaster.timeTo(100, 'up')
      if (Number.isNaN(warned) && left !== undefined && left.ms > 0 && left.ms < 26 * HOUR_MS) warned = time
      if (used < 20.05 && !Number.isNaN(warned)) {
        leads.push((time - warned) / HOUR_MS)
        warned = NaN
      }
      return used + random() / 2
    })
    expect(leads).toHaveLength(5)
    for (const lead of leads) {
      expect(lead).toBeGreaterThan(18)
      expect(lead).toBeLessThan(36)
    }
  })
})

const points = fc.array(fc.tuple(fc.double(), fc.double()), { maxLength: 60 })

describe('the state of a forecaster', () => {
  it('continues identically after it was saved, for any points, and never grows', () => {
    const empty = createForecaster().save().length
    expect(empty).toBeLessThanOrEqual(8192)
    fc.assert(
      fc.property(points, fc.nat(900), fc.double({ min: -1e9, max: 1e9, noNaN: true }), (wild, cut, scale) => {
        const random = noise(cut)
        const all = Array.from({ length: 900 }, (_, row): [number, number] => [row * STEP_MS, scale * random()])
        all.splice(cut, 0, ...wild)
        const one = createForecaster()
        let other = createForecaster()
        all.forEach(([time, value], index) => {
          if (index === cut + 30) other = restoreForecaster(one.save())
          one.update(time, value)
          if (index < cut + 30) return
          other.update(time, value)
          expect(other.forecast(HOUR_MS)).toEqual(one.forecast(HOUR_MS))
        })
        for (const hours of [0.1, 3, 24, 99]) {
          const { lower95, upper95 } = one.forecast(hours * HOUR_MS)
          expect(lower95).toBeLessThanOrEqual(upper95)
        }
        expect(one.save().length).toBe(empty)
        if (cut + 30 < all.length) expect(other.save()).toEqual(one.save())
        expect(() => one.timeTo(scale, 'down')).not.toThrow()
      }),
      { numRuns: 20 },
    )
  })

  it('ignores points that are not newer or not finite, and forgets what a gap of days made stale', () => {
    const random = noise(8)
    const [one, other] = [createForecaster(), createForecaster()]
    feed(one, 4, (time) => {
      const value = day(time) + random()
      other.update(time, value)
      other.update(time, -1e9)
      other.update(time - DAY_MS, -1e9)
      other.update(NaN, 1)
      other.update(Infinity, 1)
      other.update(time + 1, Infinity)
      return value
    })
    expect(other.save()).toEqual(one.save())
    one.update(START_MS + 40 * DAY_MS, 1000)
    expect(one.forecast(HOUR_MS).upper95).toBeGreaterThan(0)
  })

  it('is refused when it is cut, changed or foreign', () => {
    const forecaster = createForecaster()
    feed(forecaster, 2, day)
    const state = forecaster.save()
    fc.assert(
      fc.property(fc.nat(state.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
        const changed = Uint8Array.from(state)
        changed[index] = (changed[index] ?? 0) ^ flip
        expect(() => restoreForecaster(changed)).toThrow(/detector of this version/)
        expect(() => restoreForecaster(state.subarray(0, index))).toThrow(/detector of this version/)
      }),
    )
  })

  it('refuses bounds that are none', () => {
    expect(() => createForecaster({ least: NaN })).toThrow(/Option least/)
    expect(() => createForecaster({ least: 1, most: 1 })).toThrow(/Option most/)
  })
})
