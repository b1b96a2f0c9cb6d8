import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { signLink } from '@pegel/alerting'
import type { LinkClaim } from '@pegel/alerting'
import { decodeRecord, encodeRecord, recordNameOf } from '@pegel/contracts'
import type { AlertActionRecord, AlertRecord, AuditRecord } from '@pegel/contracts'
import { partitionOf } from '@pegel/kafka'
import { requireKafka } from '@pegel/testing'
import { badInputRows } from '../support/bad-input-rows.ts'
import { KEYS, RunningGateway } from '../support/running-gateway.ts'

const SECRET = 'x'.repeat(32)
const GROUP = '00ff00ff00ff00ff'
let gateway: RunningGateway
let narrow: RunningGateway

beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka(), { env: { PEGEL_LINK_SECRET: SECRET } })
  narrow = await RunningGateway.start(requireKafka(), { limits: 'alerts_per_second: 1' })
})
afterAll(async () => {
  await gateway.close()
  await narrow.close()
})

interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly to?: RunningGateway
}

function ask(path: string, body?: unknown, { method = 'POST', headers, to = gateway }: Ask = {}): Promise<Response> {
  return fetch(to.url(path), {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: { authorization: `Bearer ${KEYS.acme}`, 'content-type': 'application/json', ...headers },
  })
}

/** All that is in `alerts` now. */
async function written(): Promise<readonly (AlertRecord | AlertActionRecord)[]> {
  const found: (AlertRecord | AlertActionRecord)[] = []
  const reader = await gateway.kafka.readAll('pegel.alerts.v1', ({ value }) => {
    if (value === null) return
    const name = recordNameOf(['Alert', 'AlertAction'], value)
    if (name !== undefined) found.push(decodeRecord(name, value))
  })
  await reader.caughtUp
  await reader.close()
  return found
}

/** What the audit topic has of an action's target, oldest first. */
async function auditedOf(target: string): Promise<readonly AuditRecord[]> {
  const found: AuditRecord[] = []
  const reader = await gateway.kafka.readAll('pegel.audit.v1', ({ value }) => {
    if (value !== null) found.push(decodeRecord('AuditEvent', value))
  })
  await reader.caughtUp
  await reader.close()
  return found.filter((event) => event.target === target)
}

function webhook(alerts: readonly object[]): object {
  const common = { receiver: 'pegel', groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: '' }
  return { version: '4', groupKey: '{}', truncatedAlerts: 0, status: 'firing', ...common, alerts }
}

function webhookAlert(labels: Readonly<Record<string, string>>, status = 'firing'): object {
  const [startsAt, endsAt] = [
    '2026-01-05T12:00:00.5Z',
    status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-01-05T13:00:00Z',
  ]
  const annotations = { summary: 'disk is full' }
  return {
    status,
    labels,
    annotations,
    startsAt,
    endsAt,
    generatorURL: 'http://p/graph',
    fingerprint: 'abcdef0123456789',
  }
}

function link(claim: Partial<LinkClaim> = {}): string {
  const whole: LinkClaim = {
    ...{ action: 'acknowledge', tenant: 'acme', group: GROUP, occurrenceMs: 7, person: 'alice' },
    expiresAtMs: Date.now() + 60_000,
    ...claim,
  }
  return `/alerts/act?token=${signLink(whole, SECRET)}`
}

describe('alerts from programs', () => {
  it('are in Kafka when they are answered, with names that stay', async () => {
    const trigger = { name: 'Api', severity: 'critical', labels: { host: 'a' }, summary: 'slow' }
    const [first, again] = [await ask('/api/v1/alerts', trigger), await ask('/api/v1/alerts', [trigger])]
    expect([first.status, again.status]).toEqual([200, 200])
    const answer = (await first.json()) as { alerts: { id: string; fingerprint: string }[] }
    expect(answer).toEqual(await again.json())
    const found = (await written()).filter((record) => 'name' in record && record.name === 'Api')
    expect(found).toHaveLength(2)
    expect(found[0]).toMatchObject({
      ...{ tenant: 'acme', source: 'gateway', status: 'firing', severity: 'critical', endsAtMs: null },
      ...{ id: answer.alerts[0]?.id, labels: { host: 'a', tenant: 'acme' }, annotations: { summary: 'slow' } },
    })
  })

  it('are over when it is said', async () => {
    await ask('/api/v1/alerts', { name: 'Over', status: 'resolved', ends_at: '2026-01-05T12:00:00+01:00' })
    const found = (await written()).find((record) => 'name' in record && record.name === 'Over')
    expect(found).toMatchObject({ status: 'resolved', endsAtMs: Date.UTC(2026, 0, 5, 11) })
  })
})

