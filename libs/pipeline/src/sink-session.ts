import { messageOf } from '@pegel/errors'
import type { FetchedBatch, KafkaRecord, TopicPartition } from '@pegel/kafka'
import type { Logger, Span } from '@pegel/telemetry'
import { LaneMailbox } from './lane-mailbox.ts'
import type { MailboxOptions } from './lane-mailbox.ts'
import { sizeOf } from './lane-item.ts'
import { LaneScheduler } from './lane-scheduler.ts'
import { Lane } from './lane.ts'
import type { LaneDeps } from './lane.ts'
import type { PartitionFlow } from './partition-flow.ts'
import { retryDelayMs } from './retry-delay.ts'
import type { SinkBooking } from './sink-booking.ts'
import type { Finished } from './sink-finish.ts'
import type { SinkLimits } from './sink-limits.ts'
import type { SinkMetrics } from './sink-metrics.ts'
import type { SinkRecord } from './sink.ts'

export interface SessionOptions<R extends SinkRecord> {
  readonly epoch: number
  readonly partitions: readonly TopicPartition[]
  readonly limits: SinkLimits
  readonly log: Logger
  readonly metrics: SinkMetrics
  readonly flow: PartitionFlow
  readonly booking: SinkBooking
  /** Begins the span of a record that is taken; undefined when tracing is off. */
  readonly trace: (record: KafkaRecord) => Span | undefined
  /** The record to work on; undefined when it is nobody's here. Default: what was fetched. */
  readonly admit?: (stored: KafkaRecord) => KafkaRecord | undefined
  readonly mailbox: MailboxOptions<R>
  readonly lane: Omit<LaneDeps<R>, 'schedule' | 'onFinished'>
  /** Loads what the sink keeps per partition; no lane works before it resolves. */
  readonly assigned: (partitions: readonly number[], signal: AbortSignal) => Promise<void>
}

/** Everything between one assignment and the next: its lanes, bounds and offsets. Closed, nothing of it has any effect any more. */
export class SinkSession<R extends SinkRecord> {
  readonly epoch: number
  readonly #options: SessionOptions<R>
  readonly #scheduler: LaneScheduler
  readonly #lanes = new Map<string, Lane<R>>()
  readonly #heldLanes = new Set<string>()
  readonly #abort = new AbortController()
  #totalBytes = 0
  #totalHeld = false
  #closed = false

  constructor(options: SessionOptions<R>) {
    this.#options = options
    this.epoch = options.epoch
    this.#scheduler = new LaneScheduler(options.limits.concurrentWrites)
    this.#scheduler.hold('assigning')
  }

  /** Resolves when lanes may work. */
  async start(): Promise<void> {
    const { assigned, partitions, log, limits } = this.#options
    const numbers = partitions.map(({ partition }) => partition)
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        await assigned(numbers, this.#abort.signal)
        this.#scheduler.release('assigning')
        return
      } catch (error) {
        if (this.#isClosed()) return
        log.warn('state of the assigned partitions could not be loaded, tried again', { problem: messageOf(error) })
        await this.#pause(retryDelayMs({ attempt, baseMs: limits.retryBaseMs, maxMs: limits.retryMaxMs }))
      }
    }
  }

