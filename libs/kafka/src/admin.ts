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

interface Link {
  readonly ready: Promise<Admin>
  readonly cut: () => void
  users: number
  retired: boolean
}

const MISSING = 'UNKNOWN_TOPIC_OR_PARTITION'
const KAFKA_DEFAULT_MESSAGE_BYTES = 1_048_588
/** Right after a topic was made not every broker knows it. */
const PATIENCE_MS = 2000
/** Nor that it leads a partition of it: it answers, so it will know. */
const LEADER_PATIENCE_MS = 10_000
const WITHOUT_LEADER: ReadonlySet<string | undefined> = new Set(['LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION'])

/** Questions about topics and groups, over one admin connection that is made when needed and replaced when something fails. */
export class AdminDesk {
  readonly #settings: WireSettings
  readonly #names: Names
  readonly #links = new Set<Link>()
  #link: Link | null = null
  #closed = false

  constructor(settings: WireSettings, names: Names) {
    this.#settings = settings
    this.#names = names
  }

  async use<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    if (this.#closed) throw kafkaErrors.closed({ what: 'Kafka port' })
    const link = (this.#link ??= this.#connect())
    link.users++
    try {
      return await work(await link.ready)
    } catch (error) {
      // Others may still be at work over this one: it ends with the last of them.
      link.retired = true
      if (this.#link === link) this.#link = null
      throw error
    } finally {
      link.users--
      if (link.retired && link.users === 0) this.#end(link)
    }
  }

  topicInfo(topic: string): Promise<TopicInfo> {
    return this.#ask(topic, (admin) => readTopicInfo(admin, this.#names.toWire(topic)))
  }

  offsets(topic: string): Promise<PartitionOffsets[]> {
    return this.#ask(topic, async (admin) => {
      const found = await admin.fetchTopicOffsets(this.#names.toWire(topic))
      return found
        .map(({ partition, low, high }) => ({ topic, partition, earliest: toOffset(low), latest: toOffset(high) }))
        .sort((a, b) => a.partition - b.partition)
    })
  }

  offsetsAt(topic: string, timestampMs: number): Promise<CommitRequest[]> {
    return this.#ask(topic, async (admin) => {
      const found = await admin.fetchTopicOffsetsByTimestamp(this.#names.toWire(topic), Math.max(timestampMs, 0))
      return found
        .map(({ partition, offset }) => ({ topic, partition, offset: toOffset(offset) }))
        .sort((a, b) => a.partition - b.partition)
    })
  }

  committed(group: string, topic: string): Promise<CommitRequest[]> {
    const [groupId, name] = [this.#names.toWire(group), this.#names.toWire(topic)]
    return this.#ask(topic, async (admin) => {
      const found = await admin.fetchOffsets({ groupId, topics: [name] })
      const partitions = found.find((entry) => entry.topic === name)?.partitions ?? []
      return partitions
        .map(({ partition, offset }) => ({ topic, partition, offset: toOffset(offset) }))
        .sort((a, b) => a.partition - b.partition)
    })
  }

  groupMembers(group: string): Promise<number> {
    return this.#ask(group, async (admin) => {
      const { groups } = await admin.describeGroups([this.#names.toWire(group)])
      return groups[0]?.members.length ?? 0
    })
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
    this.#link = null
    for (const link of this.#links) this.#end(link)
  }

  /** @param topic for words alone; of a group nothing is ever missing */
  async #ask<T>(topic: string, work: (admin: Admin) => Promise<T>): Promise<T> {
    const startedAt = Date.now()
    for (;;) {
      try {
        return await this.use(work)
      } catch (error) {
        if (error instanceof PegelError) throw error
        if (this.#closed) throw kafkaErrors.closed({ what: 'Kafka port' })
        const type = protocolTypeOf(error)
        if (Date.now() - startedAt > (WITHOUT_LEADER.has(type) ? LEADER_PATIENCE_MS : PATIENCE_MS)) {
          if (type === MISSING) throw kafkaErrors.topic_missing({ topic }, error)
          throw kafkaErrors.broker_lost({ reason: messageOf(error) }, error)
        }
      }
      await sleep(100)
    }
  }

  #connect(): Link {
    const { client, cut } = createClient(this.#settings)
    const admin = client.admin()
    const link: Link = { ready: admin.connect().then(() => admin), cut, users: 0, retired: false }
    this.#links.add(link)
    return link
  }

  #end(link: Link): void {
    this.#links.delete(link)
    link.cut()
    link.ready.then((admin) => admin.disconnect()).catch(() => undefined)
  }
}

async function readTopicInfo(admin: Admin, name: string): Promise<TopicInfo> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [name] })
  const partitions = topics.find((topic) => topic.name === name)?.partitions.length ?? 0
  if (partitions === 0) throw new Error(`no partitions of ${name} yet`)
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ['max.message.bytes'] }],
  })
  const entry = resources[0]?.configEntries.find(({ configName }) => configName === 'max.message.bytes')
  return { partitions, maxMessageBytes: Number(entry?.configValue ?? KAFKA_DEFAULT_MESSAGE_BYTES) }
}
