import { describe, expect, it } from '@jest/globals'
import { checkLink, targetKey } from '@pegel/alerting'
import type { Alert, Group, Pending } from '@pegel/alerting'
import { buildNotification } from './build-notification.ts'
import { LinkMaker } from './link-maker.ts'

const SECRET = 's'.repeat(32)
const links = new LinkMaker({ publicUrl: 'https://pegel.example/', secret: SECRET, ttlMs: 60_000 })
const [A, B] = ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'] as const

const pending: Pending = {
  ...{ channel: 'chat', to: '', escalated: false, number: 7, event: 'firing', silent: false },
  ...{ firing: new Set([A]), resolved: new Set([B]), occurrenceMs: 5, dueAtMs: 1000, eventAtMs: 0 },
  ...{ step: 0, round: 0, person: '' },
}

function alert(fingerprint: string, overrides: Partial<Alert> = {}): Alert {
  return {
    ...{
      fingerprint,
      labels: { alertname: 'A', host: fingerprint },
      source: 'test',
      id: 'i',
      annotations: { summary: 's' },
    },
    ...{ values: {}, generatorUrl: '', firing: false, startsAtMs: 1, endsAtMs: 3, updatedAtMs: 3, seenAtMs: 3 },
    ...{ changesAtMs: [], heldUntilMs: null, resolvedBy: '', groups: new Set<string>() },
    ...overrides,
  }
}

function group(overrides: Partial<Group> = {}): Group {
  return {
    ...{
      id: '00ff00ff00ff00ff',
      key: '{}:{alertname="A"}',
      labels: { alertname: 'A' },
      receiver: 'team',
      createdAtMs: 0,
    },
    ...{ route: undefined, members: new Set<string>(), flushAtMs: 0, flushed: true, occurrenceMs: 5, sends: 7 },
    ...{ told: new Map(), pending: [], escalation: null, acknowledged: null, lastEventMs: 0 },
    ...overrides,
  }
}

describe('a notification', () => {
  const alerts = [alert(B, { startsAtMs: 0 }), alert(A)]

  it('says what was so when it was decided, firing first, with keys that stay', () => {
    const built = buildNotification({ tenant: 'acme', group: group(), pending, alerts, maxAlerts: 0, links })
    expect(built).toMatchObject({
      ...{ tenant: 'acme', event: 'firing', receiver: 'team', groupKey: '{}:{alertname="A"}', truncatedAlerts: 0 },
      ...{ commonLabels: { alertname: 'A' }, commonAnnotations: { summary: 's' } },
      ...{ dedupKey: 'acme/00ff00ff00ff00ff/5', idempotencyKey: 'acme/00ff00ff00ff00ff/7' },
      alerts: [
        { fingerprint: A, status: 'firing', endsAtMs: null },
        { fingerprint: B, status: 'resolved', endsAtMs: 3 },
      ],
    })
    expect(built).not.toHaveProperty('escalation')
    expect(built).not.toHaveProperty('to')
    expect(buildNotification({ tenant: 'acme', group: group(), pending, alerts, maxAlerts: 0, links })).toEqual(built)
  })

  it('names as many alerts as its channel wants', () => {
    const built = buildNotification({ tenant: 'acme', group: group(), pending, alerts, maxAlerts: 1, links })
    expect([built.alerts.map(({ fingerprint }) => fingerprint), built.truncatedAlerts]).toEqual([[A], 1])
  })

  it('carries a step, who acknowledged, and the thread to go on in', () => {
    const step = {
      ...pending,
      escalated: true,
      step: 2,
      round: 1,
      person: 'bob',
      to: '@bob',
      event: 'acknowledged' as const,
    }
    const told = new Map([[targetKey(step), { ...step, atMs: 1, ref: 'thread' }]])
    const acknowledged = { by: 'alice', atMs: 1, untilMs: null, note: '' }
    const escalation = { policy: 'loud', round: 1, nextStep: 2, dueAtMs: null }
    const parts = { group: group({ told, acknowledged, escalation }), pending: step, alerts, maxAlerts: 0, links }
    expect(buildNotification({ tenant: 'acme', ...parts })).toMatchObject({
      ...{ updateOf: 'thread', to: '@bob', acknowledgedBy: 'alice' },
      escalation: { policy: 'loud', step: 2, round: 1, person: 'bob' },
    })
  })

  it('has links that are good for one thing each, and none once it is over', () => {
    const parts = { tenant: 'acme', group: group(), alerts, maxAlerts: 0, links }
    const { links: made } = buildNotification({ ...parts, pending })
    for (const [action, url] of Object.entries(made) as [string, string][]) {
      const { origin, pathname, searchParams } = new URL(url)
      expect(`${origin}${pathname}`).toBe('https://pegel.example/alerts/act')
      expect(checkLink(searchParams.get('token') ?? '', SECRET, 60_999)).toMatchObject({
        status: 'valid',
        claim: { action, tenant: 'acme', group: '00ff00ff00ff00ff', occurrenceMs: 5, expiresAtMs: 61_000 },
      })
    }
    expect(Object.keys(made)).toEqual(['acknowledge', 'resolve', 'silence'])
    expect(buildNotification({ ...parts, pending: { ...pending, event: 'resolved' } }).links).toEqual({})
  })

  it('has no link that would silence everything, and none where links are off', () => {
    const parts = { tenant: 'acme', pending, alerts, maxAlerts: 0 }
    expect(Object.keys(buildNotification({ ...parts, group: group({ labels: {} }), links }).links)).not.toContain(
      'silence',
    )
    const off = new LinkMaker({ publicUrl: undefined, secret: SECRET, ttlMs: 1 })
    expect(buildNotification({ ...parts, group: group(), links: off }).links).toEqual({})
  })
})
