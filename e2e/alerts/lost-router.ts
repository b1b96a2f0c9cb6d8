import { encodeRecord } from '@pegel/contracts'
import { createKafka, partitionOf } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { eventually, requireKafka, startService, uniqueName } from '@pegel/testing'
import type { RunningService } from '@pegel/testing'
import { startKeyedReceiver } from './keyed-receiver.ts'
import type { KeyedReceiver } from './keyed-receiver.ts'

export interface Scenario {
  readonly name: string
  /** Which of the two. */
  readonly router: 0 | 1
  readonly how: 'kill' | 'stop'
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'kill -9 of the first: every step happens, at most one twice', router: 0, how: 'kill' },
  { name: 'kill -9 of the second: every step happens, at most one twice', router: 1, how: 'kill' },
  {
    name: 'SIGSTOP of the first beyond its session: every step happens, and nothing more when it wakes',
    router: 0,
    how: 'stop',
  },
  {
    name: 'SIGSTOP of the second beyond its session: every step happens, and nothing more when it wakes',
    router: 1,
    how: 'stop',
  },
]
export const STEPS = 4
const PARTITIONS = 2
/** The least that a broker allows. */
const SESSION_MS = 6000
/** Longer than a takeover, so that no step is passed while nobody owns its partition. */
const WAIT_S = 9
const PATIENCE = { deadlineMs: 120_000 }

/** Each step tells a channel that knows no keys (the log) and one that does (a webhook). */
function fileFor(url: string): string {
  const steps = Array.from({ length: STEPS }, (_, index) => {
    const notify = `[{ channel: chat, to: step${index + 1} }, { channel: hook }]`
    return `      - { wait: ${index === 0 ? 0 : WAIT_S}s, notify: ${notify} }`
  })
  return `
  channels: [{ name: chat, type: log }, { name: hook, type: webhook, url: '${url}', secret: 'env:HOOK' }]
  receivers: [{ name: team, escalation: loud }]
  route: { receiver: team, group_by: [alertname], group_wait: 0s, group_interval: 1m }
  escalations:
    - name: loud
      steps:
${steps.join('\n')}
`
}

export interface Told {
  readonly tenant_id: string
  readonly to: string
  readonly idempotencyKey: string
}

/** Two routers as real processes, a tenant for each of their partitions, and the loss of one of them after the second step. */
export class LostRouter {
  /** One in each partition, so that either router has something to lose. */
  readonly tenants: readonly string[] = Array.from({ length: PARTITIONS }, (_, partition) => {
    for (let index = 0; ; index += 1)
      if (partitionOf(`tenant${index}`, PARTITIONS) === partition) return `tenant${index}`
  })
  readonly #scenario: Scenario
  readonly #kafka: KafkaPort
  readonly #env: Readonly<Record<string, string>>
  #routers: readonly RunningService[] = []
  #hook: KeyedReceiver | undefined

