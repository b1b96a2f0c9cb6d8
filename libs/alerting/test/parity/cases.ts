import type { AlertRecord } from '@pegel/contracts'
import { alertRecord } from '../support/tenant.ts'

/** What happens, when. The clocks of both sides begin at 0. */
export type Step = { readonly atS: number } & (
  | { readonly fire: AlertRecord }
  | { readonly resolve: AlertRecord }
  | {
      readonly silence: string
      readonly matcher: readonly [name: string, value: string, regex: boolean]
      readonly forS: number
    }
  | { readonly expire: string }
)

export interface ParityCase {
  /** As its row in docs/alerting.md is called. */
  readonly name: string
  /** Below a route of the case's own: what of the routing tree it is about, in Alertmanager's words. */
  readonly route: Readonly<Record<string, unknown>>
  readonly steps: readonly Step[]
  readonly inhibit?: readonly Readonly<Record<string, unknown>>[]
  readonly intervals?: readonly Readonly<Record<string, unknown>>[]
  /** Channels that do not want to know of the end. */
  readonly withoutResolved?: readonly string[]
  /** Of each group only so many notifications are compared: the rest depends on when one stops to look. */
  readonly compare?: number
}

/** Quick ones: a second is the least that Alertmanager takes for sensible. */
const QUICK = { group_wait: '1s', group_interval: '2s', repeat_interval: '1h' }

function alert(name: string, labels: Readonly<Record<string, string>> = {}): AlertRecord {
  return alertRecord(name, { labels })
}
const fire = (atS: number, name: string, labels?: Readonly<Record<string, string>>): Step => ({
  atS,
  fire: alert(name, labels),
})
const resolve = (atS: number, name: string, labels?: Readonly<Record<string, string>>): Step => ({
  atS,
  resolve: alert(name, labels),
})

/** Minutes of the day in UTC around now; two ranges where they pass midnight. */
function aroundNow(fromMinutes: number, toMinutes: number): readonly Readonly<Record<string, string>>[] {
  const now = new Date()
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes()
  const [from, to] = [minute + fromMinutes, minute + toMinutes].map((each) => ((each % 1440) + 1440) % 1440)
  const text = (value: number): string =>
    `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`
  const [start = 0, end = 0] = [from, to]
  if (start < end) return [{ start_time: text(start), end_time: text(end) }]
  return [
    { start_time: text(start), end_time: '24:00' },
    { start_time: '00:00', end_time: text(Math.max(end, 1)) },
  ]
}

