import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf, PegelError } from '@pegel/errors'
import { compressionType, type Compression } from './codecs.ts'
import { kafkaErrors } from './errors.ts'
import { partitionOf } from './murmur2.ts'
import type { Names } from './names.ts'
import type { OutgoingRecord, Produced, Producer, ProducerOptions } from './port.ts'
import { createProducerMetrics, type ProducerMetrics } from './producer-metrics.ts'
import { ProducerSession, type BatchOutcome } from './producer-session.ts'
import { loneBatchBytes, recordBytes } from './record-size.ts'
import { SendQueue, type LaneBatch, type QueuedRecord } from './send-queue.ts'
import { Ticket } from './ticket.ts'
import type { TopicInfo } from './admin.ts'
import type { WireSettings } from './wire.ts'
import type { Metrics } from '@pegel/telemetry'

export interface ProducerContext {
  readonly wire: WireSettings
  readonly names: Names
  readonly metrics: Metrics
  /** Partition count and size limit of a topic; rejects with topic_missing or broker_lost. */
  readonly topicInfo: (topic: string) => Promise<TopicInfo>
}

const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024
const MAX_REQUEST_BYTES = 16 * 1024 * 1024
const DEADLINE_MS = 30_000
const REOPEN_MS = 200

export function createProducer(context: ProducerContext, options: ProducerOptions = {}): Producer {
  return new QueueingProducer(context, options)
}

/**
 * Sends of all callers meet in one queue. One request cycle runs at a time and takes what has gathered meanwhile: a batch
 * per partition, one request per leader. So order per partition holds, and busy callers share requests.
 */
class QueueingProducer implements Producer {
  readonly #context: ProducerContext
  readonly #maxBytesInFlight: number
  readonly #compression: Compression
  readonly #lingerMs: number
  readonly #metrics: ProducerMetrics
  readonly #queue = new SendQueue(MAX_REQUEST_BYTES)
  readonly #topics = new Map<string, TopicInfo>()
  readonly #open = new Set<Ticket>()
  #admission: Promise<void> | null = null
  #session: ProducerSession | null = null
  #pumping: Promise<void> | null = null
  #bytesInFlight = 0
  #closing = false
  #trouble: string | null = null

  constructor(context: ProducerContext, options: ProducerOptions) {
    this.#context = context
    this.#maxBytesInFlight = options.maxBytesInFlight ?? MAX_BYTES_IN_FLIGHT
    this.#compression = options.compression ?? 'zstd'
    this.#lingerMs = options.lingerMs ?? 0
    this.#metrics = createProducerMetrics(context.metrics)
  }

  get bytesInFlight(): number {
    return this.#bytesInFlight
  }