  constructor(scenario: Scenario) {
    const prefix = `${uniqueName('alerts')}.`
    const log = createLogger({ service: 'test', level: 'silent' })
    const metrics = createMetrics({ service: 'test', defaults: false })
    this.#scenario = scenario
    this.#kafka = createKafka({ brokers: requireKafka(), clientId: 'test', prefix, log, metrics })
    this.#env = {
      PEGEL_KAFKA_BROKERS: requireKafka().join(','),
      PEGEL_KAFKA_PREFIX: prefix,
      PEGEL_PARTITIONS: String(PARTITIONS),
      PEGEL_KAFKA_SESSION_TIMEOUT_MS: String(SESSION_MS),
      PEGEL_ADMIN_PORT: '0',
      PEGEL_WATCHDOG_SILENT_AFTER: '0',
      PEGEL_ALERT_EGRESS_ALLOW: '127.0.0.0/8',
      ...Object.fromEntries(this.tenants.map((tenant) => [`PEGEL_SECRET_${tenant.toUpperCase()}_HOOK`, 'key'])),
    }
  }

  async start(): Promise<void> {
    await this.#kafka.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
    this.#hook = await startKeyedReceiver()
    await this.#publish(fileFor(this.#hook.url))
    const entry = 'dist/apps/alert-router/main.js'
    this.#routers = await Promise.all(
      [0, 1].map(() => startService({ entry, env: this.#env, startDeadlineMs: 60_000 })),
    )
    await this.#bothHavePartitions()
  }

  async play(): Promise<void> {
    await this.#fire()
    await this.#untilStep(2)
    const lost = this.#routers[this.#scenario.router]
    if (this.#scenario.how === 'kill') await lost?.stop('SIGKILL')
    else {
      process.kill(lost?.pid ?? -1, 'SIGSTOP')
      await this.#untilStep(3)
      process.kill(lost?.pid ?? -1, 'SIGCONT')
    }
    await this.#untilStep(STEPS)
  }

  /** Every notification that any router has written to its log. */
  told(): readonly Told[] {
    return this.#lines('"notification"').map(({ tenant_id: tenantId, metadata }) => ({
      ...(metadata as Omit<Told, 'tenant_id'>),
      tenant_id: tenantId,
    }))
  }

  /** What the channel with keys has told. */
  get hook(): KeyedReceiver {
    if (this.#hook === undefined) throw new Error('it was never started')
    return this.#hook
  }

  async close(): Promise<void> {
    this.#hook?.close()
    await Promise.all(this.#routers.map((router) => router.stop('SIGKILL')))
    await this.#kafka.close()
  }

  async #publish(alerting: string): Promise<void> {
    await this.#send(
      TENANT_TOPIC,
      this.tenants.map((tenant) => {
        const yaml = `tenant: ${tenant}\nalerting:\n${alerting}`
        const value = encodeRecord('Tenant', { tenant, version: 1, deleted: false, yaml, appliedAtMs: 1 })
        return { key: tenantKey(tenant, 1), value }
      }),
    )
  }

  async #fire(): Promise<void> {
    await this.#send(
      'pegel.alerts.v1',
      this.tenants.map((tenant) => ({
        key: tenant,
        value: encodeRecord('Alert', {
          ...{ tenant, id: 'a', source: 'test', status: 'firing', name: 'Down', severity: 'critical', labels: {} },
          ...{ annotations: {}, startsAtMs: Date.now(), endsAtMs: null, groupId: '', evidence: null, generatorUrl: '' },
        }),
      })),
    )
  }

  async #send(topic: string, records: readonly { readonly key: string; readonly value: Buffer }[]): Promise<void> {
    const producer = this.#kafka.producer()
    await producer.send(records.map((record) => ({ topic, ...record })))
    await producer.close()
  }

  /** The one that came second has caused a rebalance; nothing is to be lost before it is over. */
  async #bothHavePartitions(): Promise<void> {
    await eventually(async () => {
      for (const { listening } of this.#routers) {
        const text = await (await fetch(`http://127.0.0.1:${Number(listening.adminPort)}/metrics`)).text()
        const [, count = '0'] = /^pegel_kafka_assigned_partitions\{.*\} (\d+)$/m.exec(text) ?? []
        if (count !== '1') throw new Error(`a router has ${count} partitions`)
      }
    }, PATIENCE)
  }

  async #untilStep(step: number): Promise<void> {
    await eventually(() => {
      const told = this.told().filter(({ to }) => to === `step${step}`)
      const reached = [
        new Set(told.map((each) => each.tenant_id)),
        new Set(this.hook.taken.flatMap(({ pegel }) => (pegel.escalation?.step === step ? pegel.tenant : []))),
      ]
      if (reached.some(({ size }) => size < this.tenants.length)) throw new Error(`step ${step} has not reached all`)
    }, PATIENCE)
  }

  #lines(text: string): readonly { readonly tenant_id: string; readonly metadata: unknown }[] {
    return this.#routers
      .flatMap(({ lines }) => lines)
      .filter((line) => line.startsWith('{') && line.includes(text))
      .map((line) => JSON.parse(line) as { tenant_id: string; metadata: unknown })
  }
}
