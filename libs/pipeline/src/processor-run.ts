import { setImmediate as yieldToEvents } from 'node:timers/promises'
import { buffers } from '@pegel/buffers'
import type { DeadLetterRecord, LedgerRow } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { FetchedBatch, KafkaRecord, OutgoingRecord, Producer, TopicPartition } from '@pegel/kafka'
import type { Logger, TraceContext, Tracing } from '@pegel/telemetry'
import type { DeadLetterWriter } from './dead-letter-writer.ts'
import type { LedgerWriter } from './ledger-writer.ts'
import type { OffsetTracker } from './offset-tracker.ts'
import { PartitionQueue } from './processor-queue.ts'
import type { Queued } from './processor-queue.ts'
import { retry } from './processor-retry.ts'
import { traceRecord, tracesSent, tracesSettled, tracesUnsent } from './processor-trace.ts'
import type { RecordTrace, Traced } from './processor-trace.ts'
import type { Processor, ProcessResult } from './processor-types.ts'
import { unreadable } from './processor-unreadable.ts'

export interface EpochRunOptions {
  readonly epoch: number
  readonly partitions: readonly TopicPartition[]
  readonly processor: Processor
  readonly tracker: OffsetTracker
  readonly producer: Producer
  readonly ledger: LedgerWriter
  readonly deadLetters: DeadLetterWriter
  readonly pause: (partition: TopicPartition) => void
  readonly resume: (partition: TopicPartition) => void
  readonly log: Logger
  readonly tracing: Tracing
  readonly group: string
  /** Unsettled bytes of one partition; beyond it the partition pauses. */
  readonly maxPartitionBytes: number
  readonly onSettled: (records: number) => void
  /** Partitions that wait for something to be read. */
  readonly onWaiting: (partitions: number) => void
}

interface Letter {
  readonly letter: DeadLetterRecord
  readonly trace: TraceContext | undefined
}

/** What one produce request carries, and what is settled with it. */
interface Chunk {
  readonly outputs: OutgoingRecord[]
  readonly rows: LedgerRow[]
  readonly letters: Letter[]
  readonly settles: Queued[]
  readonly traces: RecordTrace[]
  bytes: number
}

/** Enough to keep a broker busy, small enough that a retry is cheap. */
const CHUNK_BYTES = 2 * 1024 * 1024
/** Longest time that processing keeps the event loop, so that heartbeats are not late. */
const SLICE_MS = 20
const IDLE_MS = 1000
/** About five seconds of waits that double. */
const WAITS_BEFORE_WARNING = 8

/**
 * One assignment's work. Processing the next chunk overlaps with producing the one before, but one produce follows
 * another: that keeps the order within each partition when a produce has to be repeated.
 */
export class EpochRun {
  readonly epoch: number
  /** What stopped the work though the assignment still holds; undefined while it goes on. */
  failure: unknown
  readonly #options: EpochRunOptions
  readonly #abort = new AbortController()
  readonly #queues: PartitionQueue[]
  readonly #confirming = new Set<Promise<void>>()
  #next = 0
  #waiting = 0
  #wake: (() => void) | undefined
  #draining = false
  #loop: Promise<void> = Promise.resolve()

  constructor(options: EpochRunOptions) {
    this.#options = options
    this.epoch = options.epoch
    this.#queues = options.partitions.map((partition) => new PartitionQueue(partition))
  }

  start(): void {
    this.#loop = this.#run()
  }

