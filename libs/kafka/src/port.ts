import type { Logger, Metrics } from '@pegel/telemetry'
import type { Memory } from './record-memory.ts'

/**
 * The Kafka port: all that the rest of Pegel knows of Kafka. Implemented over kafkajs in this library, the only place
 * that imports it. Offsets are numbers (Kafka's 64-bit offsets stay below 2^53 in practice; the port checks).
 */
export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface KafkaRecord extends TopicPartition {
  readonly offset: number
  /** LogAppendTime on the data topics, ms since the epoch. */
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
  /** Whoever does not need key, value and headers any more may say so; else they are collected as all else. */
  readonly memory?: Memory | undefined
}

export interface OutgoingRecord {
  readonly topic: string
  readonly key: string | Buffer
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, string | Buffer>>
  /** Only where the contract asks for the partition number of the input; else Kafka's default partitioner (murmur2 of the key). */
  readonly partition?: number
}

export interface Produced extends TopicPartition {
  readonly offset: number
  /** LogAppendTime when the topic has it; -1 otherwise. */
  readonly timestampMs: number
}

export interface Producer {
  /**
   * Resolves when Kafka has every record (acks=all, idempotent), in the order given.
   * Rejects with kafkaErrors.record_too_large (not retryable), broker_lost, deadline_exceeded or buffer_full (retryable): then
   * none, some or all of the records may be in Kafka, and the next send uses a new producer id.
   */
  send(records: readonly OutgoingRecord[], options?: { readonly deadlineMs?: number }): Promise<readonly Produced[]>
  /** Bytes given to send() and not yet acknowledged. */
  readonly bytesInFlight: number
  close(): Promise<void>
}

export interface ProducerOptions {
  /** Bound on bytes in flight over all sends; a send beyond it is refused at once with buffer_full. Default 64 MiB. */
  readonly maxBytesInFlight?: number
  readonly compression?: 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'
  /** A wait, in ms, that lets sends of different callers share one request. Default 0: whatever queued while a request was in flight. */
  readonly lingerMs?: number
}

/** Writes to one topic in transactions, as the only one of its id. */
export interface TransactionalProducer {
  /**
   * One transaction: readers see all of the records or none. Resolves when Kafka has committed it. Each record names its partition.
   * Rejects with kafkaErrors.producer_fenced when a newer producer of the id is there, or with another error; whether the records are there is
   * unknown then, the producer is over, and a new one of the same id settles it: what it reads back is what holds.
   */
  commit(records: readonly OutgoingRecord[]): Promise<readonly Produced[]>
  close(): Promise<void>
}

export interface TransactionalOptions {
  /** The transactional id; whoever opens it last has it. */
  readonly id: string
  readonly topic: string
  /** After so long without an end Kafka aborts a transaction by itself. Default 30 s. */
  readonly timeoutMs?: number
}

/** Records of one partition, consecutive, in order. */
export interface FetchedBatch extends TopicPartition {
  /** Grows with every assignment; a commit or a write of an older epoch is void. */
  readonly epoch: number
  readonly records: readonly KafkaRecord[]
  /** Offset after the last record of the partition when this was fetched. */
  readonly highWatermark: number
}

export interface Gap extends TopicPartition {
  /** Offsets from (inclusive) to (exclusive) that retention removed before they were read. */
  readonly from: number
  readonly to: number
}

export interface ConsumerHandlers {
  /** Enqueues and returns: it must not wait for the work. To slow down, pause the partition and resume it later. */
  onBatch(batch: FetchedBatch): void
  /** After every (re)join. All earlier epochs are void: abort writes in flight, empty mailboxes; records come again from the committed offset. */
  onAssigned(assignment: { readonly epoch: number; readonly partitions: readonly TopicPartition[] }): void
  /** The assignment is gone (rebalance under way, session lost, closing). */
  onRevoked(epoch: number): void
  /** Offset out of range was intercepted; the consumer goes on at `to`. */
  onGap(gap: Gap): void
}

export interface CommitRequest extends TopicPartition {
  /** Next offset to read, as Kafka means it. */
  readonly offset: number
}