export const CASES: readonly ParityCase[] = [
  {
    name: 'the deepest route that matches takes it, the first of siblings',
    route: {
      ...QUICK,
      group_by: ['alertname'],
      routes: [
        { matchers: ['team="db"'], receiver: 'r1', routes: [{ matchers: ['env=~"prod|test"'], receiver: 'r2' }] },
        { matchers: ['team="db"'], receiver: 'r3' },
        { matchers: ['team!~"d.*"'], receiver: 'r3' },
      ],
    },
    steps: [
      fire(0, 'A', { team: 'db', env: 'prod' }),
      fire(0, 'B', { team: 'db', env: 'production' }),
      fire(0, 'C', { team: 'web' }),
      fire(0, 'D', { team: 'dbx' }),
    ],
  },
  {
    name: 'a route that continues lets its siblings have it, too',
    route: {
      ...QUICK,
      group_by: ['alertname'],
      routes: [
        { matchers: ['a="1"'], receiver: 'r1', continue: true },
        { matchers: ['a="1"', 'b="2"'], receiver: 'r2', continue: true },
        { matchers: ['b="2"'], receiver: 'r3' },
        { matchers: ['a=~"1"'], receiver: 'r4' },
      ],
    },
    steps: [fire(0, 'A', { a: '1', b: '2' }), fire(0, 'B', { a: '1' })],
  },
  {
    name: 'an absent label is an empty one',
    route: {
      ...QUICK,
      group_by: ['alertname'],
      routes: [
        { matchers: ['a=""'], receiver: 'r1' },
        { matchers: ['a!="x"'], receiver: 'r2' },
      ],
    },
    steps: [fire(0, 'A'), fire(0, 'B', { a: 'y' }), fire(0, 'C', { a: 'x' })],
  },
  {
    name: 'groups by labels, those that are absent left out',
    route: { ...QUICK, group_by: ['alertname', 'host'] },
    steps: [
      fire(0, 'A', { host: 'a', cpu: '0' }),
      fire(0, 'A', { host: 'a', cpu: '1' }),
      fire(0, 'A', { host: 'b' }),
      fire(0, 'A'),
    ],
  },
  {
    name: 'all in one group without group_by',
    route: { ...QUICK, group_by: [] },
    steps: [fire(0, 'A'), fire(0, 'B', { host: 'b' })],
  },
  {
    name: 'a route inherits group_by, an empty list being none',
    route: {
      ...QUICK,
      group_by: ['host'],
      routes: [
        { matchers: ['a="1"'], receiver: 'r1' },
        { matchers: ['a="2"'], receiver: 'r2', group_by: [] },
      ],
    },
    steps: [
      fire(0, 'A', { a: '1', host: 'a' }),
      fire(0, 'B', { a: '1', host: 'a' }),
      fire(0, 'C', { a: '2', host: 'a' }),
      fire(0, 'D', { a: '2', host: 'b' }),
    ],
  },
  {
    name: 'each alone by all labels (...)',
    route: { ...QUICK, group_by: ['...'] },
    steps: [fire(0, 'A', { host: 'a' }), fire(0, 'A', { host: 'b' })],
  },
  {
    name: 'what comes within group_wait is told at once, what comes later with the next look',
    route: { ...QUICK, group_by: ['alertname'] },
    steps: [fire(0, 'A', { host: 'a' }), fire(0.5, 'A', { host: 'b' }), fire(1.7, 'A', { host: 'c' })],
  },
  {
    name: 'what ends is told with the next look, and once',
    route: { ...QUICK, group_by: ['alertname'] },
    steps: [
      fire(0, 'A', { host: 'a' }),
      fire(0, 'A', { host: 'b' }),
      resolve(2, 'A', { host: 'a' }),
      resolve(4, 'A', { host: 'b' }),
    ],
  },
  {
    name: 'what fires and ends within group_wait is told to nobody',
    route: { ...QUICK, group_wait: '3s', group_by: ['alertname'] },
    steps: [fire(0, 'A'), resolve(1, 'A')],
  },
  {
    name: 'what fires again is told again',
    route: { ...QUICK, group_by: ['alertname'] },
    steps: [
      fire(0, 'A', { host: 'a' }),
      fire(0, 'A', { host: 'b' }),
      resolve(1.5, 'A', { host: 'a' }),
      fire(3.7, 'A', { host: 'a' }),
    ],
  },
  {
    name: 'repeat_interval tells again what has not changed',
    route: { ...QUICK, group_interval: '1s', repeat_interval: '2s', group_by: ['alertname'] },
    steps: [fire(0, 'A')],
    compare: 3,
  },
  {
    name: 'a receiver that does not want to know of the end (send_resolved: false)',
    route: { ...QUICK, group_by: ['alertname'], receiver: 'quiet' },
    steps: [
      fire(0, 'A', { host: 'a' }),
      fire(0, 'A', { host: 'b' }),
      resolve(1.5, 'A', { host: 'a' }),
      resolve(3.5, 'A', { host: 'b' }),
    ],
    withoutResolved: ['quiet'],
  },
  {
    name: 'inhibition by equal labels, until its source ends',
    route: { ...QUICK, group_by: ['alertname', 'host'] },
    inhibit: [{ source_matchers: ['kind="source"'], target_matchers: ['kind="target"'], equal: ['host'] }],
    steps: [
      fire(0, 'S', { kind: 'source', host: 'a' }),
      fire(0.2, 'T', { kind: 'target', host: 'a' }),
      fire(0.2, 'T', { kind: 'target', host: 'b' }),
      resolve(2, 'S', { kind: 'source', host: 'a' }),
    ],
  },
  {
    name: 'an alert on both sides of an inhibition is not inhibited by another one that is',
    route: { ...QUICK, group_by: ['alertname'] },
    inhibit: [{ source_matchers: ['both="1"'], target_matchers: ['both=~"1|2"'] }],
    steps: [fire(0, 'S', { both: '1' }), fire(0, 'T', { both: '1' }), fire(0.2, 'U', { both: '2' })],
  },
  {
    name: 'a silence mutes what matches, and what still fires is told when it is over',
    route: { ...QUICK, group_by: ['alertname'] },
    steps: [
      { atS: 0, silence: 's1', matcher: ['host', 'a.*', true], forS: 4 },
      fire(0.5, 'A', { host: 'a1' }),
      fire(0.5, 'B', { host: 'b1' }),
    ],
  },
  {
    name: 'a silence that is ended early',
    route: { ...QUICK, group_by: ['alertname'] },
    steps: [
      { atS: 0, silence: 's2', matcher: ['alertname', 'A', false], forS: 600 },
      fire(0.5, 'A'),
      { atS: 2.2, expire: 's2' },
    ],
  },
  {
    name: 'what ends while it is silenced is not told of',
    route: { ...QUICK, group_by: ['alertname'] },
    steps: [
      fire(0, 'A', { host: 'a' }),
      fire(0, 'A', { host: 'b' }),
      { atS: 1.7, silence: 's3', matcher: ['host', 'a', false], forS: 600 },
      resolve(2.2, 'A', { host: 'a' }),
      resolve(4.2, 'A', { host: 'b' }),
    ],
  },
  {
    name: 'mute_time_intervals that hold, and that do not',
    route: {
      ...QUICK,
      group_by: ['alertname'],
      routes: [
        { matchers: ['when="now"'], receiver: 'r1', mute_time_intervals: ['now'] },
        { matchers: ['when="later"'], receiver: 'r2', mute_time_intervals: ['later'] },
      ],
    },
    intervals: [
      { name: 'now', time_intervals: [{ times: aroundNow(-5, 30) }] },
      { name: 'later', time_intervals: [{ times: aroundNow(60, 120) }] },
    ],
    steps: [fire(0, 'A', { when: 'now' }), fire(0, 'B', { when: 'later' })],
  },
  {
    name: 'active_time_intervals that hold, and that do not, in a time zone',
    route: {
      ...QUICK,
      group_by: ['alertname'],
      routes: [
        { matchers: ['when="now"'], receiver: 'r1', active_time_intervals: ['active_now'] },
        { matchers: ['when="never"'], receiver: 'r2', active_time_intervals: ['active_never'] },
      ],
    },
    intervals: [
      { name: 'active_now', time_intervals: [{ weekdays: ['sunday:saturday'], location: 'Pacific/Auckland' }] },
      {
        name: 'active_never',
        time_intervals: [{ years: ['1999'], days_of_month: ['-3:-1'], location: 'America/New_York' }],
      },
    ],
    steps: [fire(0, 'A', { when: 'now' }), fire(0, 'B', { when: 'never' })],
  },
]
