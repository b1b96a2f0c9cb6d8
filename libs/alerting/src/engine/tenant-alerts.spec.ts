import { describe, expect, it } from '@jest/globals'
import { TestTenant } from '../../test/support/tenant.ts'

const CHANNELS = `
  channels: [{ name: chat, type: log }, { name: mail, type: log, send_resolved: false }]
  receivers: [{ name: team, channels: [chat] }, { name: both, channels: [chat, mail] }, { name: none }]
`
const SIMPLE = `${CHANNELS}
  route: { receiver: team, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 1h }
`

describe('groups', () => {
  it('are told after group_wait, with what has gathered', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A', { host: 'a' })
    tenant.pass(20)
    tenant.fire('A', { host: 'b' })
    tenant.fire('B')
    tenant.pass(60)
    expect(tenant.sent).toEqual([
      { at: 30, to: 'chat', event: 'firing', firing: 'A,A', resolved: '' },
      { at: 50, to: 'chat', event: 'firing', firing: 'B', resolved: '' },
    ])
  })

  it('are told of changes at group_interval, of nothing when nothing changed, again after repeat_interval', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A', { host: 'a' })
    tenant.pass(100)
    tenant.fire('A', { host: 'b' })
    tenant.pass(2 * 3600)
    expect(tenant.sent.map(({ at, firing }) => [at, firing])).toEqual([
      [30, 'A'],
      [330, 'A,A'],
      // The first look after 330 + 3600 s; at that very second it is not over yet.
      [4230, 'A,A'],
    ])
  })

  it('tell of an end with the next look, once, and are gone then', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A', { host: 'a' })
    tenant.fire('A', { host: 'b' })
    tenant.pass(60)
    tenant.resolve('A', { host: 'a' })
    tenant.pass(300)
    tenant.resolve('A', { host: 'b' })
    tenant.pass(3 * 3600)
    expect(tenant.sent.slice(1)).toEqual([
      { at: 330, to: 'chat', event: 'firing', firing: 'A', resolved: 'A' },
      { at: 630, to: 'chat', event: 'resolved', firing: '', resolved: 'A' },
    ])
    expect([tenant.alerts.groupCount, tenant.alerts.alertCount, tenant.stored.size]).toEqual([0, 0, 0])
  })

  it('say nothing of what fired and ended between two looks', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A')
    tenant.pass(5)
    tenant.resolve('A')
    tenant.pass(3600)
    expect(tenant.sent).toEqual([])
  })

  it('do not tell channels of the end that do not want to know', () => {
    const tenant = new TestTenant(`${CHANNELS}
  route: { receiver: both, group_wait: 0s, group_interval: 1m }`)
    tenant.fire('A')
    tenant.pass(1)
    tenant.resolve('A')
    tenant.pass(60)
    tenant.fire('A', {}, { startsAtMs: tenant.nowMs })
    tenant.pass(1)
    expect(tenant.sent.map(({ at, to, event }) => [at, to, event])).toEqual([
      [0, 'chat', 'firing'],
      [0, 'mail', 'firing'],
      [60, 'chat', 'resolved'],
      [61, 'chat', 'firing'],
      [61, 'mail', 'firing'],
    ])
  })

  it('do not wait again for an alert that has waited elsewhere', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A', {}, { startsAtMs: tenant.nowMs - 31_000 })
    tenant.pass(1)
    expect(tenant.sent.map(({ at }) => at)).toEqual([0])
  })

  it('keep an alert to itself when they are by all labels', () => {
    const tenant = new TestTenant(`${CHANNELS}  route: { receiver: team, group_by: ['...'], group_wait: 0s }`)
    for (const host of ['a', 'b', 'c']) tenant.fire('A', { host })
    tenant.pass(0)
    expect(tenant.sent).toHaveLength(3)
  })

  it('are made by each route that continues', () => {
    const tenant = new TestTenant(`${CHANNELS}
  route:
    receiver: none
    group_wait: 0s
    routes:
      - { matchers: [severity=critical], receiver: team, continue: true }
      - { matchers: [severity=~"critical|warning"], receiver: both }
      - { matchers: [severity=warning], receiver: team }`)
    tenant.fire('A', {}, { severity: 'critical' })
    tenant.pass(0)
    tenant.fire('B')
    tenant.pass(0)
    tenant.fire('C', {}, { severity: 'info' })
    tenant.pass(0)
    expect(tenant.sent.map(({ to, firing }) => [to, firing])).toEqual(
      [
        ['chat', 'A'],
        ['chat', 'A'],
        ['mail', 'A'],
        ['chat', 'A,B'],
        ['mail', 'A,B'],
      ].slice(0, 3),
    )
    tenant.pass(300)
    expect(tenant.sent.slice(3).map(({ to, firing }) => [to, firing])).toEqual([
      ['chat', 'A,B'],
      ['mail', 'A,B'],
    ])
  })

  it('tell nobody where the file says nothing', () => {
    const tenant = new TestTenant('  {}')
    tenant.fire('A')
    tenant.pass(3600)
    expect([tenant.sent.length, tenant.alerts.alertCount, tenant.alerts.groupCount]).toEqual([0, 1, 0])
  })
})

