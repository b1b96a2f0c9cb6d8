import { describe, expect, it } from '@jest/globals'
import type { StoredOverride } from '@pegel/contracts'
import { planOf } from '../../test/support/tenant.ts'
import { onCallAt } from './on-call.ts'

function whoIs(schedule: string, overrides: readonly StoredOverride[] = []): (time: string) => string | undefined {
  const plan = planOf(`
  channels: [{ name: chat, type: log }]
  people: [${['alice', 'bob', 'carol', 'dave'].map((name) => `{ name: ${name}, channels: [chat] }`).join()}]
  time_intervals:
    - { name: europe, time_intervals: [{ times: [{ start_time: '08:00', end_time: '16:00' }], location: UTC }] }
    - { name: america, time_intervals: [{ times: [{ start_time: '16:00', end_time: '24:00' }], location: UTC }] }
    - { name: asia, time_intervals: [{ times: [{ start_time: '00:00', end_time: '08:00' }], location: UTC }] }
  schedules: [{ name: s, ${schedule} }]`)
  const config = plan.schedules.get('s')
  if (config === undefined) throw new Error('no schedule')
  return (time) => onCallAt(config, Date.parse(time), { overrides, intervals: plan.intervals })
}

describe('who is on call', () => {
  it('changes every week at the same hour of the wall clock, in summer and in winter', () => {
    const who = whoIs(
      'time_zone: Europe/Berlin, layers: [{ people: [alice, bob, carol], start: 2026-03-23T09:00, shift: weekly }]',
    )
    expect(who('2026-03-23T07:59:59Z')).toBeUndefined()
    expect(who('2026-03-23T08:00:00Z')).toBe('alice')
    // The clocks are put forward on 29 March: nine in the morning is at seven then.
    expect(who('2026-03-30T06:59:59Z')).toBe('alice')
    expect(who('2026-03-30T07:00:00Z')).toBe('bob')
    expect(who('2026-04-06T07:00:00Z')).toBe('carol')
    expect(who('2026-04-13T07:00:00Z')).toBe('alice')
  })

  it('changes every day, or after any time', () => {
    expect(whoIs('layers: [{ people: [alice, bob], start: 2026-01-01, shift: daily }]')('2026-01-04T23:00:00Z')).toBe(
      'bob',
    )
    expect(whoIs('layers: [{ people: [alice, bob], start: 2026-01-01, shift: 12h }]')('2026-01-04T23:00:00Z')).toBe(
      'bob',
    )
  })

  it('follows the sun by layers that hold at their hours', () => {
    const layer = (person: string, hours: string): string =>
      `{ people: [${person}], start: 2026-01-01, during: [${hours}] }`
    const who = whoIs(`layers: [${layer('alice', 'europe')}, ${layer('bob', 'america')}, ${layer('carol', 'asia')}]`)
    expect(['2026-01-05T10:00:00Z', '2026-01-05T20:00:00Z', '2026-01-05T03:00:00Z'].map(who)).toEqual([
      'alice',
      'bob',
      'carol',
    ])
  })

  it('is the last layer that has somebody, and the newest override before all', () => {
    const layers =
      'layers: [{ people: [alice], start: 2026-01-01 }, { people: [bob], start: 2026-01-01, during: [asia] }]'
    const override = (person: string, from: string, until: string, schedule = 's'): StoredOverride => ({
      ...{ id: person, schedule, person, by: 'x', fromMs: Date.parse(from), untilMs: Date.parse(until) },
    })
    const who = whoIs(layers, [
      override('carol', '2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z'),
      override('dave', '2026-01-05T02:00:00Z', '2026-01-05T03:00:00Z'),
      override('bob', '2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z', 'another'),
    ])
    expect(['2026-01-04T03:00:00Z', '2026-01-04T12:00:00Z'].map(who)).toEqual(['bob', 'alice'])
    expect(['2026-01-05T01:00:00Z', '2026-01-05T02:00:00Z', '2026-01-05T03:00:00Z'].map(who)).toEqual([
      'carol',
      'dave',
      'carol',
    ])
    expect(who('2026-01-06T00:00:00Z')).toBe('bob')
  })
})
