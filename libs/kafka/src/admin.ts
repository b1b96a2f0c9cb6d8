import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, PegelError } from '@pegel/errors'
import type { Admin } from 'kafkajs'
import kafkajs from 'kafkajs'
import { kafkaErrors } from './errors.ts'
import type { Names } from './names.ts'
import type { CommitRequest, TopicPartition } from './port.ts'
import { protocolTypeOf, toOffset } from './protocol-codes.ts'
import { createClient, createWire, type WireSettings } from './wire.ts'

export interface TopicInfo {
  readonly partitions: number
  readonly maxMessageBytes: number
}

export interface PartitionOffsets extends TopicPartition {
  readonly earliest: number
  readonly latest: number
}

const MISSING = 'UNKNOWN_TOPIC_OR_PARTITION'
const KAFKA_DEFAULT_MESSAGE_BYTES = 1_048_588
/** A topic that was just created takes a moment to be known to every broker. */
const TOPIC_PATIENCE_MS = 2000

interface Link {
  readonly ready: Promise<Admin>
  readonly cut: () => void
}

/** Questions about topics and groups, over one admin connection that is made when needed and dropped when it fails. */
export class AdminDesk {
  readonly #settings: WireSettings
  readonly #names: Names
  #link: Link | null = null
  #closed = false

  constructor(settings: WireSettings, names: Names) {
    this.#settings = settings
    this.#names = names
  }

  async use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.#closed) throw kafkaErrors.closed({ what: 'Kafka port' })
    const link = (this.#link ??= this.#connect())
    try {
      return await work(await link.ready)
    } catch (error) {
      this.#drop(link)
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
    const giveUpAt = Date.now() + TOPIC_PATIENCE_MS
    for (;;) {
      try {
        const found = await this.use((admin) => admin.fetchTopicOffsets(this.#names.toWire(topic)))
        return found
          .map(({ partition, low, high }) => ({ topic, partition, earliest: toOffset(low), latest: toOffset(high) }))
          .sort((a, b) => a.partition - b.partition)
      } catch (error) {
        // Right after a topic was made, a broker may not know yet that it leads a partition.
        if ((error as KafkaJsError).type !== 'NOT_LEADER_FOR_PARTITION' || Date.now() > giveUpAt)
          throw this.#explain(error, topic)
      }
      await sleep(100)
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

  /** A new connection each time: what is asked is whether one can be made and gets an answer. */
  async check(signal: AbortSignal): Promise<void> {
    if (this.#closed) throw kafkaErrors.closed({ what: 'Kafka port' })
    const wire = createWire(this.#settings)
    const abort = (): void => wire.destroy()
    signal.addEventListener('abort', abort)
    try {
      if (signal.aborted) throw new Error('the check was aborted')
      await wire.open([])
    } catch (error) {
      throw kafkaErrors.broker_lost({ reason: messageOf(error) }, error)
    } finally {
      signal.removeEventListener('abort', abort)
      wire.destroy()
    }
  }

  close(): void {
    this.#closed = true
    this.#drop(this.#link)
  }

  #connect(): Link {
    const { client, cut } = createClient(this.#settings)
    const admin = client.admin()
    return { ready: admin.connect().then(() => admin), cut }
  }

  #drop(link: Link | null): void {
    if (this.#link === link) this.#link = null
    link?.cut()
    link?.ready.then((admin) => admin.disconnect()).catch(() => undefined)
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
    if (protocolTypeOf(error) === MISSING) return kafkaErrors.topic_missing({ topic }, error)
    return kafkaErrors.broker_lost({ reason: messageOf(error) }, error)
  }
}

async function countPartitions(admin: Admin, name: string): Promise<number> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [name] })
    return topics.find((topic) => topic.name === name)?.partitions.length ?? 0
  } catch (error) {
    if (protocolTypeOf(error) === MISSING) return 0
    throw error
  }
}
