import { createKafka } from '@pegel/kafka'
import { encodeRecord } from '@pegel/contracts'
import type { KafkaPort, KafkaRecord, Producer } from '@pegel/kafka'
import { createTenantDirectory, TENANT_TOPIC, tenantKey } from '@pegel/pipeline'
import type { HostedTenantDirectory } from '@pegel/pipeline'
import type { Hosted } from '@pegel/service'
import { createLogger, createMetrics, NO_TRACING } from '@pegel/telemetry'
import { requireKafka, uniqueName } from '@pegel/testing'
import { component } from '../../src/component.ts'
import { createHosted } from '../../src/create-hosted.ts'

export const PARTITIONS = 3

const log = createLogger({ service: 'enricher-test', level: 'silent' })

/** A real Kafka of its own (by prefix), a directory on it, and as many enrichers as a test starts. */
export class Harness {
  readonly kafka: KafkaPort
  readonly #closers: (() => Promise<void>)[] = []
  #producer: Producer | undefined
  #directory: HostedTenantDirectory | undefined

  constructor() {
    this.kafka = createKafka({
      brokers: requireKafka(),
      clientId: 'enricher-test',
      prefix: `${uniqueName('enricher')}.`,
      log,
      metrics: createMetrics({ service: 'test', defaults: false }),
    })
  }

  async start(): Promise<void> {
    await this.kafka.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
    this.#producer = this.kafka.producer()
    this.#directory = await createTenantDirectory({
      kafka: this.kafka,
      log,
      metrics: createMetrics({ service: 'test', defaults: false }),
    })
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

  async publish(tenant: string, version: number, more = '', deleted = false): Promise<void> {
    const record = { tenant, version, deleted, yaml: `tenant: ${tenant}\n${more}`, appliedAtMs: Date.now() }
    const value = encodeRecord('Tenant', record)
    await this.producer.send([{ topic: TENANT_TOPIC, key: tenantKey(tenant, version), value }])
  }

  /** @param kafka what the enricher is to see of Kafka, when that is not all */
  async startEnricher(kafka: KafkaPort = this.kafka): Promise<Hosted> {
    const hosted = createHosted({
      config: component.config.parse({}) as never,
      log,
      metrics: createMetrics({ service: 'enricher', defaults: false }),
      kafka,
      tenants: this.directory,
      schemas: { byFingerprint: () => undefined },
      tracing: NO_TRACING,
      instance: uniqueName('enricher'),
      worker: 1,
    })
    await hosted.start()
    this.#closers.push(() => hosted.stop(2000))
    return hosted
  }

  /** Everything in a topic, growing as records come. */
  async read(topic: string): Promise<readonly KafkaRecord[]> {
    const records: KafkaRecord[] = []
    const reader = await this.kafka.readAll(topic, (record) => records.push(record))
    await reader.caughtUp
    return records
  }

  async close(): Promise<void> {
    await Promise.all(this.#closers.map((close) => close()))
    await this.kafka.close()
  }
}

/** Kafka as a process sees it that dies before each of its commits. */
export function withoutCommits(kafka: KafkaPort): KafkaPort {
  return {
    producer: (options) => kafka.producer(options),
    transactionalProducer: (options) => kafka.transactionalProducer(options),
    readAll: (topic, onRecord, options) => kafka.readAll(topic, onRecord, options),
    ensureTopics: (options) => kafka.ensureTopics(options),
    offsets: (topic) => kafka.offsets(topic),
    offsetsAt: (topic, timestampMs) => kafka.offsetsAt(topic, timestampMs),
    committed: (group, topic) => kafka.committed(group, topic),
    groupMembers: (group) => kafka.groupMembers(group),
    bookmark: (group, offsets) => kafka.bookmark(group, offsets),
    check: (signal) => kafka.check(signal),
    close: () => kafka.close(),
    consumer(options) {
      const consumer = kafka.consumer(options)
      return {
        start: () => consumer.start(),
        pause: (partitions) => {
          consumer.pause(partitions)
        },
        resume: (partitions) => {
          consumer.resume(partitions)
        },
        commit: () => Promise.reject(new Error('killed before the commit')),
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
}
