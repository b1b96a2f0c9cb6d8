import { describe, expect, it } from '@jest/globals'
import { formatProblem } from '../problem.ts'
import { parseTenantYaml } from '../tenant-yaml.ts'
import type { AlertingConfig } from './alerting-config.ts'

function read(section: string): AlertingConfig {
  const parsed = parseTenantYaml(`tenant: acme\nalerting:\n${section}`, 'acme.yaml')
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.config.alerting
}

function problemsOf(section: string): readonly string[] {
  const parsed = parseTenantYaml(`tenant: acme\nalerting:\n${section}`, 'acme.yaml')
  return parsed.ok ? [] : parsed.problems.map((problem) => `${problem.path}: ${problem.message}`)
}

const BASE = `
  channels: [{ name: ops, type: log }]
  receivers: [{ name: team, channels: [ops] }]
`

describe('the section alerting', () => {
  it('tells nobody of anything when it is empty', () => {
    expect(read('  {}')).toMatchObject({ maxAlerts: 5000, route: undefined, channels: [], flapping: undefined })
  })

  it('gives routes what they do not say: from the parent, and at the root from Alertmanager', () => {
    const { route } = read(`${BASE}
  route:
    receiver: team
    group_by: [alertname]
    repeat_interval: 1h
    routes:
      - matchers: ['severity="critical"', 'job=~"api|web"']
        group_wait: 0s
        continue: true
        routes: [{ matchers: ['a!=b'], group_by: ['...'] }]
`)
    const inherited = { receiver: 'team', groupIntervalMs: 300_000, repeatIntervalMs: 3_600_000 }
    expect(route).toMatchObject({ ...inherited, groupWaitMs: 30_000, groupBy: ['alertname'], matchers: [] })
    expect(route?.routes[0]).toMatchObject({
      ...inherited,
      groupWaitMs: 0,
      continue: true,
      groupBy: ['alertname'],
      matchers: [
        { name: 'severity', operator: '=', value: 'critical' },
        { name: 'job', operator: '=~', value: 'api|web' },
      ],
    })
    expect(route?.routes[0]?.routes[0]).toMatchObject({
      ...inherited,
      groupWaitMs: 0,
      continue: false,
      groupBy: ['...'],
    })
  })

  it('reads policies, people and schedules', () => {
    const config = read(`
  channels: [{ name: mail, type: log, send_resolved: false, fallback: chat }, { name: chat, type: log }]
  people: [{ name: alice, channels: [{ channel: mail, to: alice@example.com }, chat] }]
  schedules:
    - name: primary
      time_zone: Europe/Berlin
      layers: [{ people: [alice], start: 2026-01-05T09:00, shift: daily, during: [day] }]
  time_intervals: [{ name: day, time_intervals: [{ times: [{ start_time: '08:00', end_time: '24:00' }] }] }]
  escalations:
    - name: loud
      repeat: 2
      acknowledged_for: 4h
      steps:
        - notify: [{ schedule: primary }]
        - { wait: 5m, notify: [{ person: alice }, { channel: chat, to: '#all' }] }
  receivers: [{ name: team, escalation: loud }]
  flapping: {}
  maintenance: [{ id: patch, matchers: [host=db], during: [day] }]
`)
    expect(config.channels[0]).toMatchObject({
      name: 'mail',
      type: 'log',
      sendResolved: false,
      maxAlerts: 0,
      fallback: 'chat',
    })
    expect(config.people[0]?.channels).toEqual([
      { channel: 'mail', to: 'alice@example.com' },
      { channel: 'chat', to: undefined },
    ])
    expect(config.schedules[0]?.layers[0]).toEqual({
      people: ['alice'],
      startLocalMs: Date.UTC(2026, 0, 5, 9),
      shiftMs: 86_400_000,
      during: ['day'],
    })
    expect(config.timeIntervals[0]?.intervals[0]).toMatchObject({ times: [{ from: 480, to: 1440 }], location: 'UTC' })
    expect(config.escalations[0]).toMatchObject({ repeat: 2, repeatWaitMs: 900_000, acknowledgedForMs: 14_400_000 })
    expect(config.escalations[0]?.steps[1]).toEqual({
      waitMs: 300_000,
      notify: [
        { kind: 'person', person: 'alice' },
        { kind: 'channel', target: { channel: 'chat', to: '#all' } },
      ],
    })
    expect(config.flapping).toEqual({ changes: 6, withinMs: 900_000, calmMs: 600_000 })
    expect(config.maintenance[0]).toMatchObject({ id: 'patch', fromMs: undefined, during: ['day'] })
  })

  it('reads time intervals as Alertmanager does', () => {
    const [first] = read(`
  time_intervals:
    - name: odd
      time_intervals:
        - weekdays: ['monday:friday', sunday]
          days_of_month: ['1:5', '-3:-1', 15]
          months: ['january:march', 5, December]
          years: [2026, '2030:2032']
          location: America/New_York
`).timeIntervals
    expect(first?.intervals[0]).toEqual({
      times: [],
      weekdays: [
        { from: 1, to: 5 },
        { from: 0, to: 0 },
      ],
      daysOfMonth: [
        { from: 1, to: 5 },
        { from: -3, to: -1 },
        { from: 15, to: 15 },
      ],
      months: [
        { from: 1, to: 3 },
        { from: 5, to: 5 },
        { from: 12, to: 12 },
      ],
      years: [
        { from: 2026, to: 2026 },
        { from: 2030, to: 2032 },
      ],
      location: 'America/New_York',
    })
  })

  it.each([
    [
      `${BASE}  route: { receiver: nobody }`,
      'alerting.route.receiver: No nobody in alerting.receivers; there are team.',
    ],
    [
      `${BASE}  route: { receiver: team, matchers: [a=b] }`,
      /^alerting.route.matchers: Unknown key; known are receiver/,
    ],
    [`${BASE}  route: { receiver: team, group_wiat: 1s }`, /did you mean group_wait/],
    [`${BASE}  route: { receiver: team, routes: [{ matchers: [severity] }] }`, /Write a matcher such as/],
    [`${BASE}  route: { receiver: team, routes: [{ matchers: ['a=~"("'] }] }`, /Not a valid RE2 regex/],
    [`${BASE}  route: { receiver: team, routes: [{ matchers: ['a="b'] }] }`, /not closed/],
    [
      `${BASE}  route: { receiver: team, routes: [{ mute_time_intervals: [x] }] }`,
      /No x in alerting.time_intervals; there are none/,
    ],
    [`${BASE}  route: { receiver: team, group_interval: 0s }`, /Write a duration/],
    ['  channels: [{ name: a, type: carrier_pigeon }]', /^alerting.channels\[0\].type/],
    ['  channels: [{ name: a, type: log, fallback: a }]', /circle: a → a/],
    ['  channels: [{ name: a, type: log, fallback: b }, { name: b, type: log, fallback: a }]', /circle: a → b → a/],
    ['  channels: [{ name: a, type: log }, { name: a, type: log }]', /alerting.channels\[1\].name: This name stands/],
    ['  receivers: [{ name: a, channels: [b], escalation: c }]', /No b in alerting.channels; there are none/],
    ['  people: [{ name: a, channels: [b] }]', /No b in alerting.channels/],
    ['  escalations: [{ name: e, steps: [{ notify: [{ person: p }] }] }]', /No p in alerting.people/],
    ['  escalations: [{ name: e, steps: [{ notify: [{ schedule: p }] }] }]', /No p in alerting.schedules/],
    ['  escalations: [{ name: e, steps: [{ notify: [{ channel: p }] }] }]', /No p in alerting.channels/],
    ['  escalations: [{ name: e, steps: [{ notify: [{ person: p, channel: c }] }] }]', /Name one of channel/],
    ['  escalations: [{ name: e, steps: [] }]', /alerting.escalations\[0\].steps/],
    [
      '  schedules: [{ name: s, time_zone: Mars/Base, layers: [{ people: [a], start: 2026-01-01 }] }]',
      /IANA time zone/,
    ],
    ['  schedules: [{ name: s, layers: [{ people: [a], start: 2026-01-01T09:00Z }] }]', /local time without a zone/],
    ['  schedules: [{ name: s, layers: [{ people: [a], start: 2026-01-01, during: [d] }] }]', /No d in alerting.time_/],
    ['  maintenance: [{ id: m, matchers: [a=b] }]', /Write from and to, or during/],
    ['  maintenance: [{ id: m, matchers: [a=b], from: 2026-01-01T00:00:00Z }]', /Write both from and to/],
    ['  maintenance: [{ id: m, matchers: [a=b], from: 2026-01-02, to: 2026-01-01 }]', /end after it began/],
    ['  time_intervals: [{ name: t, time_intervals: [{ weekdays: ["friday:monday"] }] }]', /Write a day/],
    ['  time_intervals: [{ name: t, time_intervals: [{ months: [13] }] }]', /Write a month/],
    ['  time_intervals: [{ name: t, time_intervals: [{ days_of_month: [0] }] }]', /days of the month/],
    ['  time_intervals: [{ name: t, time_intervals: [{ days_of_month: ["-1:3"] }] }]', /first day must not come after/],
    [
      '  time_intervals: [{ name: t, time_intervals: [{ times: [{ start_time: "22:00", end_time: "06:00" }] }] }]',
      /two entries/,
    ],
    [
      '  time_intervals: [{ name: t, time_intervals: [{ times: [{ start_time: "22:70", end_time: "24:00" }] }] }]',
      /time of day/,
    ],
  ])('refuses %s', (section, expected) => {
    const problems = problemsOf(section)
    if (typeof expected === 'string') expect(problems).toEqual([expected])
    else expect(problems).toContainEqual(expect.stringMatching(expected))
  })
})
