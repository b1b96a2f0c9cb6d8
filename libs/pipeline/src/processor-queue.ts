import type { FetchedBatch, KafkaRecord, TopicPartition } from '@pegel/kafka'
import type { OffsetTracker, Ticket } from './offset-tracker.ts'

export interface Queued {
  readonly record: KafkaRecord
  readonly ticket: Ticket
  readonly bytes: number
  readonly queue: PartitionQueue
}

/** What a record costs in memory beside its value. */
const RECORD_OVERHEAD_BYTES = 512
const FIRST_WAIT_MS = 50
const MAX_WAIT_MS = 1000

/** Records of one partition that wait to be processed, in order, and the bytes that are not settled yet. */
export class PartitionQueue implements TopicPartition {
  readonly topic: string
  readonly partition: number
  /** Taken and not yet settled, here and on the way. */
  bytes = 0
  paused = false
  /** Nothing is processed before this time (performance.now). */
  waitUntil = 0
  waitReason = ''
  /** Since when the head has waited (performance.now); NaN while it does not. */
  waitsSince = NaN
  /** How often in a row the head could not be judged. */
  waits = 0
  #queued: Queued[] = []
  #head = 0

  constructor({ topic, partition }: TopicPartition) {
    this.topic = topic
    this.partition = partition
  }

  add(batch: FetchedBatch, tracker: OffsetTracker): void {
    for (const record of batch.records) {
      const ticket = tracker.track(this, record.offset, batch.epoch)
      if (ticket === undefined) return
      const bytes = (record.value?.byteLength ?? 0) + RECORD_OVERHEAD_BYTES
      this.bytes += bytes
      this.#queued.push({ record, ticket, bytes, queue: this })
    }
  }

  get empty(): boolean {
    return this.#head >= this.#queued.length
  }

  peek(): Queued | undefined {
    return this.#queued[this.#head]
  }

  /** The head was processed. */
  advance(): void {
    this.#head += 1
    this.waits = 0
    this.waitReason = ''
    this.waitsSince = NaN
    if (this.#head < 256 && this.#head < this.#queued.length) return
    this.#queued = this.#queued.slice(this.#head)
    this.#head = 0
  }

  /** The head cannot be judged yet. Returns how often in a row that has been so. */
  postpone(now: number, reason: string): number {
    if (this.waits === 0) this.waitsSince = now
    this.waitUntil = now + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(this.waits, 10))
    this.waits += 1
    this.waitReason = reason
    return this.waits
  }
}
