import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { PROFILES, plainTimestamp, scoreAt, scoreBest } from './score.ts'
import type { Profile, Scored, Windows } from './score.ts'

const folder = `${import.meta.dirname}/data`
const windows = JSON.parse(readFileSync(`${folder}/windows.json`, 'utf8')) as Record<string, Windows>
const names = readFileSync(`${folder}/files.txt`, 'utf8').trim().split('\n')

/** What a detector says of the values of a series. */
type SimpleDetector = (values: readonly number[]) => readonly number[]

const detectors: Readonly<Record<string, SimpleDetector>> = {
  nothing: (values) => values.map(() => 0),
  /** How far beyond the minimum and maximum so far, as a share of their distance, up to 1. */
  range: (values) => {
    let [low, high] = [values[0] ?? 0, values[0] ?? 0]
    return values.map((value) => {
      const excess = Math.max(0, value - high, low - value) / (high - low || 1)
      low = Math.min(low, value)
      high = Math.max(high, value)
      return Math.min(excess, 1)
    })
  },
  every150th: (values) => values.map((_, row) => (row % 150 === 0 ? 1 : 0)),
  pseudoRandom: (values) => values.map((_, row) => ((row * 7919) % 1000) / 1000),
}

/** By the Python scorer that reproduces NAB's published totals to 0.01, once, on the same series and scores: score, windows hit, false rows. */
const best: readonly (readonly [string, Profile, number, number, number])[] = [
  ['nothing', 'standard', 0, 0, 0],
  ['range', 'standard', 57.93, 39, 27],
  ['range', 'reward_low_FP_rate', 55.48, 39, 27],
  ['range', 'reward_low_FN_rate', 60.28, 39, 27],
  ['every150th', 'standard', 0, 0, 0],
  ['every150th', 'reward_low_FN_rate', 26.96, 54, 1017],
  ['pseudoRandom', 'standard', 18.39, 41, 464],
  ['pseudoRandom', 'reward_low_FN_rate', 35.04, 41, 464],
]
const atHalf: typeof best = [
  ['nothing', 'standard', 0, 0, 0],
  ['nothing', 'reward_low_FN_rate', 0, 0, 0],
  ['range', 'standard', 18.62, 12, 0],
  ['range', 'reward_low_FN_rate', 19.08, 12, 0],
  ['every150th', 'standard', -4.56, 54, 1017],
  ['every150th', 'reward_low_FP_rate', -95.17, 54, 1017],
  ['pseudoRandom', 'standard', -6763.48, 60, 76_839],
]

function scoredBy(detector: string): readonly Scored[] {
  return names.map((name) => {
    const rows = readFileSync(`${folder}/${name}`, 'utf8').trim().split('\n').slice(1)
    const cells = rows.map((row) => row.trim().split(','))
    const scores = detectors[detector]?.(cells.map(([, value]) => Number(value))) ?? []
    return { name, timestamps: cells.map(([timestamp = '']) => timestamp), scores, windows: windows[name] ?? [] }
  })
}

describe('the scorer of NAB', () => {
  it.each(best)('gives %s, profile %s, the score %d with the best threshold', (detector, profile, score, hit, rows) => {
    const result = scoreBest(scoredBy(detector), profile)
    expect(Math.abs(result.score - score)).toBeLessThan(0.006)
    expect(result).toMatchObject({ hit, falseRows: rows, windows: 60 })
  })

  it.each(atHalf)('gives %s, profile %s, the score %d at 0.5', (detector, profile, score, hit, rows) => {
    const result = scoreAt(scoredBy(detector), 0.5, profile)
    expect(Math.abs(result.score - score)).toBeLessThan(0.006)
    expect(result).toMatchObject({ hit, falseRows: rows })
  })

  it('gives 100 for the first row of every window and nothing else', () => {
    const timestamps = Array.from({ length: 2000 }, (_, row) => `row ${row}`)
    const scores = timestamps.map((_, row) => (row === 1000 || row === 1500 ? 1 : 0))
    const series = {
      name: 'made',
      timestamps,
      scores,
      windows: [['row 1000', 'row 1200'] as const, ['row 1500', 'row 1600'] as const],
    }
    for (const profile of Object.keys(PROFILES) as Profile[])
      expect(scoreAt([series], 0.5, profile).score).toBeCloseTo(100, 6)
  })

  it('refuses a window that is not in the series', () => {
    const series = { name: 'made', timestamps: ['1', '2'], scores: [0, 0], windows: [['1', '3'] as const] }
    expect(() => scoreAt([series], 0.5)).toThrow(/window 1 to 3/)
  })

  it.each([
    ['2014-04-10T07:15:00.000000Z', '2014-04-10 07:15:00'],
    [' 2014-04-10 07:15:00 ', '2014-04-10 07:15:00'],
    ['2014-04-10 07:15:00.5', '2014-04-10 07:15:00.5'],
  ])('reads %s as %s', (text, plain) => {
    expect(plainTimestamp(text)).toBe(plain)
  })
})