  send(
    records: readonly OutgoingRecord[],
    options: { readonly deadlineMs?: number } = {},
  ): Promise<readonly Produced[]> {
    if (records.length === 0) return Promise.resolve([])
    const ticket = this.#ticketFor(records, options.deadlineMs ?? DEADLINE_MS)
    if (ticket instanceof PegelError) {
      this.#metrics.failed(ticket)
      return Promise.reject(ticket)
    }
    const topics = [...new Set(records.map(({ topic }) => topic))]
    if (this.#admission === null && topics.every((topic) => this.#topics.has(topic))) this.#enqueue(ticket, records)
    else this.#admitLater(ticket, topics, records)
    return ticket.promise
  }

  async close(): Promise<void> {
    this.#closing = true
    await Promise.allSettled([...this.#open].map((ticket) => ticket.promise))
    this.#session?.close()
    await this.#pumping
    this.#session?.close()
  }

  #ticketFor(records: readonly OutgoingRecord[], deadlineMs: number): Ticket | PegelError {
    if (this.#closing) return kafkaErrors.closed({ what: 'producer' })
    let bytes = 0
    for (const record of records) bytes += recordBytes(record)
    const [maxBytes, bytesInFlight] = [this.#maxBytesInFlight, this.#bytesInFlight]
    if (bytes > maxBytes) return kafkaErrors.send_too_large({ bytes, maxBytes })
    if (bytesInFlight + bytes > maxBytes) return kafkaErrors.buffer_full({ bytes, bytesInFlight, maxBytes })
    const ticket = new Ticket({ records: records.length, bytes, deadlineMs, onDeadline: () => this.#late(deadlineMs) })
    this.#count(bytes)
    this.#open.add(ticket)
    ticket.onSettled(() => {
      this.#open.delete(ticket)
      this.#count(-bytes)
    })
    ticket.promise.catch((error: unknown) => {
      this.#metrics.failed(error)
    })
    return ticket
  }

  #count(bytes: number): void {
    this.#bytesInFlight += bytes
    this.#metrics.inFlight(bytes)
  }

  #late(deadlineMs: number): PegelError {
    const reason = this.#session?.trouble ?? this.#trouble
    if (this.#session?.usable === true)
      return kafkaErrors.deadline_exceeded({ deadlineMs, reason: reason ?? 'no answer' })
    return kafkaErrors.broker_lost({ reason: reason ?? 'no connection' })
  }

  /** While a topic is being looked up, later sends queue behind it: none may overtake. */
  #admitLater(ticket: Ticket, topics: readonly string[], records: readonly OutgoingRecord[]): void {
    const settled = new Promise<void>((resolve) => {
      ticket.onSettled(resolve)
    })
    const admit = async (): Promise<void> => {
      if (ticket.settled) return
      try {
        await Promise.race([settled, Promise.all(topics.map((topic) => this.#learn(topic)))])
      } catch (error) {
        ticket.fail(error instanceof PegelError ? error : kafkaErrors.broker_lost({ reason: messageOf(error) }, error))
      }
      if (!isSettled(ticket)) this.#enqueue(ticket, records)
    }
    const turn = (this.#admission ?? Promise.resolve()).then(admit)
    this.#admission = turn
    void turn.then(() => {
      if (this.#admission === turn) this.#admission = null
    })
  }

  async #learn(topic: string): Promise<void> {
    if (!this.#topics.has(topic)) this.#topics.set(topic, await this.#context.topicInfo(topic))
  }

  #enqueue(ticket: Ticket, records: readonly OutgoingRecord[]): void {
    const places = records.map((record) => this.#placeOf(record))
    const problem = places.find((place) => place instanceof PegelError)
    if (problem instanceof PegelError) {
      ticket.fail(problem)
      return
    }
    for (const [index, record] of records.entries()) {
      const place = places[index]
      if (place === undefined || place instanceof PegelError) continue
      this.#queue.add(place, { ticket, index, record, alone: false, uncompressed: false })
    }
    this.#wake()
  }

  #placeOf(record: OutgoingRecord): { topic: string; partition: number; maxBatchBytes: number } | PegelError {
    const info = this.#topics.get(record.topic)
    if (info === undefined) return kafkaErrors.topic_missing({ topic: record.topic })
    const { topic } = record
    const { partitions, maxMessageBytes } = info
    const partition = record.partition ?? partitionOf(record.key, partitions)
    if (!Number.isInteger(partition) || partition < 0 || partition >= partitions) {
      return kafkaErrors.partition_missing({ topic, partition, partitions })
    }
    const bytes = loneBatchBytes(record)
    if (this.#compression === 'none' && bytes > maxMessageBytes) {
      // The next send learns anew what the topic takes.
      this.#topics.delete(topic)
      return kafkaErrors.record_too_large({ topic, bytes, maxBytes: maxMessageBytes })
    }
    return { topic, partition, maxBatchBytes: maxMessageBytes }
  }

  #wake(): void {
    this.#pumping ??= this.#pump()
      .catch(async (error: unknown) => {
        this.#context.wire.log.error('the producer stumbled; it goes on over a new connection', { error })
        this.#session?.close()
        await sleep(REOPEN_MS)
      })
      .then(() => {
        this.#pumping = null
        if (!this.#queue.empty) this.#wake()
      })
  }

  async #pump(): Promise<void> {
    if (this.#lingerMs > 0) await sleep(this.#lingerMs)
    while (!this.#queue.empty) {
      const session = await this.#usableSession()
      if (session === null) {
        await sleep(REOPEN_MS)
        this.#queue.purge()
        continue
      }
      const batches = this.#queue.take()
      if (batches.length > 0) await this.#write(session, batches)
    }
  }

  async #usableSession(): Promise<ProducerSession | null> {
    const old = this.#session
    if (old?.usable === true) return old
    try {
      this.#session = old?.connected === true ? await old.renew() : await this.#openSession()
      this.#metrics.newProducerId()
      this.#trouble = null
    } catch (error) {
      old?.close()
      this.#session = null
      this.#trouble = messageOf(error)
      this.#context.wire.log.warn('no connection to produce over; trying again', { error: this.#trouble })
    }
    return this.#session
  }

  #openSession(): Promise<ProducerSession> {
    const topics = [...this.#topics.keys()].map((topic) => this.#context.names.toWire(topic))
    return ProducerSession.open(this.#context.wire, topics)
  }

  async #write(session: ProducerSession, batches: readonly LaneBatch[]): Promise<void> {
    const startedAt = performance.now()
    const abandon = new AbortController()
    const openBatches = new Set(batches.keys())
    const abandonWhenUnwanted = (): void => {
      const wanted = [...openBatches].some((i) => batches[i]?.items.some((item) => !item.ticket.settled))
      if (openBatches.size > 0 && !wanted) abandon.abort()
    }
    for (const { items } of batches) for (const { ticket } of items) ticket.onSettled(abandonWhenUnwanted)
    await session.write(
      batches.map((batch) => this.#toPartitionBatch(batch)),
      abandon.signal,
      (index, outcome) => {
        openBatches.delete(index)
        const batch = batches[index]
        if (batch !== undefined) this.#settle(batch, outcome)
      },
    )
    this.#metrics.request(startedAt)
  }

  #toPartitionBatch({ lane, items }: LaneBatch): Parameters<ProducerSession['write']>[0][number] {
    const compression = compressionType[items[0]?.uncompressed === true ? 'none' : this.#compression]
    const messages = items.map(({ record }) => ({
      key: record.key,
      value: record.value,
      headers: record.headers ?? {},
    }))
    return { topic: this.#context.names.toWire(lane.topic), partition: lane.partition, messages, compression }
  }

  #settle(batch: LaneBatch, outcome: BatchOutcome): void {
    const { lane, items } = batch
    const { topic, partition } = lane
    if (outcome.kind === 'written') {
      let bytes = 0
      for (const [i, { ticket, index, record }] of items.entries()) {
        bytes += recordBytes(record)
        const offset = outcome.baseOffset + i
        ticket.written(index, { topic, partition, offset, timestampMs: outcome.timestampMs })
      }
      this.#metrics.produced(topic, items.length, bytes)
    } else if (outcome.kind === 'too_large') this.#retrySmaller(batch)
    else if (outcome.kind === 'not_written') this.#queue.putBack(batch)
    else {
      const error = outcome.kind === 'refused' ? kafkaErrors.record_refused : kafkaErrors.produce_failed
      for (const { ticket } of items) ticket.fail(error({ topic, partition, reason: outcome.reason }))
    }
  }

  /** Several records: each goes alone, so that only the one at fault fails. One: it may fit uncompressed. */
  #retrySmaller({ lane, items }: LaneBatch): void {
    const [first] = items
    if (first === undefined) return
    const { topic, maxBatchBytes: maxBytes } = lane
    if (items.length > 1) for (const item of items) item.alone = true
    else {
      const bytes = loneBatchBytes(first.record)
      if (bytes > maxBytes || first.uncompressed || this.#compression === 'none') {
        this.#topics.delete(topic)
        first.ticket.fail(kafkaErrors.record_too_large({ topic, bytes, maxBytes }))
        return
      }
      Object.assign<QueuedRecord, Partial<QueuedRecord>>(first, { alone: true, uncompressed: true })
    }
    this.#queue.putBack({ lane, items })
  }
}

/** Asked anew after an await, which the type checker does not see. */
function isSettled(ticket: Ticket): boolean {
  return ticket.settled
}