export interface Consumer {
  /** Resolves after the first assignment. */
  start(): Promise<void>
  /**
   * Stops fetching these partitions. What is on its way is kept and handed out after resume(); nothing is lost.
   * Each epoch begins with nothing paused: whoever must stay paused pauses again in onAssigned, before the first batch.
   */
  pause(partitions: readonly TopicPartition[]): void
  /** A batch that was kept comes later, never from within this call. */
  resume(partitions: readonly TopicPartition[]): void
  /** Does nothing when the epoch is no longer the current one. */
  commit(offsets: readonly CommitRequest[], epoch: number): Promise<void>
  /** Leaves the group cleanly. Call after the work in flight was committed. */
  close(): Promise<void>
  /** False when the group was lost and could not be rejoined. */
  readonly healthy: boolean
  /**
   * When the request was sent by which the group last confirmed this member, by performance.now(). Longer ago than the session timeout:
   * the group may have given its partitions away, though nobody has said so here.
   */
  readonly confirmedAtMs: number
}

export interface ConsumerOptions {
  readonly group: string
  readonly topics: readonly string[]
  readonly handlers: ConsumerHandlers
  readonly sessionTimeoutMs?: number
  readonly maxBytesPerPartition?: number
}

export interface KafkaPort {
  producer(options?: ProducerOptions): Producer
  /** Fences every older producer of the id before it resolves. */
  transactionalProducer(options: TransactionalOptions): Promise<TransactionalProducer>
  consumer(options: ConsumerOptions): Consumer
  /**
   * Reads a topic from the earliest offset, or `from`, for ever (a throw-away group, no commits). `caughtUp` resolves
   * once everything that was there at the start has been given to onRecord. With `partitions`, of these alone.
   */
  readAll(topic: string, onRecord: (record: KafkaRecord) => void, options?: ReadAllOptions): Promise<AllReader>
  /** Creates what is missing of the topic table; resolves when every partition has a leader. Fails when an existing data topic has other partition counts. */
  ensureTopics(options: EnsureTopicsOptions): Promise<void>
  /** Start and end offsets per partition. */
  offsets(topic: string): Promise<readonly (TopicPartition & { readonly earliest: number; readonly latest: number })[]>
  /**
   * Per partition, the first offset whose record was appended at `timestampMs` (ms since the epoch) or later; the end where there is none.
   * Records before it that retention has removed are not told apart: compare with `earliest` of `offsets`.
   */
  offsetsAt(topic: string, timestampMs: number): Promise<readonly (TopicPartition & { readonly offset: number })[]>
  /** Committed offsets of a group, -1 where there is none. */
  committed(group: string, topic: string): Promise<readonly CommitRequest[]>
  /** Members of a consumer group as its coordinator knows them; 0 when there is no such group. One that died counts until its session runs out. */
  groupMembers(group: string): Promise<number>
  /** Commits offsets of a group that nobody joins: a bookmark that outlives the process. Whoever commits last is believed. */
  bookmark(group: string, offsets: readonly CommitRequest[]): Promise<void>
  /** Rejects when no broker answers. */
  check(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface ReadAllOptions {
  /** Default: all of the topic. */
  readonly partitions?: readonly number[]
  /** Where to begin in each partition, bounded by what is there. Default: at the earliest. */
  readonly from?: (range: TopicPartition & { readonly earliest: number; readonly latest: number }) => number
  /** Fetched at a time, of each: what is worked on in one go. Default 1 MiB; one record batch, if that is larger. */
  readonly maxBytesPerPartition?: number
}

export interface AllReader {
  readonly caughtUp: Promise<void>
  /** Resolves once everything that is in the topic now has been given to onRecord. @throws kafka.broker_lost, kafka.closed */
  catchUp(): Promise<void>
  /** Stops fetching; records of the fetch before may still come. What is fetched meanwhile is kept for after resume(). */
  pause(): void
  resume(): void
  close(): Promise<void>
}

export interface EnsureTopicsOptions {
  /** Partition count of the data topics. */
  readonly partitions: number
  readonly replication: number
  readonly retentionDays: number
}

/** createKafka(options): KafkaPort */
export interface KafkaOptions {
  readonly brokers: readonly string[]
  readonly clientId: string
  /** Put before every topic and group name on the wire and stripped from what is read: lets deployments and tests share a broker. */
  readonly prefix?: string
  /** Of every consumer that names none itself: after so long without a heartbeat its partitions go to others. Default 10 s. */
  readonly sessionTimeoutMs?: number
  readonly log: Logger
  readonly metrics: Metrics
}
