import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Broker, ProduceRequest, ProduceResponse, TransactionMember, WireMessage } from './kafkajs-internals.ts'
import { claimIdentity, coordinatorOf } from './producer-identity.ts'
import type { ProducerIdentity, TransactionalIdentity } from './producer-identity.ts'
import { judgeProduce, mayBeWritten, nameOfCode, toOffset } from './protocol-codes.ts'
import { createWire, produceTo, type Wire, type WireSettings } from './wire.ts'

/** Records of one partition that travel as one record batch; topic as on the wire. */
export interface PartitionBatch {
  readonly topic: string
  readonly partition: number
  readonly messages: readonly WireMessage[]
  readonly compression: number
}

export type BatchOutcome =
  | { readonly kind: 'written'; readonly baseOffset: number; readonly timestampMs: number }
  /** Not written; another producer id can write it. */
  | { readonly kind: 'not_written'; readonly reason: string }
  /** Not written, nor will it be. */
  | { readonly kind: 'too_large' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Written or not. */
  | { readonly kind: 'unknown'; readonly reason: string }

interface Waiting {
  readonly index: number
  readonly batch: PartitionBatch
  readonly firstSequence: number
  /** An earlier attempt had no answer, so the batch may be in Kafka already. */
  maybeWritten: boolean
}

const BACKOFF_MS = [20, 50, 100, 200, 500]
const REFRESHES_BEFORE_RECONNECT = 3
const BROKER_TIMEOUT_MS = 10_000
/** Far below the 32-bit limit of a sequence number: a new producer id comes before any wrap-around. */
const LAST_SEQUENCE = 2 ** 30

/**
 * One producer id. A batch gets its sequence number once and keeps it over all attempts, so that Kafka recognises what it
 * has already written; there is one batch per partition in flight. Anything but `written` ends the session: the next
 * record goes out under a new producer id, so that no record can be taken for a duplicate of a lost one.
 */
export class ProducerSession {
  readonly #settings: WireSettings
  #wire: Wire
  #failedRefreshes = 0
  #closed = false
  readonly #id: ProducerIdentity
  readonly #sequences = new Map<string, number>()
  /** False once a batch was not plainly written. */
  usable = true
  /** Why batches are being sent again just now. */
  trouble: string | null = null

  private constructor(settings: WireSettings, wire: Wire, id: ProducerIdentity) {
    this.#settings = settings
    this.#wire = wire
    this.#id = id
  }

  /** @param transaction without: idempotent only */
  static async open(
    settings: WireSettings,
    topics: readonly string[],
    transaction?: TransactionalIdentity,
  ): Promise<ProducerSession> {
    const wire = createWire(settings)
    try {
      await wire.open(topics)
      return await ProducerSession.#withNewId(settings, wire, transaction)
    } catch (error) {
      wire.destroy()
      throw error
    }
  }

  /** A new producer id over the same connections; for failures in which no answer is outstanding. */
  renew(): Promise<ProducerSession> {
    return ProducerSession.#withNewId(this.#settings, this.#wire)
  }

  static async #withNewId(
    settings: WireSettings,
    wire: Wire,
    transaction?: TransactionalIdentity,
  ): Promise<ProducerSession> {
    return new ProducerSession(settings, wire, await claimIdentity(wire, transaction))
  }

  /** Who is asked about a transaction, and as whom. */
  async transaction(): Promise<{ readonly coordinator: Broker; readonly member: TransactionMember }> {
    const { transactionalId = '' } = this.#id
    const coordinator = await coordinatorOf(this.#wire, transactionalId)
    return { coordinator, member: { ...this.#id, transactionalId } }
  }

  get connected(): boolean {
    return !this.#closed
  }

  close(): void {
    this.usable = false
    this.#closed = true
    this.#wire.destroy()
  }

  /**
   * Sends until each batch has an outcome. Aborting cuts the connections, and what is open ends as `unknown`.
   * @param report called once per batch, as soon as its outcome is known
   */
  async write(
    batches: readonly PartitionBatch[],
    signal: AbortSignal,
    report: (index: number, outcome: BatchOutcome) => void,
  ): Promise<void> {
    const cut = (): void => this.close()
    signal.addEventListener('abort', cut)
    const settle = (index: number, outcome: BatchOutcome): void => {
      if (outcome.kind !== 'written') this.usable = false
      report(index, outcome)
    }
    let waiting = batches.map((batch, index) => ({
      index,
      batch,
      firstSequence: this.#sequenceOf(batch),
      maybeWritten: false,
    }))
    try {
      for (let attempt = 0; waiting.length > 0; attempt++) {
        if (attempt > 0) await this.#backOff(attempt, signal)
        if (signal.aborted) break
        waiting = await this.#attempt(waiting, settle)
      }
    } finally {
      signal.removeEventListener('abort', cut)
      for (const { index } of waiting) settle(index, { kind: 'unknown', reason: this.trouble ?? 'given up' })
      this.trouble = null
    }
  }

  #sequenceOf({ topic, partition }: PartitionBatch): number {
    return this.#sequences.get(`${topic}/${partition}`) ?? 0
  }

  async #backOff(attempt: number, signal: AbortSignal): Promise<void> {
    const ms = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length) - 1] ?? 500
    await sleep(ms, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    try {
      await this.#wire.cluster.refreshMetadata()
      this.#failedRefreshes = 0
    } catch (error) {
      this.trouble = messageOf(error)
      if (++this.#failedRefreshes >= REFRESHES_BEFORE_RECONNECT) this.#reconnect()
    }
  }

  /** The producer id and its sequence numbers outlive connections: only those are made anew. */
  #reconnect(): void {
    if (this.#closed) return
    this.#failedRefreshes = 0
    this.#wire.destroy()
    this.#wire = createWire(this.#settings)
  }

  /** One request to each leader at once; gives those to be sent again. */
  async #attempt(
    waiting: readonly Waiting[],
    settle: (index: number, outcome: BatchOutcome) => void,
  ): Promise<Waiting[]> {
    try {
      await this.#wire.open([...new Set(waiting.map(({ batch }) => batch.topic))])
    } catch (error) {
      this.trouble = messageOf(error)
      return [...waiting]
    }
    const again: Waiting[] = []
    const requests: Promise<void>[] = []
    for (const group of this.#byLeader(waiting, again)) {
      requests.push(this.#toLeader(group.leader, group.items, (item) => again.push(item), settle))
    }
    await Promise.all(requests)
    return again.sort((a, b) => a.index - b.index)
  }

  #byLeader(waiting: readonly Waiting[], again: Waiting[]): Iterable<{ leader: number; items: Waiting[] }> {
    const groups = new Map<string, { leader: number; items: Waiting[] }>()
    for (const item of waiting) {
      const { topic, partition, compression } = item.batch
      const leader = this.#wire.cluster
        .findTopicPartitionMetadata(topic)
        .find(({ partitionId }) => partitionId === partition)?.leader
      if (leader === undefined || leader < 0) {
        this.trouble = `${topic}/${partition} has no leader`
        again.push(item)
        continue
      }
      const key = `${leader}/${compression}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { leader, items: [item] })
      else group.items.push(item)
    }
    return groups.values()
  }

  async #toLeader(
    leader: number,
    items: readonly Waiting[],
    again: (item: Waiting) => void,
    settle: (index: number, outcome: BatchOutcome) => void,
  ): Promise<void> {
    let response: ProduceResponse
    try {
      const broker: Broker = await this.#wire.cluster.findBroker({ nodeId: leader })
      response = await produceTo(broker, this.#requestFor(items))
    } catch (error) {
      this.trouble = messageOf(error)
      // A bug in encoding will not go away by trying again.
      const hopeless = error instanceof TypeError || error instanceof RangeError
      for (const item of items) {
        if (hopeless) settle(item.index, { kind: 'refused', reason: messageOf(error) })
        else again(Object.assign(item, { maybeWritten: true }))
      }
      return
    }
    for (const item of items) this.#judge(item, response, again, settle)
  }

  #requestFor(items: readonly Waiting[]): ProduceRequest {
    const topics = new Map<string, { partition: number; firstSequence: number; messages: readonly WireMessage[] }[]>()
    for (const { batch, firstSequence } of items) {
      const partitions = topics.get(batch.topic) ?? []
      partitions.push({ partition: batch.partition, firstSequence, messages: batch.messages })
      topics.set(batch.topic, partitions)
    }
    return {
      ...this.#id,
      acks: -1,
      timeout: BROKER_TIMEOUT_MS,
      compression: items[0]?.batch.compression ?? 0,
      topicData: [...topics].map(([topic, partitions]) => ({ topic, partitions })),
    }
  }

  #judge(
    item: Waiting,
    response: ProduceResponse,
    again: (item: Waiting) => void,
    settle: (index: number, outcome: BatchOutcome) => void,
  ): void {
    const { topic, partition, messages } = item.batch
    const answer = response.topics
      .find(({ topicName }) => topicName === topic)
      ?.partitions.find((candidate) => candidate.partition === partition)
    if (answer === undefined) {
      this.trouble = `no answer for ${topic}/${partition}`
      again(item)
      return
    }
    const reason = nameOfCode(answer.errorCode)
    const verdict = judgeProduce(answer.errorCode)
    if (verdict === 'written') {
      const next = item.firstSequence + messages.length
      this.#sequences.set(`${topic}/${partition}`, next)
      if (next > LAST_SEQUENCE) this.usable = false
      const [baseOffset, timestampMs] = [toOffset(answer.baseOffset), Number(answer.logAppendTime)]
      settle(item.index, { kind: 'written', baseOffset, timestampMs })
    } else if (verdict === 'again') {
      this.trouble = reason
      again(Object.assign(item, { maybeWritten: item.maybeWritten || mayBeWritten(answer.errorCode) }))
    } else if (verdict === 'too_large') settle(item.index, { kind: 'too_large' })
    else if (verdict === 'refused') settle(item.index, { kind: 'refused', reason })
    else settle(item.index, { kind: item.maybeWritten ? 'unknown' : 'not_written', reason })
  }
}
