import { describe, expect, it } from '@jest/globals'
import { START_MS, TestTenant } from '../../test/support/tenant.ts'

const POLICY = `
  channels: [{ name: chat, type: log }, { name: mail, type: log }, { name: pager, type: log }]
  people:
    - { name: alice, channels: [{ channel: mail, to: alice }] }
    - { name: bob, channels: [{ channel: mail, to: bob }, pager] }
  schedules:
    - name: primary
      layers: [{ people: [alice, bob], start: '2026-01-05', shift: daily }]
  receivers: [{ name: team, channels: [chat], escalation: loud }]
`
const TREE = `
  route: { receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1d }
`
const LOUD = `${POLICY}${TREE}
  escalations:
    - name: loud
      steps:
        - notify: [{ schedule: primary }]
        - { wait: 5m, notify: [{ person: bob }, { channel: chat, to: '#all' }] }
      repeat: 1
      repeat_wait: 10m
      acknowledged_for: 1h
`

function lines({ sent }: TestTenant): readonly string[] {
  return sent.map(({ at, to, event, step }) => [at, to, event, ...(step === undefined ? [] : [step])].join(' '))
}

function groupId(tenant: TestTenant): string {
  return [...tenant.stored.keys()].find((key) => key.startsWith('group/'))?.slice(6) ?? ''
}