describe('one alert', () => {
  it('is the same whoever repeats it, and however often', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A', { x: '1', y: '2' })
    tenant.fire('A', { y: '2', x: '1' }, { annotations: { summary: 'new words' } })
    tenant.pass(30)
    expect(tenant.sent).toMatchObject([{ firing: 'A' }])
    expect(tenant.alerts.alertCount).toBe(1)
  })

  it('does not fire again by a repetition of an occurrence that has ended', () => {
    const tenant = new TestTenant(SIMPLE)
    const startsAtMs = tenant.nowMs
    tenant.fire('A', {}, { startsAtMs })
    tenant.resolve('A', {}, { startsAtMs })
    tenant.fire('A', {}, { startsAtMs })
    tenant.resolve('A', {}, { startsAtMs })
    tenant.pass(600)
    expect(tenant.sent).toEqual([])
    expect(tenant.notes.filter((note) => note.kind === 'alert').map(({ what }) => what)).toEqual([
      'fired',
      'ended',
      'stale',
      'stale',
    ])
  })

  it('does not end by the end of an older occurrence', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A', {}, { id: 'first' })
    tenant.pass(40)
    tenant.fire('A', {}, { id: 'second' })
    tenant.resolve('A', {}, { id: 'first' })
    tenant.pass(3600)
    expect(tenant.sent.map(({ event }) => event)).toEqual(['firing'])
  })

  it('fires again by a new occurrence, of the same id or another', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A')
    tenant.pass(31)
    tenant.resolve('A')
    tenant.pass(600)
    tenant.fire('A', {}, { startsAtMs: tenant.nowMs })
    tenant.pass(31)
    expect(tenant.sent.map(({ event }) => event)).toEqual(['firing', 'resolved', 'firing'])
  })

  it('ends by its age where the file says so, and lives on when it is heard of', () => {
    const tenant = new TestTenant(`${CHANNELS}  resolve_after: 1h\n  route: { receiver: team, group_wait: 0s }`)
    tenant.fire('A')
    tenant.pass(3000)
    tenant.fire('A')
    tenant.pass(3500)
    expect(tenant.sent).toMatchObject([{ at: 0, event: 'firing' }])
    tenant.pass(400)
    expect(tenant.sent.slice(1)).toMatchObject([{ at: 6600, event: 'resolved' }])
  })

  it('is refused beyond max_alerts; those that have ended make room', () => {
    const tenant = new TestTenant(`${SIMPLE}  max_alerts: 2`)
    tenant.fire('A')
    tenant.fire('B')
    tenant.fire('C')
    expect(tenant.notes).toContainEqual({ kind: 'alert', what: 'refused' })
    tenant.resolve('A')
    tenant.pass(31)
    tenant.fire('D')
    expect(tenant.alerts.alertCount).toBe(2)
    tenant.pass(31)
    expect(tenant.sent.map(({ firing }) => firing)).toEqual(['B', 'D'])
  })

  it('that flaps stays firing until it was calm', () => {
    const tenant = new TestTenant(`${CHANNELS}
  route: { receiver: team, group_wait: 0s, group_interval: 10s }
  flapping: { changes: 4, within: 10m, calm: 5m }`)
    for (let round = 0; round < 5; round += 1) {
      tenant.fire('A')
      tenant.pass(20)
      tenant.resolve('A', {}, { startsAtMs: tenant.nowMs })
      tenant.pass(20)
    }
    // Fired, ended, fired: the fourth change is the one that is held back, and so are those after it.
    expect(tenant.sent.map(({ at, event }) => [at, event])).toEqual([
      [0, 'firing'],
      [30, 'resolved'],
      [40, 'firing'],
    ])
    tenant.pass(300)
    expect(tenant.sent.slice(3)).toMatchObject([{ at: 480, event: 'resolved' }])
  })
})

