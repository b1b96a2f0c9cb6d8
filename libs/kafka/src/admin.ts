import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, PegelError } from '@pegel/errors'
import type { Admin } from 'kafkajs'
import kafkajs from 'kafkajs'
import { kafkaErrors } from './errors.ts'
import type { KafkaJsError } from './kafkajs-internals.ts'
import type { Names } from './names.ts'
import type { CommitRequest, TopicPartition } from './port.ts'
import { toOffset } from './protocol-codes.ts'
import { createClient, type WireSettings } from './wire.ts'

export interface TopicInfo {
  readonly partitions: number
  readonly maxMessageBytes: number
}

export interface PartitionOffsets extends TopicPartition {
  readonly earliest: number
  readonly latest: number
}

const KAFKA_DEFAULT_MESSAGE_BYTES = 1_048_588
/** A topic that was just created takes a moment to be known to every broker. */
const TOPIC_PATIENCE_MS = 2000

/** Questions about topics and groups, over one admin connection that is made when needed and dropped when it fails. */
export class AdminDesk {
  readonly #settings: WireSettings
  readonly #names: Names
  #admin: Promise<Admin> | null = null
  #closed = false

  constructor(settings: WireSettings, names: Names) {
    this.#settings = settings
    this.#names = names
  }

  async use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.#closed) throw kafkaErrors.closed({ what: 'Kafka port' })
    const connecting = (this.#admin ??= this.#connect())
    try {
      return await work(await connecting)
    } catch (error) {
      if (this.#admin === connecting) this.#drop()
      throw error
    }
  }

  async topicInfo(topic: string): Promise<TopicInfo> {
    const giveUpAt = Date.now() + TOPIC_PATIENCE_MS
    for (;;) {
      try {
        const info = await this.use((admin) => this.#readTopicInfo(admin, this.#names.toWire(topic)))
        if (info !== null) return info
        if (Date.now() > giveUpAt) throw kafkaErrors.topic_missing({ topic })
      } catch (error) {
        if (error instanceof PegelError) throw error
        if (Date.now() > giveUpAt) throw this.#explain(error, topic)
      }
      await sleep(100)
    }
  }

  async offsets(topic: string): Promise<PartitionOffsets[]> {
    try {
      const found = await this.use((admin) => admin.fetchTopicOffsets(this.#names.toWire(topic)))
      return found
        .map(({ partition, low, high }) => ({ topic, partition, earliest: toOffset(low), latest: toOffset(high) }))
        .sort((a, b) => a.partition - b.partition)
    } catch (error) {
      throw this.#explain(error, topic)
    }
  }

  async committed(group: string, topic: string): Promise<CommitRequest[]> {
    const [groupId, name] = [this.#names.toWire(group), this.#names.toWire(topic)]
    try {
      const found = await this.use((admin) => admin.fetchOffsets({ groupId, topics: [name] }))
      const partitions = found.find((entry) => entry.topic === name)?.partitions ?? []
      return partitions
        .map(({ partition, offset }) => ({ topic, partition, offset: toOffset(offset) }))
        .sort((a, b) => a.partition - b.partition)
    } catch (error) {
      throw this.#explain(error, topic)
    }
  }

  async check(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) => {
      const fail = (): void => {
        reject(kafkaErrors.broker_lost({ reason: 'the check was aborted' }, signal.reason))
      }
      if (signal.aborted) fail()
      else signal.addEventListener('abort', fail, { once: true })
    })
    try {
      await Promise.race([this.use((admin) => admin.describeCluster()), aborted])
    } catch (error) {
      throw error instanceof PegelError ? error : kafkaErrors.broker_lost({ reason: messageOf(error) }, error)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const admin = this.#admin
    this.#admin = null
    if (admin !== null) await admin.then((connected) => connected.disconnect()).catch(() => undefined)
  }

  async #connect(): Promise<Admin> {
    const admin = createClient(this.#settings).admin()
    await admin.connect()
    return admin
  }

  #drop(): void {
    const admin = this.#admin
    this.#admin = null
    void admin?.then((connected) => connected.disconnect()).catch(() => undefined)
  }

  /** @returns null for a topic that is not there (yet) */
  async #readTopicInfo(admin: Admin, name: string): Promise<TopicInfo | null> {
    const partitions = await countPartitions(admin, name)
    if (partitions === 0) return null
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ['max.message.bytes'] }],
    })
    const entry = resources[0]?.configEntries.find(({ configName }) => configName === 'max.message.bytes')
    return { partitions, maxMessageBytes: Number(entry?.configValue ?? KAFKA_DEFAULT_MESSAGE_BYTES) }
  }

  #explain(error: unknown, topic: string): PegelError {
    if (error instanceof PegelError) return error
    const { type } = error as KafkaJsError
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return kafkaErrors.topic_missing({ topic }, error)
    return kafkaErrors.broker_lost({ reason: messageOf(error), timeoutMs: 10_000 }, error)
  }
}

async function countPartitions(admin: Admin, name: string): Promise<number> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] })
    return topics.find((topic) => topic.name === name)?.partitions.length ?? 0
  } catch (error) {
    if ((error as KafkaJsError).type === 'UNKNOWN_TOPIC_OR_PARTITION') return 0
    throw error
  }
}
