import { describe, expect, it } from '@jest/globals'
import { createDetector, releaseDetector } from './create-detector.ts'
import { DETECTION_THRESHOLD } from './detector.ts'
import type { Detector, DetectorOptions, Verdict } from './detector.ts'
import { DAY, HOUR, MINUTE, START, normalOf, randomOf } from './test-series.ts'

const STEP = 5 * MINUTE

/** A detector that has seen so many points around 10, and what shows it the next ones. */
function warm(options: DetectorOptions = {}, points = 1000): { detector: Detector; next: (value: number) => Verdict } {
  const detector = createDetector(options)
  const random = randomOf(7)
  let at = START
  const next = (value: number): Verdict => detector.update((at += STEP), value)
  for (let index = 0; index < points; index++) next(10 + normalOf(random))
  return { detector, next }
}

/** The first point of `values` that is a detection, -1 for none. */
function firstHit(next: (value: number) => Verdict, values: readonly number[]): number {
  return values.findIndex((value) => next(value).score >= DETECTION_THRESHOLD)
}

describe('a detector', () => {
  it('admits to its warm-up', () => {
    const detector = createDetector()
    const first = { ...detector.update(START, 1) }
    expect(first).toEqual({ score: 0, expected: NaN, lower: NaN, upper: NaN, reasons: [], ready: false })
    expect(detector.explain()).toBe('still learning')
    for (let index = 1; index < 64; index++) expect(detector.update(START + index * STEP, index % 5).ready).toBe(false)
    expect(detector.update(START + 64 * STEP, 3)).toMatchObject({ ready: true, lower: 0, upper: 4 })
  })

  it('calls a value above all that it knows a record, and says so', () => {
    const { detector, next } = warm()
    const { score, expected, lower, upper, reasons } = next(40)
    expect(score).toBeGreaterThan(0.6)
    expect(expected).toBeCloseTo(10, 0)
    expect(lower).toBeGreaterThan(5)
    expect(upper).toBeLessThan(15)
    expect(reasons[0]?.kind).toBe('record_high')
    expect(detector.explain()).toMatch(/^highest value in 3 days; usual range [\d.]+–[\d.]+$/)
  })

  it('calls one below all that it knows a record too', () => {
    const { detector, next } = warm()
    expect(next(-20).reasons[0]?.kind).toBe('record_low')
    expect(detector.explain()).toMatch(/^lowest value/)
  })

  it('sees a level that moves within the range', () => {
    const detector = createDetector()
    const random = randomOf(3)
    const hits = new Set<string>()
    for (let index = 0; index < 4000; index++) {
      const level = index < 3000 ? 10 : 13
      const noise = random() < 0.01 ? 30 * random() : normalOf(random)
      for (const { kind } of detector.update(START + index * STEP, level + noise).reasons)
        if (index >= 3000) hits.add(kind)
    }
    expect([...hits]).toContain('unusual_level')
  })

  it('sees swings that grow within the range', () => {
    const { next } = warm()
    const random = randomOf(5)
    const calm = (): number => 10 + (random() < 0.02 ? 30 * random() - 15 : normalOf(random))
    for (let index = 0; index < 4000; index++) next(calm())
    const kinds = Array.from({ length: 64 }, () => next(10 + 20 * random() - 10).reasons.map(({ kind }) => kind)).flat()
    expect(kinds).toContain('jump')
  })

  it('sees a day whose course is another one', () => {
    const detector = createDetector()
    const random = randomOf(11)
    const kinds: string[] = []
    for (let index = 0; index < 12 * 288; index++) {
      const [day, hour] = [Math.floor(index / 288), (index % 288) / 12]
      const busy = day === 10 ? hour >= 1 && hour < 5 : hour >= 9 && hour < 18
      const { reasons } = detector.update(START + index * STEP, (busy ? 80 : 20) + 4 * random())
      if (day === 10) kinds.push(...reasons.map(({ kind }) => kind))
    }
    expect(kinds.length).toBeGreaterThan(0)
  })

  it('sees a series that stops moving, once', () => {
    const { next } = warm()
    const reasons = Array.from({ length: 400 }, () => next(10).reasons.map(({ kind }) => kind)).flat()
    expect(reasons.filter((kind) => kind === 'flat')).toEqual(['flat'])
  })

  it('tells of one deviation once, and of a larger one after it', () => {
    const { next } = warm()
    expect(next(16).score).toBeGreaterThanOrEqual(DETECTION_THRESHOLD)
    expect(firstHit(next, [16.1, 16.2, 16.1, 16.3])).toBe(-1)
    expect(next(300).score).toBeGreaterThanOrEqual(DETECTION_THRESHOLD)
  })

  it('is quiet on noise: fewer than 3 detections in 1,000 points', () => {
    let hits = 0
    for (let seed = 1; seed <= 10; seed++) {
      const detector = createDetector()
      const random = randomOf(seed)
      for (let index = 0; index < 4000; index++)
        if (detector.update(START + index * STEP, normalOf(random)).score >= DETECTION_THRESHOLD) hits++
    }
    expect(hits).toBeLessThan(120)
  })

  it('finds the same wherever the series lies and whatever its unit is', () => {
    const scores = [1, 1e-6, 1e9].map((unit) => {
      const detector = createDetector()
      const random = randomOf(21)
      return Array.from({ length: 2000 }, (_, index) => {
        const value = index % 700 === 699 ? 9 : normalOf(random)
        return detector.update(START + index * STEP, value * unit).score >= DETECTION_THRESHOLD
      })
    })
    expect(scores[1]).toEqual(scores[0])
    expect(scores[2]).toEqual(scores[0])
  })
})

