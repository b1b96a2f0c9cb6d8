import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { SILENT_ALERT } from '@pegel/alerting'
import { eventually } from '@pegel/testing'
import type { Notification } from '../src/channels/notification.ts'
import { dyingKafka, Harness, zombieKafka } from './support/harness.ts'

const NOW = `
  channels: [{ name: chat, type: log }]
  people: [{ name: alice, channels: [{ channel: chat, to: alice }] }]
  receivers: [{ name: team, channels: [chat] }, { name: loud, escalation: loud }]
  escalations:
    - { name: loud, steps: [{ notify: [{ person: alice }] }, { wait: 1s, notify: [{ channel: chat, to: all }] }] }
  route:
    receiver: team
    group_by: [alertname]
    group_wait: 0s
    group_interval: 1s
    routes: [{ matchers: [severity=critical], receiver: loud }]
`
/** The group may have to wait until a dead member's session has run out. */
const PATIENCE = { deadlineMs: 40_000 }

let harness: Harness

beforeEach(async () => {
  harness = new Harness()
  await harness.start()
  await harness.publish('acme', 1, NOW)
})

afterEach(async () => {
  await harness.close()
})

describe('a router', () => {
  it('tells of what fires and what ends, in one thread', async () => {
    const router = await harness.startRouter()
    await harness.fire('A')
    await eventually(() => expect(router.sent).toHaveLength(1))
    await harness.fire('A', { status: 'resolved', endsAtMs: Date.now() })
    await eventually(() => expect(router.sent).toHaveLength(2))
    expect(router.sent).toMatchObject([
      { event: 'firing', tenant: 'acme', alerts: [{ status: 'firing' }] },
      { event: 'resolved', updateOf: 'ref-1', alerts: [{ status: 'resolved' }] },
    ])
    expect(router.sent[0]?.dedupKey).toBe(router.sent[1]?.dedupKey)
    await eventually(async () =>
      expect([...(await harness.states()).keys()]).not.toContainEqual(expect.stringContaining('group')),
    )
  })

  it('escalates until somebody acknowledges', async () => {
    const router = await harness.startRouter()
    await harness.fire('A', { severity: 'critical' })
    await eventually(() => expect(router.sent.map(({ to }) => to)).toEqual(['alice', 'all']))
    await harness.act({ acknowledge: { target: router.sent[0]?.groupId ?? '', note: '', occurrenceMs: null } })
    await eventually(() => expect(router.sent).toHaveLength(4))
    expect(router.sent.slice(2)).toMatchObject([
      { event: 'acknowledged', to: 'alice', acknowledgedBy: 'alice', updateOf: 'ref-1' },
      { event: 'acknowledged', to: 'all' },
    ])
  })

  it('goes on where it stopped, with whatever came meanwhile', async () => {
    const first = await harness.startRouter()
    await harness.fire('A')
    await eventually(() => expect(first.sent).toHaveLength(1))
    await first.stop()
    await harness.fire('B')
    const second = await harness.startRouter()
    await eventually(() => expect(second.sent.map(({ alerts }) => alerts[0]?.labels.alertname)).toEqual(['B']))
    expect(first.sent).toHaveLength(1)
  })

  it('keeps what a channel does not take, and sends it again', async () => {
    let tries = 0
    const router = await harness.startRouter({
      answer: () => {
        tries += 1
        return tries < 3
          ? Promise.resolve({ status: 'retryable', reason: 'away', afterMs: 50 })
          : Promise.resolve({ status: 'sent' })
      },
    })
    await harness.fire('A')
    await eventually(() => expect(router.sent).toHaveLength(3))
    expect(new Set(router.sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1)
  })

  it('passes over what it cannot read and what is not its tenant’s, and goes on', async () => {
    const router = await harness.startRouter()
    await harness.write('acme', Buffer.of(1, 2, 3))
    await harness.fire('Foreign', { tenant: 'globex' }, 'acme')
    await harness.fire('A')
    await eventually(() => expect(router.sent).toHaveLength(1))
    const text = await router.metrics.expose()
    for (const reason of ['unreadable', 'foreign_tenant'])
      expect(text).toContain(`pegel_alert_router_skipped_records_total{reason="${reason}"`)
  })

  it('takes over a new version of the file', async () => {
    const router = await harness.startRouter()
    await harness.fire('A')
    await eventually(() => expect(router.sent).toHaveLength(1))
    await harness.publish('acme', 2, NOW.replace('channels: [chat]', 'channels: [{ channel: chat, to: elsewhere }]'))
    await harness.fire('B')
    await eventually(() => expect(router.sent.map(({ to }) => to)).toContain('elsewhere'))
  })

  it('raises PegelSilent without a watchdog, and takes it back with one', async () => {
    await harness.publish('pegel', 1, NOW)
    const router = await harness.startRouter({ silentAfterMs: 2000 })
    await eventually(() => expect(router.sent[0]?.alerts[0]?.labels.alertname).toBe(SILENT_ALERT))
    await eventually(async () => {
      await harness.act({ heartbeat: { name: 'Watchdog' } }, 'pegel')
      expect(router.sent.map(({ event }) => event)).toContain('resolved')
    })
    expect(router.heartbeats).toBeGreaterThan(0)
  })
})

describe('a router that dies', () => {
  it.each([
    ['before it has stored what it wants to send', 1, 0],
    ['after it has sent, before it has stored that', 2, 1],
  ])('%s loses nothing, and repeats under the same key', async (_when, atCommit, sentBefore) => {
    const { port, isDead } = dyingKafka(harness.kafka, atCommit)
    const dying = await harness.startRouter({ kafka: port })
    await harness.fire('A')
    await eventually(() => expect(isDead()).toBe(true))
    await dying.kill()
    expect(dying.sent).toHaveLength(sentBefore)
    const heir = await harness.startRouter()
    await eventually(() => expect(heir.sent).toHaveLength(1), PATIENCE)
    if (sentBefore > 0) expect(heir.sent[0]?.idempotencyKey).toBe(dying.sent[0]?.idempotencyKey)
  })
})

describe('a zombie', () => {
  it('is fenced: it stores nothing and tells nobody of anything new', async () => {
    // One tenant in each partition: the heir is given either of them.
    const tenants = harness.tenants
    for (const tenant of tenants) await harness.publish(tenant, 1, NOW.replace('wait: 1s', 'wait: 5s'))
    const { port, hold, release } = zombieKafka(harness.kafka)
    const zombie = await harness.startRouter({ kafka: port })
    for (const tenant of tenants) await harness.fire('A', { tenant, severity: 'critical' })
    await eventually(async () => {
      const groups = [...(await harness.states()).values()].flatMap(({ group }) => group ?? [])
      expect(groups.map(({ pending, told }) => [pending.length, told.length])).toEqual(tenants.map(() => [0, 1]))
    })
    // From here on it takes its time to store anything: both will want to escalate, only the one that owns the partition may.
    hold()
    const heir = await harness.startRouter()
    await eventually(() => expect(heir.sent.map(({ to }) => to)).toEqual(['all']), PATIENCE)
    release()
    const all = (): readonly Notification[] => [...zombie.sent, ...heir.sent]
    await eventually(() => expect(all().filter(({ to }) => to === 'all')).toHaveLength(2), PATIENCE)
    expect(heir.sent).toHaveLength(1)
    const told = all().map(({ tenant, to }) => `${tenant} ${to ?? ''}`)
    expect(told.sort()).toEqual(tenants.flatMap((tenant) => [`${tenant} alice`, `${tenant} all`]).sort())
    expect(new Set(all().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(4)
  })
})
