import { describe, expect, it } from '@jest/globals'
import type { ReasonKind } from './detector.ts'
import { durationText, explain } from './explain.ts'
import { isInMaintenance } from './maintenance.ts'
import { DAY, HOUR, MINUTE } from './test-series.ts'

function verdictOf(lower: number, upper: number, kind?: ReasonKind) {
  const reasons = kind === undefined ? [] : [{ kind, score: 0.7 }]
  return { score: 0, expected: (lower + upper) / 2, lower, upper, ready: true, reasons }
}

describe('the sentence about a verdict', () => {
  it.each([
    ['record_high', 'highest value in 14 days; usual range 3–8'],
    ['record_low', 'lowest value in 14 days; usual range 3–8'],
    ['jump', 'larger swings than in 14 days; usual range 3–8'],
    ['unusual_shape', 'a course not seen in 14 days; usual range 3–8'],
    ['unusual_level', 'a level not seen in 14 days; usual range 3–8'],
    ['flat', 'stands still as never in 14 days; usual range 3–8'],
    ['off_season', 'unusual for this hour; usual range 3–8'],
  ] as const)('names what is unusual: %s', (kind, sentence) => {
    expect(explain(verdictOf(3, 8, kind), 14 * DAY)).toBe(sentence)
  })

  it.each([
    [0.00312, 0.00871, '0.00312–0.00871'],
    [1234.5678, 2345.6789, '1230–2350'],
    [5, 5, '5'],
    [0, 0, '0'],
    [-3.14159, 2.71828, '-3.14–2.72'],
  ])('has as many digits as the range from %d to %d needs', (lower, upper, text) => {
    expect(explain(verdictOf(lower, upper), DAY)).toBe(`nothing unusual; usual range ${text}`)
  })
})

it.each([
  [14 * DAY + HOUR, '14 days'],
  [DAY + HOUR, '25 hours'],
  [90 * MINUTE, '90 minutes'],
  [90_000, '90 seconds'],
  [0, '1 second'],
])('%d ms are said as %s', (ms, text) => {
  expect(durationText(ms)).toBe(text)
})

it('a maintenance window has its first millisecond and not its last', () => {
  const windows = [
    { fromMs: 10, untilMs: 20 },
    { fromMs: 40, untilMs: 41 },
  ]
  expect([9, 10, 19, 20, 40, 41].map((at) => isInMaintenance(windows, at))).toEqual([
    false,
    true,
    true,
    false,
    true,
    false,
  ])
})