  /** Takes records into their lanes and returns. */
  accept(batch: FetchedBatch): void {
    if (this.#closed || batch.epoch !== this.epoch) return
    const touched = new Set<Lane<R>>()
    const { booking, admit = (record: KafkaRecord): KafkaRecord => record } = this.#options
    for (const stored of batch.records) {
      const ticket = booking.tracker.track(batch, stored.offset, batch.epoch)
      if (ticket === undefined) continue
      const record = admit(stored)
      if (record === undefined) {
        booking.tracker.settle(ticket)
        continue
      }
      const lane = this.#laneOf(record)
      const sizeBytes = sizeOf(record)
      this.#totalBytes += sizeBytes
      touched.add(lane)
      lane.push({ record, ticket, sizeBytes, span: this.#options.trace(record) })
    }
    for (const lane of touched) this.#bound(lane, batch)
  }

  /** The whole backend went down or came up. */
  backend(up: boolean): void {
    if (this.#closed) return
    if (up) this.#scheduler.release('backend')
    else this.#scheduler.hold('backend')
    if (up) this.#options.flow.releaseAll('backend')
    else this.#options.flow.holdAll('backend')
    this.#options.metrics.paused(this.#options.flow.pausedPartitions)
  }

  /** Starts nothing new, waits for the writes in flight, aborts what is left at the deadline, and commits what is done. */
  async drain(deadlineMs: number): Promise<void> {
    this.#scheduler.hold('stopping')
    this.#options.flow.holdAll('stopping')
    const endMs = Date.now() + deadlineMs
    await within(this.#scheduler.idle(), deadlineMs * 0.7)
    this.#closeLanes('the sink stops')
    await within(this.#options.booking.drain(), Math.max(100, endMs - Date.now()))
    this.close('the sink stops')
  }

  close(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#abort.abort()
    this.#closeLanes(reason)
    this.#options.booking.close()
  }

  #laneOf(record: KafkaRecord): Lane<R> {
    const tenant = record.key?.toString('utf8') ?? ''
    const known = this.#lanes.get(tenant)
    if (known !== undefined) return known
    const { lane, mailbox } = this.#options
    const created: Lane<R> = new Lane<R>(tenant, new LaneMailbox(mailbox), {
      ...lane,
      schedule: (steps) => this.#scheduler.add(steps),
      onFinished: (from, finished) => this.#finished(from, finished),
    })
    this.#lanes.set(tenant, created)
    return created
  }

  #finished(lane: Lane<R>, finished: readonly Finished[]): void {
    this.#options.booking.book(finished)
    if (this.#heldLanes.has(lane.tenant) && lane.bytes <= this.#options.limits.laneBytes / 2) {
      this.#heldLanes.delete(lane.tenant)
      this.#options.flow.releaseLane(lane.tenant)
    }
    this.#report(lane)
    // Its breaker is closed, since it just finished something: an empty lane holds nothing worth keeping.
    if (lane.records === 0) this.#lanes.delete(lane.tenant)
  }

  /** Ledger and dead letters have them: their memory is free. */
  release(finished: readonly Finished[]): void {
    for (const { item } of finished) this.#totalBytes -= item.sizeBytes
    if (!this.#totalHeld || this.#totalBytes > this.#options.limits.totalBytes / 2) return
    this.#totalHeld = false
    this.#options.flow.releaseAll('total_bytes')
    this.#options.metrics.paused(this.#options.flow.pausedPartitions)
  }

  /**
   * A full lane pauses its partition, and with it the other tenants there. This is where parking will step in: a lane that has been full,
   * or whose breaker has been open (`lane.breaker.openSinceMs`), for too long will be copied aside instead.
   */
  #bound(lane: Lane<R>, partition: TopicPartition): void {
    const { limits, flow } = this.#options
    if (lane.bytes > limits.laneBytes) {
      this.#heldLanes.add(lane.tenant)
      flow.holdLane(lane.tenant, { topic: partition.topic, partition: partition.partition })
    }
    if (this.#totalBytes > limits.totalBytes && !this.#totalHeld) {
      this.#totalHeld = true
      flow.holdAll('total_bytes')
    }
    this.#report(lane)
  }

  #report(lane: Lane<R>): void {
    const { metrics, flow } = this.#options
    const { records, bytes, breaker } = lane
    metrics.lane(lane.tenant, { records, bytes, breakerOpen: breaker.state === 'open' })
    metrics.paused(flow.pausedPartitions)
  }

  #closeLanes(reason: string): void {
    for (const lane of this.#lanes.values()) lane.close(reason)
    this.#lanes.clear()
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#abort.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  #isClosed(): boolean {
    return this.#closed
  }
}

/** Resolves with the work or at the deadline, whichever is first. */
async function within(work: Promise<void>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs)
  })
  try {
    await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
