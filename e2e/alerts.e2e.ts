import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import { createKafka, partitionOf } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { eventually, requireKafka, startService, uniqueName } from '@pegel/testing'
import type { RunningService } from '@pegel/testing'

const PARTITIONS = 2
/** The least that a broker allows. */
const SESSION_MS = 6000
const STEPS = 6
/** Longer than a takeover, so that no step is passed while nobody owns its partition. */
const WAIT_S = 8
const PATIENCE = { deadlineMs: 150_000 }

const steps = Array.from({ length: STEPS }, (_, index) => {
  const wait = index === 0 ? '0s' : `${WAIT_S}s`
  return `      - { wait: ${wait}, notify: [{ channel: chat, to: step${index + 1} }] }`
})
const FILE = `
  channels: [{ name: chat, type: log }]
  receivers: [{ name: team, escalation: loud }]
  route: { receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1m }
  escalations:
    - name: loud
      steps:
${steps.join('\n')}
`

/** Tenants in different partitions, so that each of two routers has one. */
function tenants(): readonly string[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    for (let index = 0; ; index += 1)
      if (partitionOf(`tenant${index}`, PARTITIONS) === partition) return `tenant${index}`
  })
}

interface Told {
  readonly tenant_id: string
  readonly to: string
  readonly idempotencyKey: string
}

describe('two routers, of which one is lost during an escalation', () => {
  const names = tenants()
  let kafka: KafkaPort
  let env: Readonly<Record<string, string>>
  let routers: RunningService[]

  beforeEach(async () => {
    const prefix = `${uniqueName('alerts')}.`
    const log = createLogger({ service: 'test', level: 'silent' })
    const metrics = createMetrics({ service: 'test', defaults: false })
    kafka = createKafka({ brokers: requireKafka(), clientId: 'test', prefix, log, metrics })
    env = {
      PEGEL_KAFKA_BROKERS: requireKafka().join(','),
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: String(PARTITIONS),
      PEGEL_KAFKA_SESSION_TIMEOUT_MS: String(SESSION_MS),
      PEGEL_ADMIN_PORT: '0',
      PEGEL_WATCHDOG_SILENT_AFTER: '0',
    }
    await kafka.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
    const producer = kafka.producer()
    await producer.send(
      names.map((tenant) => {
        const record = {
          tenant,
          version: 1,
          deleted: false,
          yaml: `tenant: ${tenant}\nalerting:\n${FILE}`,
          appliedAtMs: 1,
        }
        return { topic: TENANT_TOPIC, key: tenantKey(tenant, 1), value: encodeRecord('Tenant', record) }
      }),
    )
    const entry = 'dist/apps/alert-router/main.js'
    routers = await Promise.all([startService({ entry, env }), startService({ entry, env })])
    await producer.send(
      names.map((tenant) => ({
        topic: 'pegel.alerts.v1',
        key: tenant,
        value: encodeRecord('Alert', {
          ...{ tenant, id: 'a', source: 'test', status: 'firing', name: 'Down', severity: 'critical', labels: {} },
          ...{ annotations: {}, startsAtMs: Date.now(), endsAtMs: null, groupId: '', evidence: null, generatorUrl: '' },
        }),
      })),
    )
    await producer.close()
  })

  afterEach(async () => {
    await Promise.all(routers.map((router) => router.stop('SIGKILL')))
    await kafka.close()
  })

  /** Every notification that any router has given to its channel. */
  function told(): readonly Told[] {
    return routers
      .flatMap(({ lines }) => lines)
      .filter((line) => line.startsWith('{') && line.includes('"notification"'))
      .map((line) => {
        const { tenant_id: tenantId, metadata } = JSON.parse(line) as {
          tenant_id: string
          metadata: Omit<Told, 'tenant_id'>
        }
        return { ...metadata, tenant_id: tenantId }
      })
  }

  async function eachStepOnce(allowedTwice: number): Promise<void> {
    const wanted = names
      .flatMap((tenant) => Array.from({ length: STEPS }, (_, index) => `${tenant} step${index + 1}`))
      .sort()
    await eventually(() => {
      const found = new Set(told().map((each) => `${each.tenant_id} ${each.to}`))
      expect([...found].sort()).toEqual(wanted)
    }, PATIENCE)
    expect(told().length - wanted.length).toBeLessThanOrEqual(allowedTwice)
    // A repetition is known as one: a channel with a notion of such keys would have told once.
    expect(new Set(told().map(({ idempotencyKey }) => idempotencyKey)).size).toBe(wanted.length)
  }

  async function untilStep(step: number): Promise<void> {
    await eventually(() => expect(told().filter(({ to }) => to === `step${step}`)).toHaveLength(names.length), PATIENCE)
  }

  it.each([0, 1])('kill -9 of router %i: every step happens, at most one twice', async (which) => {
    await untilStep(2)
    await routers[which]?.stop('SIGKILL')
    await eachStepOnce(1)
  })

  it.each([0, 1])(
    'SIGSTOP of router %i for longer than its session: every step happens, and it does nothing when it wakes',
    async (which) => {
      await untilStep(2)
      const { pid = -1 } = routers[which] ?? {}
      process.kill(pid, 'SIGSTOP')
      await untilStep(4)
      process.kill(pid, 'SIGCONT')
      await eachStepOnce(1)
    },
  )
})