describe('what people ask', () => {
  it.each(['acknowledge', 'resolve'])('to %s is written, with who asks', async (action) => {
    const response = await ask(`/api/v1/alerts/${GROUP}/${action}`, { note: 'on it', by: 'bob' })
    const { id } = (await response.json()) as { id: string }
    expect((await written()).find((record) => record.id === id)).toMatchObject({
      ...{ tenant: 'acme', by: 'bob', source: 'api' },
      [action]: { target: GROUP, note: 'on it', occurrenceMs: null },
    })
  })

  it('needs no body, and goes by its credential then', async () => {
    const { id } = (await (await ask(`/api/v1/alerts/${GROUP}/acknowledge`)).json()) as { id: string }
    expect((await written()).find((record) => record.id === id)).toMatchObject({ by: 'k0' })
  })

  it('about silences and overrides makes, changes and ends them', async () => {
    const times = { starts_at: '2026-01-05T12:00:00Z', ends_at: '2026-01-05T13:00:00Z' }
    const silence = { matchers: ['a="b", c=~"d|e"', 'f!=g'], ...times, comment: 'patching' }
    const { id } = (await (await ask('/api/v1/silences', silence)).json()) as { id: string }
    await ask(`/api/v1/silences/${id}`, undefined, { method: 'DELETE' })
    await ask('/api/v1/overrides', { id: 'o 1', schedule: 'primary', person: 'bob', ...times })
    await ask('/api/v1/overrides/o%201', undefined, { method: 'DELETE' })
    const actions = (await written()).flatMap((record) => ('heartbeat' in record ? record : []))
    const [startsAtMs, endsAtMs] = [Date.UTC(2026, 0, 5, 12), Date.UTC(2026, 0, 5, 13)]
    expect(actions.find((each) => each.silence !== null)?.silence).toEqual({
      ...{ silenceId: id, startsAtMs, endsAtMs, comment: 'patching' },
      matchers: [
        { name: 'a', operator: '=', value: 'b' },
        { name: 'c', operator: '=~', value: 'd|e' },
        { name: 'f', operator: '!=', value: 'g' },
      ],
    })
    expect(actions).toContainEqual(expect.objectContaining({ expireSilence: { silenceId: id } }))
    const override = { overrideId: 'o 1', schedule: 'primary', person: 'bob', fromMs: startsAtMs, untilMs: endsAtMs }
    expect(actions).toContainEqual(expect.objectContaining({ override }))
    expect(actions).toContainEqual(expect.objectContaining({ expireOverride: { overrideId: 'o 1' } }))
  })
})

describe('the audit topic', () => {
  it('knows who asked for what, before it was done and after', async () => {
    const [target, ends] = ['aaaaaaaaaaaaaaaa', '2036-01-05T13:00:00Z']
    await ask(`/api/v1/alerts/${target}/acknowledge`, { note: 'on it', by: 'bob' })
    await ask('/api/v1/silences', { id: 'audited', matchers: ['a="b"'], ends_at: ends })
    await ask('/api/v1/silences/audited', undefined, { method: 'DELETE' })
    await ask('/api/v1/overrides', { id: 'o9', schedule: 'audited-rota', person: 'bob', ends_at: ends })
    await fetch(gateway.url(link({ action: 'resolve', group: 'bbbbbbbbbbbbbbbb' })), { method: 'POST' })
    const by = (name: string, value: string): object => expect.arrayContaining([{ name, value }])
    const common = { service: 'ingest-gateway', tenant: 'acme', actor: 'k0' }
    expect(await auditedOf(target)).toMatchObject([
      { ...common, action: 'alerts.acknowledge', outcome: 'started', parameters: by('by', 'bob') },
      { ...common, action: 'alerts.acknowledge', outcome: 'succeeded', parameters: by('note', 'on it') },
    ])
    expect((await auditedOf('audited')).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      ...['alerts.silence started', 'alerts.silence succeeded'],
      ...['alerts.silence.expire started', 'alerts.silence.expire succeeded'],
    ])
    expect(await auditedOf('audited-rota')).toMatchObject([{ parameters: by('person', 'bob') }, {}])
    expect(await auditedOf('bbbbbbbbbbbbbbbb')).toMatchObject([
      { actor: 'alice', parameters: by('source', 'link') },
      {},
    ])
  })
})

