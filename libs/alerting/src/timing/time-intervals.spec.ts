import { describe, expect, it } from '@jest/globals'
import { planOf } from '../../test/support/tenant.ts'

function holds(interval: string, times: readonly string[]): readonly string[] {
  const { intervals } = planOf(`  time_intervals: [{ name: t, time_intervals: [${interval}] }]`)
  return times.filter((time) => intervals.anyAt(['t'], Date.parse(time)))
}

describe('time intervals', () => {
  it.each([
    ['{}', ['2026-01-05T00:00:00Z'], []],
    [
      "{ times: [{ start_time: '09:00', end_time: '17:00' }], weekdays: ['monday:friday'] }",
      ['2026-01-05T09:00:00Z', '2026-01-05T16:59:59.999Z'],
      ['2026-01-05T08:59:59Z', '2026-01-05T17:00:00Z', '2026-01-04T12:00:00Z', '2026-01-10T12:00:00Z'],
    ],
    [
      "{ times: [{ start_time: '22:00', end_time: '24:00' }, { start_time: '00:00', end_time: '06:00' }] }",
      ['2026-01-05T23:59:59Z', '2026-01-05T00:00:00Z', '2026-01-05T05:59:00Z'],
      ['2026-01-05T06:00:00Z', '2026-01-05T21:59:00Z'],
    ],
    [
      "{ days_of_month: ['-3:-1'] }",
      ['2026-02-26T00:00:00Z', '2026-02-28T23:59:00Z', '2028-02-29T00:00:00Z', '2026-04-28T00:00:00Z'],
      ['2026-02-25T23:59:00Z', '2026-04-27T00:00:00Z', '2026-03-01T00:00:00Z'],
    ],
    ["{ days_of_month: ['29:31'] }", ['2026-01-31T00:00:00Z'], ['2026-02-28T00:00:00Z', '2026-01-28T00:00:00Z']],
    ["{ days_of_month: ['28:-1'] }", ['2026-02-28T00:00:00Z', '2026-01-31T00:00:00Z'], ['2026-01-27T00:00:00Z']],
    ['{ months: [2], years: [2026] }', ['2026-02-01T00:00:00Z'], ['2026-03-01T00:00:00Z', '2027-02-01T00:00:00Z']],
    [
      "{ times: [{ start_time: '09:00', end_time: '10:00' }], location: Europe/Berlin }",
      // An hour before UTC in winter, two in summer.
      ['2026-01-05T08:30:00Z', '2026-07-05T07:30:00Z'],
      ['2026-01-05T09:30:00Z', '2026-07-05T08:30:00Z'],
    ],
    ['{ weekdays: [sunday], location: Pacific/Auckland }', ['2026-01-03T12:00:00Z'], ['2026-01-04T12:00:00Z']],
    [
      "{ times: [{ start_time: '05:30', end_time: '05:45' }], location: Asia/Kathmandu }",
      ['2026-01-04T23:45:00Z', '2026-01-04T23:59:59Z'],
      ['2026-01-05T00:00:00Z'],
    ],
  ])('%s', (interval, inside, outside) => {
    expect(holds(interval, [...inside, ...outside])).toEqual(inside)
  })

  it('hold never where there is none of the name', () => {
    expect(planOf('  {}').intervals.anyAt(['t'], 0)).toBe(false)
  })
})