  offer(batch: FetchedBatch): void {
    if (this.#draining || this.#abort.signal.aborted) return
    let queue = this.#queues.find((known) => known.topic === batch.topic && known.partition === batch.partition)
    if (queue === undefined) this.#queues.push((queue = new PartitionQueue(batch)))
    queue.add(batch, this.#options.tracker)
    if (!queue.paused && queue.bytes > this.#options.maxPartitionBytes) {
      queue.paused = true
      this.#options.pause(queue)
    }
    this.#wake?.()
  }

  /** The assignment is gone: nothing of it is settled any more. */
  void(): void {
    this.#abort.abort()
    this.#wake?.()
  }

  /** Processes nothing more; resolves when what was processed is settled. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#wake?.()
    await this.#loop
    await Promise.all(this.#confirming)
  }

  async #run(): Promise<void> {
    let producing = Promise.resolve()
    while (!this.#draining && !this.#abort.signal.aborted) {
      const chunk = this.#collect()
      if (chunk.settles.length === 0) {
        await this.#untilWork()
        continue
      }
      await producing
      producing = this.#produce(chunk)
      await yieldToEvents()
    }
    await producing
  }

  #collect(): Chunk {
    const chunk: Chunk = { outputs: [], rows: [], letters: [], settles: [], traces: [], bytes: 0 }
    const started = performance.now()
    let idle = 0
    // One record a turn from each partition, going on where the last chunk ended: none starves.
    while (idle < this.#queues.length && chunk.bytes < CHUNK_BYTES && performance.now() - started < SLICE_MS) {
      const queue = this.#queues[this.#next % this.#queues.length]
      this.#next = (this.#next + 1) % this.#queues.length
      idle = queue !== undefined && this.#take(queue, chunk) ? 0 : idle + 1
    }
    return chunk
  }

  #take(queue: PartitionQueue, chunk: Chunk): boolean {
    const head = queue.peek()
    const now = performance.now()
    if (head === undefined || now < queue.waitUntil) return false
    const { result, trace } = this.#process(head)
    if (result.status === 'wait') {
      this.#postpone(head, now, result.reason)
      return false
    }
    if (queue.waitReason !== '') this.#goOn(head, now)
    queue.advance()
    for (const output of result.outputs) chunk.bytes += output.value?.byteLength ?? 0
    chunk.outputs.push(...result.outputs)
    chunk.rows.push(...result.rows)
    if (result.deadLetter !== undefined)
      chunk.letters.push({ letter: result.deadLetter, trace: trace?.process.context })
    if (trace !== undefined) chunk.traces.push(trace)
    chunk.settles.push(head)
    return true
  }

  #postpone({ queue, record }: Queued, now: number, reason: string): void {
    if (queue.waitReason === '') this.#countWaiting(1)
    if (queue.postpone(now, reason) !== WAITS_BEFORE_WARNING) return
    const { topic, partition, offset } = record
    this.#options.log.warn('partition waits', { topic, partition, offset, reason })
  }

  #goOn({ queue, record }: Queued, now: number): void {
    this.#countWaiting(-1)
    if (queue.waits < WAITS_BEFORE_WARNING) return
    const waitedMs = Math.round(now - queue.waitsSince)
    const { topic, partition, offset } = record
    this.#options.log.info('partition goes on', { topic, partition, offset, reason: queue.waitReason, waitedMs })
  }

  #countWaiting(change: number): void {
    this.#waiting += change
    this.#options.onWaiting(this.#waiting)
  }

  #process({ record }: Queued): Traced {
    const { tracing, group } = this.#options
    return traceRecord(tracing, { record, group }, () => this.#judge(record))
  }

  #judge(record: KafkaRecord): ProcessResult {
    try {
      return this.#options.processor.process(record)
    } catch (error) {
      if (isRetryable(error)) return { status: 'wait', reason: error instanceof PegelError ? error.code : 'retryable' }
      const { topic, partition, offset } = record
      this.#options.log.error('record cannot be processed', { topic, partition, offset, error })
      return unreadable({ record, reason: 'internal_error', message: messageOf(error), nowMs: Date.now() })
    }
  }

  async #produce(chunk: Chunk): Promise<void> {
    const { producer, log } = this.#options
    try {
      if (chunk.outputs.length > 0) {
        await retry(() => producer.send(chunk.outputs), { what: 'produce', log, signal: this.#abort.signal })
      }
    } catch (error) {
      tracesUnsent(chunk.traces, error)
      this.#giveUp(error)
      return
    }
    for (const { value } of chunk.outputs) if (value !== null) buffers.giveBack(value)
    tracesSent(chunk.traces)
    const confirming = this.#confirm(chunk)
    this.#confirming.add(confirming)
    void confirming.finally(() => this.#confirming.delete(confirming))
  }

  /** Outputs are in Kafka: now the dead letters and the ledger, then the offsets may be committed. */
  async #confirm(chunk: Chunk): Promise<void> {
    const { deadLetters, ledger, tracker } = this.#options
    try {
      await Promise.all([
        ...chunk.letters.map(({ letter, trace }) => deadLetters.write(letter, this.#abort.signal, trace)),
        ledger.write(chunk.rows),
      ])
    } catch (error) {
      tracesSettled(chunk.traces, error)
      this.#giveUp(error)
      return
    }
    tracesSettled(chunk.traces)
    for (const { record, ticket, queue, bytes } of chunk.settles) {
      record.memory?.release()
      tracker.settle(ticket)
      queue.bytes -= bytes
      if (queue.paused && queue.bytes * 2 < this.#options.maxPartitionBytes) {
        queue.paused = false
        if (!this.#abort.signal.aborted) this.#options.resume(queue)
      }
    }
    this.#options.onSettled(chunk.settles.length)
  }

  /** Only an abort or a closing writer ends the retries; the records come again after the next assignment. */
  #giveUp(error: unknown): void {
    if (this.#abort.signal.aborted) return
    this.#options.log.error('records left unsettled', { error: messageOf(error) })
    this.failure = error
    this.#abort.abort()
  }

  async #untilWork(): Promise<void> {
    const now = performance.now()
    const waits = this.#queues.filter((queue) => !queue.empty).map((queue) => queue.waitUntil - now)
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#wake = (): void => {
      resolve(undefined)
    }
    const timer = setTimeout(this.#wake, Math.max(1, Math.min(IDLE_MS, ...waits)))
    await promise
    clearTimeout(timer)
    this.#wake = undefined
  }
}