describe('what the alert-router knows', () => {
  const state = { tenant: 'acme', offset: 0, alert: null, group: null, settings: null }
  const group = {
    ...{ key: '{}:{alertname="A"}', receiver: 'team', labels: { alertname: 'A' }, createdAtMs: 1000, flushAtMs: 9 },
    ...{ flushed: true, occurrenceMs: 2000, sends: 1, told: [], pending: [] },
    escalation: { policy: 'loud', round: 1, nextStep: 1, dueAtMs: 5000 },
    acknowledged: { by: 'bob', atMs: 3000, untilMs: null, note: 'on it' },
  }
  const alert = {
    ...{ id: 'i', source: 'gateway', labels: { alertname: 'A' }, annotations: {}, values: {}, generatorUrl: '' },
    ...{ firing: true, startsAtMs: 4000, endsAtMs: null, updatedAtMs: 0, seenAtMs: 0, changesAtMs: [] },
    ...{ heldUntilMs: null, resolvedBy: '', groups: [GROUP] },
  }
  const silence = { id: 's', matchers: [{ name: 'a', operator: '=', value: 'b' }], by: 'bob', comment: '' }
  const settings = {
    silences: [{ ...silence, startsAtMs: 0, endsAtMs: Date.UTC(2036, 0, 1) }],
    ...{ overrides: [], heartbeatMs: null },
  }

  async function list(path: string, key: string): Promise<unknown> {
    const response = await fetch(gateway.url(path), { headers: { authorization: `Bearer ${key}` } })
    expect(response.status).toBe(200)
    return response.json()
  }

  it('is listed for those whose it is', async () => {
    const partition = partitionOf('acme', gateway.partitions)
    const producer = gateway.kafka.producer()
    const states = [
      { ...state, kind: 'group', id: GROUP, group },
      { ...state, kind: 'alert', id: 'aaaaaaaaaaaaaaaa', alert },
      { ...state, kind: 'settings', id: 'settings', settings },
    ]
    await producer.send(
      states.map((each) => ({
        ...{ topic: 'pegel.alert-state.v1', key: `acme/${each.kind}/${each.id}`, partition },
        value: encodeRecord('AlertState', each),
      })),
    )
    await producer.close()
    expect(await list('/api/v1/alerts', KEYS.acme)).toEqual({
      groups: [
        {
          ...{ id: GROUP, key: group.key, receiver: 'team', labels: { alertname: 'A' }, unsent: 0 },
          ...{ created_at: '1970-01-01T00:00:01.000Z', told_at: '1970-01-01T00:00:02.000Z' },
          acknowledged: { by: 'bob', at: '1970-01-01T00:00:03.000Z', until: null, note: 'on it' },
          escalation: { policy: 'loud', round: 1, next_step: 2, due_at: '1970-01-01T00:00:05.000Z' },
        },
      ],
      alerts: [
        {
          ...{ fingerprint: 'aaaaaaaaaaaaaaaa', id: 'i', source: 'gateway', state: 'firing', groups: [GROUP] },
          ...{ labels: { alertname: 'A' }, annotations: {}, values: {}, resolved_by: '', generator_url: '' },
          ...{ starts_at: '1970-01-01T00:00:04.000Z', ends_at: null },
        },
      ],
    })
    expect(await list('/api/v1/silences', KEYS.acme)).toMatchObject({ silences: [{ id: 's', matchers: ['a="b"'] }] })
    expect(await list('/api/v1/overrides', KEYS.acme)).toEqual({ overrides: [] })
    expect(await list('/api/v1/alerts', KEYS.globex)).toEqual({ groups: [], alerts: [] })
  })
})

describe("Alertmanager's webhook", () => {
  it('brings alerts of all tenants of its key, and heartbeats', async () => {
    const alerts = [
      webhookAlert({ alertname: 'DiskFull', severity: 'page', tenant: 'acme', mount: '/' }),
      webhookAlert({ alertname: 'DiskFull', severity: 'critical', tenant: 'globex' }, 'resolved'),
      webhookAlert({ alertname: 'Watchdog', tenant: 'acme' }),
    ]
    const response = await ask('/api/v1/alertmanager/webhook', webhook(alerts), {
      headers: { authorization: `Bearer ${KEYS.both}` },
    })
    expect([response.status, await response.json()]).toEqual([200, { accepted: 3, refused: 0, rejected: [] }])
    const found = (await written()).filter((record) => 'name' in record && record.name === 'DiskFull')
    const byTenant = Object.fromEntries(found.map((record) => [record.tenant, record]))
    expect(byTenant.acme).toMatchObject({
      ...{ source: 'alertmanager', id: 'abcdef0123456789', severity: 'warning', endsAtMs: null },
      ...{ startsAtMs: Date.UTC(2026, 0, 5, 12) + 500, labels: { severity: 'page', tenant: 'acme', mount: '/' } },
      ...{ annotations: { summary: 'disk is full' }, generatorUrl: 'http://p/graph' },
    })
    expect(byTenant.globex).toMatchObject({ status: 'resolved', endsAtMs: Date.UTC(2026, 0, 5, 13) })
    expect(await written()).toContainEqual(expect.objectContaining({ heartbeat: { name: 'Watchdog' } }))
  })

  it('takes what is good beside what is not', async () => {
    const alerts = [
      webhookAlert({ alertname: 'A', tenant: 'globex' }),
      webhookAlert({ alertname: 'Good', tenant: 'acme' }),
    ]
    const response = await ask('/api/v1/alertmanager/webhook', webhook(alerts))
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ accepted: 1, rejected: [{ index: 0, code: 'tenant_forbidden' }] })
    expect(await written()).not.toContainEqual(expect.objectContaining({ tenant: 'globex', name: 'A' }))
  })
})

