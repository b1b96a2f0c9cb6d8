import { randomBytes } from 'node:crypto'
import { createLogger, createMetrics, type Metrics } from '@pegel/telemetry'
import kafkajs from 'kafkajs'
import { until } from './collector.ts'
import { createKafka, type KafkaSettings } from '../../src/create-kafka.ts'
import type { KafkaPort } from '../../src/port.ts'

export function brokers(): string[] {
  const value = process.env.PEGEL_KAFKA_BROKERS
  if (value === undefined) throw new Error('PEGEL_KAFKA_BROKERS is not set: these tests need a real Kafka')
  return value.split(',')
}

export interface TestKafka {
  readonly kafka: KafkaPort
  readonly prefix: string
  readonly metrics: Metrics
  readonly admin: kafkajs.Admin
  readonly log: string[]
  /** Creates a topic; named with the prefix already. */
  topic(
    name: string,
    partitions?: number,
    config?: Readonly<Record<string, string>>,
    replicationFactor?: number,
  ): Promise<string>
  /** Deletes the records of a topic's partition 0 before this offset. */
  deleteUpTo(topic: string, offset: number): Promise<void>
  /** Another port to the same prefix. */
  another(settings?: Partial<KafkaSettings>): KafkaPort
  close(): Promise<void>
}

/** A port with a prefix of its own, and a plain kafkajs admin beside it. */
export async function openKafka(settings: Partial<KafkaSettings> = {}): Promise<TestKafka> {
  const prefix = settings.prefix ?? `t${randomBytes(5).toString('hex')}.`
  const log: string[] = []
  const logger = createLogger({
    service: 'test',
    level: process.env.KAFKA_TEST_LOG === '1' ? 'debug' : 'info',
    destination: {
      write: (line) => {
        log.push(line)
        if (process.env.KAFKA_TEST_LOG === '1') process.stderr.write(line)
      },
    },
  })
  const metrics = createMetrics({ service: 'test', defaults: false })
  const base = { brokers: brokers(), clientId: 'test', prefix, log: logger, metrics, ...settings }
  const ports: KafkaPort[] = []
  const make = (more: Partial<KafkaSettings> = {}): KafkaPort => {
    const port = createKafka({ ...base, ...more })
    ports.push(port)
    return port
  }
  const kafka = make()
  const client = new kafkajs.Kafka({ brokers: [...base.brokers], logLevel: kafkajs.logLevel.NOTHING })
  const admin = client.admin()
  await admin.connect()
  return {
    kafka,
    prefix,
    metrics,
    admin,
    log,
    another: make,
    async topic(name, partitions = 1, config = {}, replicationFactor = 1) {
      await admin.createTopics({
        waitForLeaders: false,
        topics: [
          {
            topic: prefix + name,
            numPartitions: partitions,
            replicationFactor,
            configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
          },
        ],
      })
      await until(`${name} is ready`, () => isReady(admin, prefix + name))
      return name
    },
    async deleteUpTo(topic, offset) {
      // kafkajs looks for the leader before it loads the topic's metadata; this loads them.
      await admin.fetchTopicOffsets(prefix + topic)
      await admin.deleteTopicRecords({ topic: prefix + topic, partitions: [{ partition: 0, offset: `${offset}` }] })
    },
    async close() {
      await Promise.all(ports.map((port) => port.close()))
      const mine = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
      if (mine.length > 0) await admin.deleteTopics({ topics: mine })
      await admin.disconnect()
    },
  }
}

/** kafkajs' own wait for leaders fails when a broker has not heard of the topic yet. */
async function isReady(admin: kafkajs.Admin, topic: string): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    await admin.fetchTopicOffsets(topic)
    return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))
  } catch {
    return false
  }
}
