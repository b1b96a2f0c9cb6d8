import { beforeEach, describe, expect, it } from '@jest/globals'
import { compilePlan, TenantAlerts } from '@pegel/alerting'
import type { StoredState } from '@pegel/alerting'
import { decodeRecord, encodeRecord, recordNameOf } from '@pegel/contracts'
import type { AlertActionRecord, AlertRecord } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import { AUDIT_TOPIC } from '@pegel/pipeline'
import { parseTenantYaml } from '@pegel/tenancy'
import { createContext } from '../src/context.ts'
import { Cli, directoryOf } from './support.ts'

const FILE = `tenant: acme
alerting:
  channels: [{ name: chat, type: log }]
  people: [{ name: alice, channels: [{ channel: chat, to: alice }] }, { name: bob, channels: [chat] }]
  receivers: [{ name: team, channels: [chat] }, { name: loud, escalation: loud }]
  schedules: [{ name: primary, time_zone: UTC, layers: [{ people: [alice], start: '2026-01-05T09:00', shift: weekly }] }]
  escalations: [{ name: loud, steps: [{ notify: [{ schedule: primary }] }] }]
  route:
    receiver: team
    group_by: [alertname]
    group_wait: 0s
    routes: [{ matchers: [severity=critical], receiver: loud }]
`
const ID = /[0-9a-f]{16}/

let cli: Cli

beforeEach(async () => {
  cli = new Cli({ PEGEL_ACTOR: 'ada' })
  await cli.run('topics', 'create')
  await cli.run('tenants', 'apply', directoryOf({ 'acme.yaml': FILE }))
})

function withKafka<T>(use: (kafka: KafkaPort) => Promise<T>): Promise<T> {
  return createContext(cli.env, { print: () => undefined, note: () => undefined }).withKafka(use)
}

/** All that is in `alerts`. */
async function written(kafka: KafkaPort): Promise<readonly (AlertRecord | AlertActionRecord)[]> {
  const found: (AlertRecord | AlertActionRecord)[] = []
  const reader = await kafka.readAll('pegel.alerts.v1', ({ value }) => {
    const name = value === null ? undefined : recordNameOf(['Alert', 'AlertAction'], value)
    if (value !== null && name !== undefined) found.push(decodeRecord(name, value))
  })
  await reader.caughtUp
  await reader.close()
  return found
}

/** What a router would have stored of all that was written. */
async function route(): Promise<void> {
  await withKafka(async (kafka) => {
    const parsed = parseTenantYaml(FILE, 'acme.yaml')
    if (!parsed.ok) throw new Error('not valid')
    const nowMs = Date.now()
    const states: readonly StoredState[] = []
    const alerts = new TenantAlerts({ plan: compilePlan('acme', parsed.config.alerting), states, nowMs })
    for (const record of await written(kafka)) {
      if ('name' in record) alerts.alert(record, nowMs, nowMs)
      else alerts.action(record, nowMs, nowMs)
      alerts.tick(nowMs)
    }
    const records = [...alerts.takeEffects().changed].flatMap((key) => {
      const state = alerts.stateOf(key)
      if (state === undefined) return []
      const value = encodeRecord('AlertState', { tenant: 'acme', offset: 0, ...state })
      return { topic: 'pegel.alert-state.v1', key: `acme/${key}`, value }
    })
    await kafka.producer().send(records)
  })
}

async function trigger(name: string, ...more: string[]): Promise<string> {
  const { out } = await cli.run('alerts', 'trigger', name, '--tenant', 'acme', ...more)
  return ID.exec(out)?.[0] ?? ''
}

async function groupId(): Promise<string> {
  const { out } = await cli.run('alerts', 'list', '--json')
  const lines = out.trim().split('\n')
  const group = lines
    .map((line) => JSON.parse(line) as { record: string; id: string })
    .find(({ record }) => record === 'group')
  return group?.id ?? ''
}

async function audited(): Promise<readonly string[]> {
  const found: string[] = []
  await withKafka(async (kafka) => {
    const reader = await kafka.readAll(AUDIT_TOPIC, ({ value }) => {
      if (value === null) return
      const { actor, action, outcome, target } = decodeRecord('AuditEvent', value)
      found.push(`${actor} ${action} ${target} ${outcome}`)
    })
    await reader.caughtUp
    await reader.close()
  })
  return found.filter((line) => line.endsWith(' succeeded'))
}