describe('an escalation', () => {
  it('takes every step of every round while nobody acknowledges', () => {
    const tenant = new TestTenant(LOUD)
    tenant.fire('A')
    tenant.pass(4 * 3600)
    expect(lines(tenant)).toEqual([
      '10 chat firing',
      '10 mail:alice firing 1.1 alice',
      '310 mail:bob firing 1.2 bob',
      '310 pager firing 1.2 bob',
      '310 chat:#all firing 1.2',
      '910 mail:alice firing 2.1 alice',
      '1210 mail:bob firing 2.2 bob',
      '1210 pager firing 2.2 bob',
      '1210 chat:#all firing 2.2',
    ])
  })

  it('stops when somebody acknowledges, and tells everybody who was told', () => {
    const tenant = new TestTenant(LOUD)
    tenant.fire('A')
    tenant.pass(100)
    tenant.act({ acknowledge: { target: groupId(tenant), note: '', occurrenceMs: null } })
    tenant.act({ by: 'carol', acknowledge: { target: groupId(tenant), note: '', occurrenceMs: null } })
    tenant.pass(1800)
    expect(lines(tenant).slice(2)).toEqual(['100 chat acknowledged', '100 mail:alice acknowledged'])
    expect(tenant.alerts.group(groupId(tenant))?.acknowledged?.by).toBe('alice')
  })

  it('begins again when an acknowledgement lapses', () => {
    const tenant = new TestTenant(LOUD)
    tenant.fire('A')
    tenant.pass(100)
    tenant.act({ acknowledge: { target: groupId(tenant), note: '', occurrenceMs: null } })
    tenant.pass(3700)
    expect(lines(tenant).slice(4)).toEqual(['3700 mail:alice firing 1.1 alice'])
  })

  it('ends with its alerts: those who were told are told of the end', () => {
    const tenant = new TestTenant(LOUD)
    tenant.fire('A')
    tenant.pass(320)
    tenant.resolve('A')
    tenant.pass(3600)
    expect(lines(tenant).slice(5)).toEqual([
      '370 chat resolved',
      '370 mail:alice resolved',
      '370 mail:bob resolved',
      '370 pager resolved',
      '370 chat:#all resolved',
    ])
    expect(tenant.alerts.groupCount).toBe(0)
  })

  it('ends at once when a person resolves, and stays so while the source goes on', () => {
    const tenant = new TestTenant(LOUD)
    const startsAtMs = tenant.nowMs
    tenant.fire('A', {}, { startsAtMs })
    tenant.pass(70)
    tenant.act({ resolve: { target: groupId(tenant), note: '', occurrenceMs: null } })
    tenant.pass(0)
    expect(lines(tenant).slice(2)).toEqual(['70 chat resolved', '70 mail:alice resolved'])
    tenant.fire('A', {}, { startsAtMs })
    tenant.pass(12 * 3600)
    tenant.fire('A', {}, { startsAtMs })
    tenant.pass(3600)
    expect(tenant.sent).toHaveLength(4)
    tenant.fire('A', {}, { startsAtMs: tenant.nowMs })
    tenant.pass(10)
    expect(tenant.sent).toHaveLength(7)
  })

  it('is not touched by a request about an older occurrence, or about nothing', () => {
    const tenant = new TestTenant(LOUD)
    tenant.fire('A')
    tenant.pass(20)
    tenant.act({ acknowledge: { target: groupId(tenant), note: '', occurrenceMs: START_MS } })
    tenant.act({ acknowledge: { target: 'nothing', note: '', occurrenceMs: null } })
    expect(tenant.sent).toHaveLength(2)
    expect(tenant.notes.filter(({ kind }) => kind === 'action_ignored')).toMatchObject([
      { reason: 'other_occurrence' },
      { reason: 'unknown_target' },
    ])
    tenant.act({ acknowledge: { target: groupId(tenant), note: '', occurrenceMs: START_MS + 10_000 } })
    expect(tenant.sent).toHaveLength(4)
  })

  it('is acknowledged by the fingerprint of an alert as well', () => {
    const tenant = new TestTenant(LOUD)
    tenant.fire('A')
    tenant.pass(20)
    const alert = [...tenant.stored.keys()].find((key) => key.startsWith('alert/'))?.slice(6) ?? ''
    tenant.act({ acknowledge: { target: alert, note: '', occurrenceMs: null } })
    expect(lines(tenant).slice(2)).toEqual(['20 chat acknowledged', '20 mail:alice acknowledged'])
  })

  it('pauses while all is silenced, and begins anew afterwards', () => {
    const tenant = new TestTenant(LOUD)
    tenant.fire('A')
    tenant.pass(20)
    const matchers = [{ name: 'alertname', operator: '=', value: 'A' }]
    tenant.act({
      silence: { silenceId: 's', matchers, startsAtMs: tenant.nowMs, endsAtMs: tenant.nowMs + 1_800_000, comment: '' },
    })
    tenant.pass(3600)
    expect(lines(tenant).slice(2, 4)).toEqual(['1870 mail:alice firing 1.1 alice', '2170 mail:bob firing 1.2 bob'])
  })

  it('asks who is on call when a step is due: overrides first', () => {
    const tenant = new TestTenant(LOUD)
    tenant.act({
      override: {
        ...{ overrideId: 'o', schedule: 'primary', person: 'bob' },
        ...{ fromMs: tenant.nowMs, untilMs: tenant.nowMs + 600_000 },
      },
    })
    tenant.fire('A')
    tenant.pass(1000)
    expect(lines(tenant).filter((line) => line.includes('.1'))).toEqual([
      '10 mail:bob firing 1.1 bob',
      '10 pager firing 1.1 bob',
      '910 mail:alice firing 2.1 alice',
    ])
    tenant.act({ expireOverride: { overrideId: 'o' } })
  })

  it('says so when nobody is on call, and goes on', () => {
    const tenant = new TestTenant(LOUD.replace("start: '2026-01-05'", "start: '2027-01-05'"))
    tenant.fire('A')
    tenant.pass(400)
    expect(tenant.notes).toContainEqual(expect.objectContaining({ kind: 'nobody_on_call', schedule: 'primary' }))
    expect(lines(tenant)[1]).toBe('310 mail:bob firing 1.2 bob')
  })
})

describe('time', () => {
  it('resumes after an outage at the step that is due now: those before are passed over, not fired in a burst', () => {
    const tenant = new TestTenant(LOUD)
    tenant.fire('A')
    tenant.pass(20)
    tenant.sleep(1000)
    tenant.restart()
    expect(lines(tenant).slice(2)).toEqual(['1020 mail:alice firing 2.1 alice'])
    expect(tenant.notes.filter(({ kind }) => kind === 'step_skipped')).toMatchObject([{ step: 2, round: 1 }])
    tenant.pass(190)
    expect(lines(tenant).slice(3)).toContain('1210 pager firing 2.2 bob')
  })

  it('neither fires nor skips a step when the wall clock is set', () => {
    for (const stepSeconds of [3600, -3600]) {
      const tenant = new TestTenant(LOUD)
      tenant.fire('A')
      tenant.pass(100)
      tenant.nowMs += stepSeconds * 1000
      tenant.alerts.shift(stepSeconds * 1000)
      tenant.settle()
      tenant.restart()
      tenant.pass(200)
      expect(tenant.sent).toHaveLength(2)
      tenant.pass(20)
      expect(tenant.sent.slice(2).map(({ at, step }) => [at - stepSeconds, step])).toEqual([
        [310, '1.2 bob'],
        [310, '1.2 bob'],
        [310, '1.2'],
      ])
      expect(tenant.notes.some(({ kind }) => kind === 'step_skipped')).toBe(false)
    }
  })
})