describe('muting', () => {
  it('inhibits targets while a source fires, and not the source by itself', () => {
    const tenant = new TestTenant(`${SIMPLE}
  inhibit_rules: [{ source_matchers: [severity=critical], target_matchers: [severity=~"warning|critical"], equal: [host] }]`)
    tenant.fire('Down', { host: 'a' }, { severity: 'critical' })
    tenant.fire('Slow', { host: 'a' })
    tenant.fire('Slow', { host: 'b' })
    tenant.pass(31)
    expect(tenant.sent.map(({ firing }) => firing)).toEqual(['Down', 'Slow'])
    tenant.resolve('Down', { host: 'a' }, { severity: 'critical' })
    tenant.pass(300)
    expect(tenant.sent.slice(2)).toMatchObject([{ event: 'resolved', resolved: 'Down' }, { firing: 'Slow,Slow' }])
  })

  it('silences what matches between two times, and tells afterwards', () => {
    const tenant = new TestTenant(SIMPLE)
    const silence = {
      ...{ silenceId: 's', startsAtMs: tenant.nowMs, endsAtMs: tenant.nowMs + 600_000, comment: 'patching' },
      matchers: [{ name: 'host', operator: '=~', value: 'a.*' }],
    }
    tenant.act({ silence })
    tenant.fire('A', { host: 'a1' })
    tenant.fire('B', { host: 'b1' })
    tenant.pass(300)
    expect(tenant.sent.map(({ firing }) => firing)).toEqual(['B'])
    tenant.pass(600)
    expect(tenant.sent.slice(1)).toMatchObject([{ at: 630, firing: 'A' }])
  })

  it('ends a silence when it is asked to', () => {
    const tenant = new TestTenant(SIMPLE)
    const matchers = [{ name: 'alertname', operator: '=', value: 'A' }]
    tenant.act({
      silence: { silenceId: 's', matchers, startsAtMs: tenant.nowMs, endsAtMs: tenant.nowMs + 6e6, comment: '' },
    })
    tenant.fire('A')
    tenant.pass(100)
    tenant.act({ expireSilence: { silenceId: 's' } })
    tenant.pass(300)
    expect(tenant.sent).toMatchObject([{ at: 330, firing: 'A' }])
  })

  it('keeps quiet in maintenance windows of the file and outside of active times', () => {
    const tenant = new TestTenant(`${CHANNELS}
  time_intervals:
    - { name: noon, time_intervals: [{ times: [{ start_time: '12:00', end_time: '12:05' }] }] }
    - { name: later, time_intervals: [{ times: [{ start_time: '12:10', end_time: '24:00' }] }] }
  maintenance: [{ id: patch, matchers: [host=a], during: [noon] }]
  route:
    receiver: none
    group_by: [alertname]
    group_wait: 10s
    group_interval: 1m
    routes:
      - { receiver: team, matchers: [host=a] }
      - { receiver: team, matchers: [host=b], active_time_intervals: [later] }
      - { receiver: team, matchers: [host=c], mute_time_intervals: [noon] }`)
    for (const host of ['a', 'b', 'c']) tenant.fire(`On_${host}`, { host })
    tenant.pass(900)
    expect(tenant.sent.map(({ at, firing }) => [at, firing])).toEqual([
      [310, 'On_a'],
      [310, 'On_c'],
      [610, 'On_b'],
    ])
  })
})

describe('a new version of the file', () => {
  it('routes what fires anew; groups that stay do not tell again', () => {
    const tenant = new TestTenant(SIMPLE)
    tenant.fire('A')
    tenant.fire('B')
    tenant.pass(31)
    tenant.reload(`${CHANNELS}
  route:
    receiver: team
    group_by: [alertname]
    repeat_interval: 1h
    routes: [{ receiver: both, matchers: [alertname=B] }]`)
    tenant.pass(600)
    expect(tenant.sent.slice(2).map(({ at, to, firing }) => [at, to, firing])).toEqual([
      [31, 'chat', 'B'],
      [31, 'mail', 'B'],
    ])
  })
})
