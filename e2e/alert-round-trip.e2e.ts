import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { generateKey, hashKey } from '@pegel/tenancy'
import { eventually, requireKafka, startService, uniqueName } from '@pegel/testing'
import type { RunningService } from '@pegel/testing'
import { startKeyedReceiver } from './alerts/keyed-receiver.ts'
import type { HookBody, KeyedReceiver } from './alerts/keyed-receiver.ts'

const KEY = generateKey()
const PATIENCE = { deadlineMs: 60_000 }
let kafka: KafkaPort
let hook: KeyedReceiver
let gateway: RunningService
let router: RunningService

beforeAll(async () => {
  const prefix = `${uniqueName('trip')}.`
  const log = createLogger({ service: 'test', level: 'silent' })
  const metrics = createMetrics({ service: 'test', defaults: false })
  kafka = createKafka({ brokers: requireKafka(), clientId: 'test', prefix, log, metrics })
  await kafka.ensureTopics({ partitions: 2, replication: 1, retentionDays: 1 })
  hook = await startKeyedReceiver()
  await publish(hook.url)
  const env = {
    ...{ PEGEL_KAFKA_BROKERS: requireKafka().join(','), PEGEL_KAFKA_PREFIX: prefix, PEGEL_PARTITIONS: '2' },
    ...{ PEGEL_ADMIN_PORT: '0', PEGEL_HTTP_PORT: '0', PEGEL_GRPC_PORT: '0', PEGEL_LINK_SECRET: 's'.repeat(32) },
    ...{ PEGEL_ALERT_EGRESS_ALLOW: '127.0.0.0/8', PEGEL_SECRET_ACME_HOOK: 'key', PEGEL_WATCHDOG_SILENT_AFTER: '0' },
  }
  const start = (app: string, more = {}): Promise<RunningService> =>
    startService({ entry: `dist/apps/${app}/main.js`, env: { ...env, ...more }, startDeadlineMs: 60_000 })
  gateway = await start('ingest-gateway')
  router = await start('alert-router', { PEGEL_PUBLIC_URL: url('') })
}, 120_000)

afterAll(async () => {
  await router.stop()
  await gateway.stop()
  hook.close()
  await kafka.close()
})

async function publish(hookUrl: string): Promise<void> {
  const yaml = `tenant: acme
credentials: [{ id: k0, sha256: ${hashKey(KEY)} }]
alerting:
  channels: [{ name: hook, type: webhook, url: '${hookUrl}', secret: 'env:HOOK' }]
  receivers: [{ name: team, escalation: loud }]
  escalations: [{ name: loud, steps: [{ notify: [{ channel: hook }] }] }]
  route: { receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1s }
`
  const value = encodeRecord('Tenant', { tenant: 'acme', version: 1, deleted: false, yaml, appliedAtMs: 1 })
  const producer = kafka.producer()
  await producer.send([{ topic: TENANT_TOPIC, key: tenantKey('acme', 1), value }])
  await producer.close()
}

function url(path: string): string {
  return `http://127.0.0.1:${Number(gateway.listening.port)}${path}`
}

async function ask(path: string, body?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' }
  const init = body === undefined ? { headers } : { headers, method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(url(path), init)
  expect(response.status).toBe(200)
  return response.json()
}

async function told(event: string): Promise<HookBody> {
  return eventually(() => {
    const found = hook.taken.find(({ pegel }) => pegel.event === event)
    if (found === undefined) throw new Error(`nobody was told of ${event}`)
    return found
  }, PATIENCE)
}

it('an alert of a program reaches its receiver, is acknowledged by the link and resolved by the API', async () => {
  await ask('/api/v1/alerts', { name: 'Down', severity: 'critical', labels: { host: 'a' } })
  const { pegel, alerts } = await told('firing')
  expect(alerts).toMatchObject([{ status: 'firing', labels: { alertname: 'Down', host: 'a', tenant: 'acme' } }])
  const done = await fetch(pegel.links?.acknowledge ?? '', { method: 'POST' })
  expect([done.status, await done.text()]).toEqual([200, expect.stringContaining('Acknowledged')])
  expect((await told('acknowledged')).pegel.acknowledgedBy).toBe('link')
  expect(await ask('/api/v1/alerts')).toMatchObject({
    groups: [{ id: pegel.groupId, acknowledged: { by: 'link' } }],
    alerts: [{ state: 'firing', groups: [pegel.groupId] }],
  })
  await ask(`/api/v1/alerts/${pegel.groupId}/resolve`, { by: 'bob' })
  expect((await told('resolved')).alerts).toMatchObject([{ status: 'resolved' }])
})