describe('sends', () => {
  it('of one target come one after the other; what waits is replaced by what says more', () => {
    const tenant = new TestTenant(LOUD)
    tenant.holds = true
    tenant.fire('A', { host: 'a' })
    tenant.pass(20)
    tenant.fire('A', { host: 'b' })
    tenant.pass(60)
    tenant.fire('A', { host: 'c' })
    tenant.pass(60)
    expect(lines(tenant)).toEqual(['10 chat firing', '10 mail:alice firing 1.1 alice'])
    const [first] = tenant.alerts.group(groupId(tenant))?.pending ?? []
    tenant.alerts.complete(groupId(tenant), first?.number ?? 0, { status: 'sent', ref: 'thread' }, tenant.nowMs)
    tenant.settle()
    expect(tenant.sent.slice(2)).toMatchObject([{ to: 'chat', firing: 'A,A,A' }])
  })

  it('that are not known to be done are started again after a crash, and only those', () => {
    const tenant = new TestTenant(LOUD)
    tenant.holds = true
    tenant.fire('A')
    tenant.pass(20)
    const id = groupId(tenant)
    const [first] = tenant.alerts.group(id)?.pending ?? []
    tenant.alerts.complete(id, first?.number ?? 0, { status: 'sent' }, tenant.nowMs)
    tenant.settle()
    tenant.restart()
    expect(lines(tenant)).toEqual([
      '10 chat firing',
      '10 mail:alice firing 1.1 alice',
      '20 mail:alice firing 1.1 alice',
    ])
  })

  it('that fail are decided anew with the next look', () => {
    const tenant = new TestTenant(LOUD)
    tenant.holds = true
    tenant.fire('A')
    tenant.pass(20)
    const id = groupId(tenant)
    const [first] = tenant.alerts.group(id)?.pending ?? []
    tenant.alerts.complete(id, first?.number ?? 0, { status: 'failed' }, tenant.nowMs)
    tenant.pass(60)
    expect(lines(tenant).slice(2)).toEqual(['70 chat firing'])
  })
})

describe('the watchdog', () => {
  const watchdog = { silentAfterMs: 180_000 }

  it('says that Pegel is silent, once, and takes it back when it is heard again', () => {
    const tenant = new TestTenant('  {}', watchdog)
    const heartbeat = { name: 'Watchdog' }
    tenant.pass(100)
    tenant.act({ heartbeat })
    tenant.pass(179)
    expect(tenant.emits).toEqual([])
    tenant.pass(1)
    expect(tenant.emits).toMatchObject([{ name: 'PegelSilent', status: 'firing', severity: 'critical' }])
    tenant.take(tenant.emits[0] ?? never())
    tenant.pass(3600)
    expect(tenant.emits).toHaveLength(1)
    tenant.act({ heartbeat })
    expect(tenant.emits[1]).toMatchObject({ status: 'resolved', id: tenant.emits[0]?.id })
    tenant.take(tenant.emits[1] ?? never())
    tenant.pass(200)
    expect(tenant.emits[2]).toMatchObject({ status: 'firing' })
  })

  it('says the same again after a crash that may have lost it', () => {
    const tenant = new TestTenant('  {}', watchdog)
    tenant.pass(200)
    tenant.restart()
    tenant.pass(0)
    expect(tenant.emits.map(({ id }) => id)).toEqual([tenant.emits[0]?.id, tenant.emits[0]?.id])
  })
})

function never(): never {
  throw new Error('nothing there')
}
