import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { AlertRecord, AnomalyRecord, DetectorStateRecord } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort, KafkaRecord, Producer } from '@pegel/kafka'
import { createTenantDirectory, TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import type { HostedTenantDirectory } from '@pegel/pipeline'
import type { Hosted } from '@pegel/service'
import { createLogger, createMetrics, NO_TRACING } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import { batchOf, eventually, requireKafka, uniqueName } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import { component } from '../../src/component.ts'
import type { DetectorConfig } from '../../src/config.ts'
import { createHosted } from '../../src/create-hosted.ts'
import { METRICS_TOPIC } from '../../src/topics.ts'

export const PARTITIONS = 3

const log = createLogger({ service: 'detector-test', level: 'silent' })

export interface StartedDetector {
  readonly hosted: Hosted
  readonly metrics: Metrics
  /** A sample of its metrics by name and labels, 0 when there is none. */
  sample(name: string, labels?: Readonly<Record<string, string>>): Promise<number>
  stop(): Promise<void>
  /** As kill -9: nothing more is written, and the group finds out for itself. */
  kill(): Promise<void>
}

/** A real Kafka of its own (by prefix), a directory on it, and as many detectors as a test starts. */
export class Harness {
  readonly kafka: KafkaPort
  readonly #closers: (() => Promise<void>)[] = []
  #producer: Producer | undefined
  #directory: HostedTenantDirectory | undefined

  constructor() {
    const metrics = createMetrics({ service: 'test', defaults: false })
    const prefix = `${uniqueName('detector')}.`
    this.kafka = createKafka({ brokers: requireKafka(), clientId: 'detector-test', prefix, log, metrics })
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

  /** Publishes a version of a tenant's file and waits until it is known. */
  async publish(tenant: string, version: number, more = '', deleted = false): Promise<void> {
    const record = { tenant, version, deleted, yaml: `tenant: ${tenant}\n${more}`, appliedAtMs: Date.now() }
    const value = encodeRecord('Tenant', record)
    await this.producer.send([{ topic: TENANT_TOPIC, key: tenantKey(tenant, version), value }])
    await eventually(() => {
      const found = this.directory.current(tenant)
      if (found.status === 'active' ? found.config.version < version : !deleted) throw new Error('not known yet')
    })
  }

  /** A record as the enricher writes it. */
  async send(tenant: string, series: readonly SeriesSpec[], version = 1): Promise<void> {
    await this.sendAs(tenant, tenant, series, version)
  }

  /** A record under another key than the tenant that it names. */
  async sendAs(key: string, tenant: string, series: readonly SeriesSpec[], version = 1): Promise<void> {
    const { value } = batchOf(tenant, series, { configVersion: version })
    await this.producer.send([{ topic: METRICS_TOPIC, key, value }])
  }

  /** @param kafka what the detector is to see of Kafka, when that is not all */
  async startDetector(config: Partial<DetectorConfig> = {}, kafka: KafkaPort = this.kafka): Promise<StartedDetector> {
    const metrics = createMetrics({ service: 'anomaly-detector', defaults: false })
    const hosted = createHosted({
      config: {
        ...component.config.parse({}),
        PEGEL_DETECTOR_CHECKPOINT_INTERVAL: 200,
        PEGEL_PARTITIONS: PARTITIONS,
        ...config,
      } as never,
      ...{ log, metrics, kafka, tenants: this.directory },
      schemas: { byFingerprint: () => undefined },
      tracing: NO_TRACING,
      instance: uniqueName('detector'),
      worker: 1,
    })
    let stopped: Promise<void> | undefined
    const stop = (): Promise<void> => (stopped ??= hosted.stop(5000))
    this.#closers.push(stop)
    await hosted.start()
    const kill = (): Promise<void> => (stopped ??= hosted.stop(0))
    return { hosted, metrics, stop, kill, sample: (name, labels) => sampleOf(metrics, name, labels) }
  }

  /** Everything in a topic, growing as records come. */
  async read(topic: string): Promise<readonly KafkaRecord[]> {
    const records: KafkaRecord[] = []
    const reader = await this.kafka.readAll(topic, (record) => records.push(record))
    await reader.caughtUp
    return records
  }

  /** Resolves when everything in `metrics` was scored, written and committed. */
  async settled(): Promise<void> {
    await eventually(async () => {
      const ends = await this.kafka.offsets(METRICS_TOPIC)
      const committed = await this.kafka.committed('anomaly-detector', METRICS_TOPIC)
      for (const { partition, latest } of ends) {
        const offset = committed.find((each) => each.partition === partition)?.offset ?? -1
        if (latest > 0 && offset < latest) throw new Error(`partition ${partition} stands at ${offset} of ${latest}`)
      }
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()))
    await this.kafka.close()
  }
}

export const anomaliesIn = (records: readonly KafkaRecord[]): AnomalyRecord[] =>
  records.flatMap(({ value }) => (value === null ? [] : [decodeRecord('Anomaly', value)]))
export const alertsIn = (records: readonly KafkaRecord[]): AlertRecord[] =>
  records.flatMap(({ value }) => (value === null ? [] : [decodeRecord('Alert', value)]))

/** What compaction would leave: the last record a key. */
export function statesIn(records: readonly KafkaRecord[]): ReadonlyMap<string, DetectorStateRecord> {
  const states = new Map<string, DetectorStateRecord>()
  for (const { key, value } of records) {
    if (value === null) states.delete(String(key))
    else states.set(String(key), decodeRecord('DetectorState', value))
  }
  return states
}

async function sampleOf(
  metrics: Metrics,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<number> {
  const lines = (await metrics.expose()).split('\n').filter((line) => line.startsWith(`${name}{`))
  const found = lines.filter((line) =>
    Object.entries(labels).every(([key, value]) => line.includes(`${key}="${value}"`)),
  )
  return found.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
}

/**
 * Kafka as a process sees it that dies before a certain step: writing to a topic, or `commit`. From then on nothing it does
 * happens; `isDead` tells the test.
 */
export function dyingKafka(
  kafka: KafkaPort,
  { before }: { readonly before: string },
): { readonly port: KafkaPort; isDead(): boolean } {
  let dead = false
  /** Nothing comes after death, not even an error. */
  const unlessDead = <T>(step: readonly string[], work: () => Promise<T>): Promise<T> => {
    dead ||= step.includes(before)
    return dead ? new Promise(() => undefined) : work()
  }
  const port: KafkaPort = {
    ...kafka,
    producer(options) {
      const producer = kafka.producer(options)
      return {
        send: (records, sending) =>
          unlessDead(
            records.map(({ topic }) => topic),
            () => producer.send(records, sending),
          ),
        close: () => producer.close(),
        get bytesInFlight() {
          return producer.bytesInFlight
        },
      }
    },
    consumer(options) {
      const consumer = kafka.consumer(options)
      return {
        start: () => consumer.start(),
        pause: (partitions) => consumer.pause(partitions),
        resume: (partitions) => consumer.resume(partitions),
        commit: (offsets, epoch) => unlessDead(['commit'], () => consumer.commit(offsets, epoch)),
        close: () => consumer.close(),
        get confirmedAtMs() {
          return consumer.confirmedAtMs
        },
        get healthy() {
          return consumer.healthy
        },
      }
    },
  }
  return { port, isDead: () => dead }
}