describe('its options', () => {
  it('watch one side only', () => {
    expect(warm({ direction: 'up' }).next(-50).score).toBe(0)
    expect(warm({ direction: 'up' }).next(50).score).toBeGreaterThan(0.5)
    expect(warm({ direction: 'down' }).next(50).score).toBe(0)
    expect(warm({ direction: 'down' }).next(-50).score).toBeGreaterThan(0.5)
  })

  it('ask for a minimal deviation, in the unit of the series and relative to what was expected', () => {
    expect(warm({ minDeviation: 100 }).next(40).score).toBe(0)
    expect(warm({ minDeviation: 20 }).next(40).score).toBeGreaterThan(0.5)
    expect(warm({ minDeviationRelative: 5 }).next(40).score).toBe(0)
    expect(warm({ minDeviationRelative: 2 }).next(40).score).toBeGreaterThan(0.5)
  })

  it('make it more or less sensitive', () => {
    const scores = [0.5, 1, 2].map((sensitivity) => warm({ sensitivity }).next(40).score)
    expect(scores).toEqual([...scores].sort((a, b) => a - b))
    expect(new Set(scores).size).toBe(3)
    expect(scores[0]).toBeLessThan(DETECTION_THRESHOLD)
  })

  it.each([
    [{ direction: 'left' as 'up' }, 'direction'],
    [{ minDeviation: -1 }, 'minDeviation'],
    [{ minDeviationRelative: NaN }, 'minDeviationRelative'],
    [{ sensitivity: 0 }, 'sensitivity'],
    [{ sensitivity: 11 }, 'sensitivity'],
  ])('are checked: %j', (options, name) => {
    expect(() => createDetector(options)).toThrow(`Option ${name} of a detector`)
    expect(() => createDetector(options)).toThrow(expect.objectContaining({ code: 'detection.bad_option' }))
  })
})