describe('a link', () => {
  it('only asks when it is opened, and acts when it is confirmed', async () => {
    const path = link()
    const before = (await written()).length
    const page = await fetch(gateway.url(path))
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect(await page.text()).toContain('<form method="post"><button>Acknowledge</button>')
    expect(await written()).toHaveLength(before)
    const form = { method: 'POST', body: new URLSearchParams() }
    const done = await fetch(gateway.url(path), form)
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('Acknowledged')])
    expect(await written()).toContainEqual(
      expect.objectContaining({
        ...{ tenant: 'acme', by: 'alice', source: 'link', acknowledge: { target: GROUP, note: '', occurrenceMs: 7 } },
      }),
    )
  })

  it('silences the labels of its group', async () => {
    const path = link({ action: 'silence', labels: { alertname: 'A<b>', host: 'a' } })
    expect(await (await fetch(gateway.url(path))).text()).toContain('alertname=&#34;A&#60;b&#62;&#34;')
    await fetch(gateway.url(path), { method: 'POST' })
    const silences = (await written()).flatMap((record) => ('silence' in record ? (record.silence ?? []) : []))
    expect(silences.find(({ silenceId }) => silenceId === `link-${GROUP}-7`)?.matchers).toEqual([
      { name: 'alertname', operator: '=', value: 'A<b>' },
      { name: 'host', operator: '=', value: 'a' },
    ])
  })
})

describe('the reserved tenant', () => {
  it('has alerts for those whose key stands in its file, and nothing else', async () => {
    await gateway.publishPegel()
    const pegel = { authorization: `Bearer ${KEYS.pegel}` }
    const watchdog = webhook([webhookAlert({ alertname: 'Watchdog', tenant: 'pegel' })])
    expect((await ask('/api/v1/alertmanager/webhook', watchdog, { headers: pegel })).status).toBe(200)
    expect((await ask('/api/v1/alerts', { name: 'Own' }, { headers: pegel })).status).toBe(200)
    const metrics = await ask('/api/v1/metrics', { name: 'm', value: 1 }, { headers: pegel })
    expect([metrics.status, await metrics.json()]).toMatchObject([403, { code: 'gateway.tenant_forbidden' }])
  })
})

const BAD: Readonly<Record<string, () => Promise<Response>>> = {
  'a body that is no JSON': () => ask('/api/v1/alerts', '{'),
  'an unknown key, a missing name': () => ask('/api/v1/alerts', { nmae: 'A' }),
  'a matcher that is none': () => ask('/api/v1/silences', { matchers: ['a~b'], ends_at: '2036-01-01T00:00:00Z' }),
  'another Content-Type': () => ask('/api/v1/alerts', '', { headers: { 'content-type': 'text/plain' } }),
  'another tenant in the body': () => ask('/api/v1/alerts', { name: 'A', tenant_id: 'globex' }),
  'a target that is no id': () => ask('/api/v1/alerts/everything/resolve', {}),
  'a webhook without a tenant label': () =>
    ask('/api/v1/alertmanager/webhook', webhook([webhookAlert({ alertname: 'A' })])),
  "a webhook of a tenant that is not the key's": () =>
    ask('/api/v1/alertmanager/webhook', webhook([webhookAlert({ alertname: 'A', tenant: 'globex' })])),
  'a link that was changed': () => fetch(gateway.url(`${link()}x`), { method: 'POST' }),
  'a link that has expired': () => fetch(gateway.url(link({ expiresAtMs: 1 })), { method: 'POST' }),
  'a link where links are off': () => fetch(narrow.url(link()), { method: 'POST' }),
  'faster than limits.alerts_per_second': async () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ name: `A${index}` }))
    await ask('/api/v1/alerts', many, { to: narrow })
    return ask('/api/v1/alerts', many, { to: narrow })
  },
}

describe('bad input', () => {
  it.each(badInputRows('alerts'))('$input: $status $code', async ({ input, status, code }) => {
    const send = BAD[input]
    if (send === undefined) throw new Error(`no test sends "${input}"`)
    const response = await send()
    const text = await response.text()
    expect(response.status).toBe(status)
    if (response.headers.get('content-type')?.includes('json') === true)
      expect(JSON.parse(text)).toMatchObject({ code, message: expect.any(String) })
    else expect(text).toContain('Not done')
  })
})