describe('pegel alerts', () => {
  it('triggers, lists and shows', async () => {
    const id = await trigger('Disk', '--severity', 'critical', '--label', 'host=a', '--annotation', 'summary=full')
    expect(await withKafka(written)).toMatchObject([
      { name: 'Disk', severity: 'critical', labels: { host: 'a' }, annotations: { summary: 'full' }, status: 'firing' },
    ])
    await route()
    const list = await cli.run('alerts', 'list', '--tenant', 'acme')
    expect(list.out).toMatch(/^acme +[0-9a-f]{16} .* Disk +loud, /m)
    const group = await groupId()
    const shown = await cli.run('alerts', 'show', group)
    for (const text of ['loud', '{}/{severity="critical"}:{alertname="Disk"}', 'chat', 'host="a"'])
      expect(shown.out).toContain(text)
    const alert = await cli.run('alerts', 'show', id)
    for (const text of [group, 'summary', 'full', 'firing']) expect(alert.out).toContain(text)
  })

  it('acknowledges and resolves, and the audit topic knows who did', async () => {
    const id = await trigger('Disk')
    await route()
    const group = await groupId()
    expect(await cli.run('alerts', 'ack', group, '--note', 'on it')).toMatchObject({ code: 0 })
    await route()
    expect((await cli.run('alerts', 'list')).out).toContain('acknowledged by ada')
    expect(await cli.run('alerts', 'resolve', id, '--tenant', 'acme', '--by', 'bob')).toMatchObject({ code: 0 })
    await route()
    expect((await cli.run('alerts', 'show', id)).out).toContain('resolved by bob')
    expect(await audited()).toEqual(
      expect.arrayContaining([`ada alerts.acknowledge ${group} succeeded`, `ada alerts.resolve ${id} succeeded`]),
    )
  })

  it('silences, lists silences and ends them', async () => {
    const silence = ['alerts', 'silence', 'host=~"db-.*"', '--tenant', 'acme', '--for', '1h', '--comment', 'patching']
    const { out } = await cli.run(...silence)
    const id = /silence (\S+) until/.exec(out)?.[1] ?? ''
    await route()
    const list = await cli.run('alerts', 'list', '--silences')
    for (const text of [id, 'host=~"db-.*"', 'patching']) expect(list.out).toContain(text)
    await cli.run('alerts', 'silence', '--tenant', 'acme', '--expire', id)
    await route()
    expect((await cli.run('alerts', 'list', '--silences')).out).not.toContain(id)
    expect(await audited()).toEqual(
      expect.arrayContaining([`ada alerts.silence ${id} succeeded`, `ada alerts.silence.expire ${id} succeeded`]),
    )
  })

  it('tells where an alert would go, by what is published or by a file', async () => {
    const critical = await cli.run('alerts', 'test-route', 'alertname=A', '--severity', 'critical', '--tenant', 'acme')
    expect(critical.out).toMatch(/^loud +– +loud +[0-9a-f]{16} +\{\}\/\{severity="critical"\}:\{alertname="A"\}/m)
    const file = `${directoryOf({ 'acme.yaml': FILE })}/acme.yaml`
    expect((await cli.run('alerts', 'test-route', 'alertname=A', '--file', file)).out).toMatch(/^team +chat +– /m)
    const none = `${directoryOf({ 'b.yaml': 'tenant: b' })}/b.yaml`
    expect((await cli.run('alerts', 'test-route', 'alertname=A', '--file', none)).out).toContain('No route')
  })

  it.each([
    ['an id that nothing has', ['ack', 'feedfacefeedface'], 'knows no group and no alert'],
    ['the same, to look at', ['show', 'feedfacefeedface'], 'knows no group and no alert'],
    ['a severity of its own', ['trigger', 'A', '--tenant', 'acme', '--severity', 'page'], 'critical, warning, info'],
    ['a label without a value', ['trigger', 'A', '--tenant', 'acme', '--label', 'host'], 'write name=value'],
    ['a silence of everything', ['silence', '--tenant', 'acme'], 'write at least one'],
    ['a matcher that is none', ['silence', 'a~b', '--tenant', 'acme'], 'a~b'],
    ['a duration that is none', ['silence', 'a=b', '--tenant', 'acme', '--for', 'long'], 'no duration'],
    ['a tenant that is not published', ['test-route', '--tenant', 'nobody'], 'no tenant nobody'],
    ['neither tenant nor file', ['test-route'], 'name one, or a file'],
    ['a file that is not there', ['test-route', '--file', '/nowhere.yaml'], '/nowhere.yaml'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, err } = await cli.run('alerts', ...args)
    expect([code, err]).toEqual([expect.any(Number), expect.stringContaining(message)])
    expect(code).not.toBe(0)
  })
})

describe('pegel oncall', () => {
  it('tells who it is, and puts somebody else there for a while', async () => {
    const who = async (...args: string[]): Promise<string> => (await cli.run('oncall', 'who', ...args)).out
    expect(await who('--tenant', 'acme')).toMatch(/^primary +alice +chat alice/m)
    const over = ['--schedule', 'primary', '--person', 'bob', '--for', '1h']
    expect(await cli.run('oncall', 'override', '--tenant', 'acme', ...over)).toMatchObject({ code: 0 })
    await route()
    expect(await who('--tenant', 'acme')).toMatch(/^primary +bob +chat/m)
    const later = new Date(Date.now() + 2 * 3_600_000).toISOString()
    expect(await who('--tenant', 'acme', '--at', later)).toMatch(/^primary +alice/m)
    expect(await who('--file', `${directoryOf({ 'acme.yaml': FILE })}/acme.yaml`)).toMatch(/^primary +alice/m)
    expect(await audited()).toContain('ada oncall.override primary succeeded')
  })

  it.each([
    ['a schedule', ['--schedule', 'none', '--person', 'bob'], 'there are primary'],
    ['a person', ['--schedule', 'primary', '--person', 'eve'], 'there are alice, bob'],
    ['a duration', ['--schedule', 'primary', '--person', 'bob', '--for', 'x'], 'no duration'],
  ])('refuses %s that is none', async (_what, args, message) => {
    const { code, err } = await cli.run('oncall', 'override', '--tenant', 'acme', ...args)
    expect([code === 0, err]).toEqual([false, expect.stringContaining(message)])
  })

  it('refuses a time that is none', async () => {
    expect((await cli.run('oncall', 'who', '--tenant', 'acme', '--at', 'noon')).err).toContain('no time: noon')
  })
})