describe('its sense of time', () => {
  it('ignores what is not newer, and what is no number', () => {
    const { detector, next } = warm()
    const before = detector.save()
    const last = START + 1000 * STEP
    for (const [timestamp, value] of [
      [last, 99],
      [last - DAY, 99],
      [NaN, 99],
      [last + 1, NaN],
      [last + 1, Infinity],
    ] as const) {
      expect(detector.update(timestamp, value).score).toBe(0)
      expect(detector.explain()).toMatch(/^nothing unusual/)
    }
    expect(detector.save()).toEqual(before)
    expect(next(99).score).toBeGreaterThan(0.5)
  })

  it('does not compare across a gap of days', () => {
    const detector = createDetector()
    const random = randomOf(2)
    const wave = (index: number): number => Math.sin(index / 20) * 10 + normalOf(random)
    for (let index = 0; index < 2000; index++) detector.update(START + index * STEP, wave(index))
    const after = START + 2000 * STEP + 7 * DAY
    const hits = Array.from({ length: 40 }, (_, index) => detector.update(after + index * STEP, wave(index + 77)).score)
    expect(Math.max(...hits)).toBeLessThan(DETECTION_THRESHOLD)
  })

  it('forgets a record after two periods of 14 days', () => {
    const detector = createDetector()
    const random = randomOf(9)
    let at = START
    const show = (points: number, spike: number): Verdict => {
      for (let index = 0; index < points; index++) detector.update((at += STEP), normalOf(random))
      return { ...detector.update((at += STEP), spike) }
    }
    expect(show(1000, 50).reasons[0]?.kind).toBe('record_high')
    expect(show(2000, 40).reasons.map(({ kind }) => kind)).not.toContain('record_high')
    expect(show(3 * 4096, 40).reasons[0]?.kind).toBe('record_high')
  })
})

describe('with a season', () => {
  const value = (index: number, random: () => number): number => {
    const hour = Math.floor((index * STEP) / HOUR) % 24
    return (hour >= 8 && hour < 20 ? 100 : 20) + 5 * normalOf(random)
  }

  function learn(season: boolean): Detector {
    const detector = createDetector({ season })
    const random = randomOf(4)
    for (let index = 0; index < 20 * 288; index++) detector.update(START + index * STEP, value(index, random))
    return detector
  }

  it('expects what is usual for the hour, and tells what is not', () => {
    const detector = learn(true)
    const night = START + 20 * DAY + 3 * HOUR
    const quiet = { ...detector.update(night, 21) }
    expect(quiet.expected).toBeGreaterThan(15)
    expect(quiet.expected).toBeLessThan(25)
    expect(quiet.upper).toBeLessThan(60)
    const busy = detector.update(night + STEP, 100)
    expect(busy.reasons.map(({ kind }) => kind)).toContain('off_season')
    expect(detector.explain()).toContain('usual range')
    const day = { ...detector.update(START + 20 * DAY + 12 * HOUR, 100) }
    expect(day.expected).toBeGreaterThan(80)
    expect(day.score).toBeLessThan(DETECTION_THRESHOLD)
  })

  it('is needed for that', () => {
    const detector = learn(false)
    expect(detector.update(START + 20 * DAY + 3 * HOUR, 100).score).toBeLessThan(DETECTION_THRESHOLD)
  })

  it('learns a weekend of its own', () => {
    const detector = createDetector({ season: true })
    const random = randomOf(4)
    let saturday = NaN
    for (let index = 0; index < 40 * 24; index++) {
      const isSaturday = Math.floor(index / 24) % 7 === 5
      const verdict = detector.update(START + index * HOUR, (isSaturday ? 5 : 50) + normalOf(random))
      if (isSaturday) saturday = verdict.expected
    }
    expect(saturday).toBeLessThan(10)
  })
})

it('gives its memory back to the next one, clean', () => {
  const { detector } = warm()
  releaseDetector(detector)
  const next = createDetector()
  expect(next.update(START, 5)).toMatchObject({ ready: false, score: 0 })
  const fresh = createDetector()
  fresh.update(START, 5)
  expect(next.save()).toEqual(fresh.save())
})
