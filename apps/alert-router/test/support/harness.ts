import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { AlertActionRecord, AlertRecord, AlertStateRecord } from '@pegel/contracts'
import { actionRecord } from '@pegel/alerting'
import { baseConfig } from '@pegel/config'
import { createKafka, partitionOf } from '@pegel/kafka'
import type { Consumer, ConsumerOptions, KafkaPort, Producer } from '@pegel/kafka'
import { createTenantDirectory, TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import type { HostedTenantDirectory } from '@pegel/pipeline'
import type { Hosted } from '@pegel/service'
import { createLogger, createMetrics, NO_TRACING } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import { eventually, requireKafka, uniqueName } from '@pegel/testing'
import { routerConfig } from '../../src/config.ts'
import { createHosted } from '../../src/create-hosted.ts'
import type { Notification } from '../../src/channels/notification.ts'
import type { SendResult } from '../../src/channels/channel.ts'
import { LinkMaker } from '../../src/deliver/link-maker.ts'
import { Sends } from '../../src/deliver/sends.ts'
import { createMeter } from '../../src/router-metrics.ts'
import { runRouter } from '../../src/run/run-router.ts'
import { ALERTS_TOPIC, STATE_TOPIC } from '../../src/topics.ts'

const BASE_ENV = { PEGEL_KAFKA_BROKERS: 'none:1', PEGEL_PARTITIONS: '2', PEGEL_KAFKA_SESSION_TIMEOUT_MS: '6000' }
export const PARTITIONS = 2
/** The least that a broker allows. */
export const SESSION_MS = 6000

const log = createLogger({ service: 'router-test', level: 'silent' })

export interface StartedRouter {
  readonly hosted: Hosted
  readonly metrics: Metrics
  /** What its channels were given, in order. */
  readonly sent: Notification[]
  heartbeats: number
  stop(): Promise<void>
  /** As kill -9: nothing more is stored, nothing more is sent, the group finds out for itself. */
  kill(): Promise<void>
}

export interface StartOptions {
  /** What the router is to see of Kafka, when that is not all. */
  readonly kafka?: KafkaPort
  /** What every channel answers; taken without it. */
  readonly answer?: (notification: Notification) => Promise<SendResult>
  readonly silentAfterMs?: number
}

/** A real Kafka of its own (by prefix), a directory on it, and as many routers as a test starts; their channels are the test's. */
export class Harness {
  readonly kafka: KafkaPort
  readonly #closers: (() => Promise<void>)[] = []
  #producer: Producer | undefined
  #directory: HostedTenantDirectory | undefined

  constructor() {
    const metrics = createMetrics({ service: 'test', defaults: false })
    const prefix = `${uniqueName('router')}.`
    const options = { clientId: 'router-test', prefix, log, metrics, sessionTimeoutMs: SESSION_MS }
    this.kafka = createKafka({ brokers: requireKafka(), ...options })
  }

  /** Names of tenants, one in each partition. */
  get tenants(): readonly string[] {
    return Array.from({ length: PARTITIONS }, (_, partition) => {
      for (let index = 0; ; index += 1)
        if (partitionOf(`tenant${index}`, PARTITIONS) === partition) return `tenant${index}`
    })
  }

  async start(): Promise<void> {
    await this.kafka.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
    this.#producer = this.kafka.producer()
    const metrics = createMetrics({ service: 'test', defaults: false })
    this.#directory = await createTenantDirectory({ kafka: this.kafka, log, metrics })
    await this.#directory.caughtUp
  }

  get directory() {
    if (this.#directory === undefined) throw new Error('not started')
    return this.#directory.directory
  }

  get producer(): Producer {
    if (this.#producer === undefined) throw new Error('not started')
    return this.#producer
  }

  /** Publishes a version of a tenant's section `alerting` and waits until it is known. */
  async publish(tenant: string, version: number, alerting: string): Promise<void> {
    const yaml = `tenant: ${tenant}\nalerting:\n${alerting}`
    const value = encodeRecord('Tenant', { tenant, version, deleted: false, yaml, appliedAtMs: Date.now() })
    await this.producer.send([{ topic: TENANT_TOPIC, key: tenantKey(tenant, version), value }])
    await eventually(() => {
      const found = this.directory.current(tenant)
      if (found.status !== 'active' || found.config.version < version) throw new Error('not known yet')
    })
  }

  /** @param key where the record is to stand, when that is not its tenant */
  async fire(name: string, overrides: Partial<AlertRecord> = {}, key?: string): Promise<void> {
    const { tenant = 'acme' } = overrides
    const alert: AlertRecord = {
      ...{ tenant, id: name, source: 'test', status: 'firing', name, severity: 'warning', labels: {}, annotations: {} },
      ...{ startsAtMs: Date.now(), endsAtMs: null, groupId: '', evidence: null, generatorUrl: '' },
      ...overrides,
    }
    await this.write(key ?? tenant, encodeRecord('Alert', alert))
  }

  async act(part: Partial<AlertActionRecord>, tenant = 'acme'): Promise<void> {
    const asker = { tenant, by: 'alice', source: 'test', nowMs: Date.now() }
    await this.write(tenant, encodeRecord('AlertAction', actionRecord(asker, part)))
  }

  async write(key: string, value: Buffer): Promise<void> {
    await this.producer.send([{ topic: ALERTS_TOPIC, key, value }])
  }

  async startRouter({ kafka = this.kafka, answer, silentAfterMs = 0 }: StartOptions = {}): Promise<StartedRouter> {
    const metrics = createMetrics({ service: 'alert-router', defaults: false })
    const meter = createMeter(metrics)
    const started = { metrics, sent: [] as Notification[], heartbeats: 0 }
    const channel = {
      send: (notification: Notification): Promise<SendResult> => {
        started.sent.push(notification)
        return answer?.(notification) ?? Promise.resolve({ status: 'sent', ref: `ref-${started.sent.length}` })
      },
    }
    const limits = { maxAlerts: 0, rateLimitPerMinute: 6000, digestMs: 0 }
    const config = { type: 'log', name: 'chat', sendResolved: true, fallback: undefined, ...limits } as const
    const links = new LinkMaker({ publicUrl: undefined, secret: undefined, ttlMs: 1 })
    const sends = new Sends({ channels: { open: () => ({ config, channel }) }, links, meter, log, now: Date.now })
    const hosted = runRouter({
      ...{ kafka, tenants: this.directory, schemas: { byFingerprint: () => undefined }, sends, meter, log, metrics },
      ...{ group: 'alert-router', partitionCount: PARTITIONS, sessionTimeoutMs: SESSION_MS, silentAfterMs },
      onHeartbeat: () => {
        started.heartbeats += 1
      },
    })
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> => (stopped ??= hosted.stop(5000))
    const kill = (): Promise<void> => (stopped ??= hosted.stop(0))
    this.#closers.push(kill)
    await hosted.start()
    await untilReady(hosted)
    return Object.assign(started, { hosted, stop, kill })
  }

  /** The service as a host runs it, with its real channels. @param env its own settings */
  async startService(env: Readonly<Record<string, string>> = {}): Promise<{ readonly metrics: Metrics }> {
    const metrics = createMetrics({ service: 'alert-router', defaults: false })
    const config = { ...baseConfig.parse(BASE_ENV), ...routerConfig.parse(env) }
    const schemas = { byFingerprint: () => undefined }
    const hosted = createHosted({
      ...{ config, log, metrics, schemas, kafka: this.kafka, tenants: this.directory },
      ...{ tracing: NO_TRACING, instance: 'alert-router-test', worker: 1 },
    })
    this.#closers.push(() => hosted.stop(5000))
    await hosted.start()
    await untilReady(hosted)
    return { metrics }
  }

  /** What is stored now, by key, as compaction would leave it. */
  async states(): Promise<ReadonlyMap<string, AlertStateRecord>> {
    const states = new Map<string, AlertStateRecord>()
    const reader = await this.kafka.readAll(STATE_TOPIC, ({ key, value }) => {
      if (value === null) states.delete(String(key))
      else states.set(String(key), decodeRecord('AlertState', value))
    })
    await reader.caughtUp
    await reader.close()
    return states
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()))
    await this.#directory?.close()
    await this.kafka.close()
  }
}

/** Its group has met, and what it has been given is read. */
async function untilReady({ checks }: Hosted): Promise<void> {
  await eventually(() => checks.state?.(AbortSignal.timeout(1000)), { deadlineMs: 30_000 })
}

/**
 * Kafka as a process sees it that dies when it is about to commit its nth transaction: from then on nothing it does happens, and it does not
 * notice; `confirmedAtMs` goes on, as it would for a process that lives.
 */
export function dyingKafka(kafka: KafkaPort, atCommit: number): { readonly port: KafkaPort; isDead(): boolean } {
  let commits = 0
  let dead = false
  const port: KafkaPort = {
    ...kafka,
    async transactionalProducer(options) {
      const producer = await kafka.transactionalProducer(options)
      return {
        commit: (records) => {
          commits += 1
          dead ||= commits >= atCommit
          return dead ? new Promise(() => undefined) : producer.commit(records)
        },
        close: () => producer.close(),
      }
    },
  }
  return { port, isDead: () => dead }
}

export interface ZombieKafka {
  readonly port: KafkaPort
  /** From now on transactions wait. */
  hold(): void
  /** Those that wait, and all later ones, go on. */
  release(): void
}

/** Kafka as a zombie sees it: the group takes its partitions away, and it is not told. */
export function zombieKafka(kafka: KafkaPort): ZombieKafka {
  const gate = Promise.withResolvers<undefined>()
  let held = false
  const port: KafkaPort = {
    ...kafka,
    consumer: (options) => unaware(kafka, options),
    async transactionalProducer(options) {
      const producer = await kafka.transactionalProducer(options)
      return {
        async commit(records) {
          if (held) await gate.promise
          return producer.commit(records)
        },
        close: () => producer.close(),
      }
    },
  }
  return { port, hold: () => (held = true), release: () => gate.resolve(undefined) }
}

/** A consumer that goes on as if the first assignment were the last. */
function unaware(kafka: KafkaPort, options: ConsumerOptions): Consumer {
  const { handlers } = options
  let assigned = false
  const consumer = kafka.consumer({
    ...options,
    handlers: {
      ...handlers,
      onAssigned: (assignment) => {
        if (!assigned) handlers.onAssigned(assignment)
        assigned = true
      },
      onRevoked: () => undefined,
    },
  })
  return {
    start: () => consumer.start(),
    pause: (partitions) => consumer.pause(partitions),
    resume: (partitions) => consumer.resume(partitions),
    commit: (offsets, epoch) => consumer.commit(offsets, epoch),
    close: () => consumer.close(),
    healthy: true,
    get confirmedAtMs() {
      return performance.now()
    },
  }
}
