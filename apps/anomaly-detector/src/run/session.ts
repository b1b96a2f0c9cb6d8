import { setImmediate as yieldToEvents } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { CommitRequest, FetchedBatch, KafkaRecord, OutgoingRecord, Producer, TopicPartition } from '@pegel/kafka'
import { retry } from '@pegel/pipeline'
import { Scorer } from '../scorer.ts'
import type { Scored } from '../scorer.ts'
import { SessionSeries } from '../session-series.ts'
import { METRICS_TOPIC } from '../topics.ts'
import { Checkpoints } from './checkpoints.ts'
import type { Slice } from './checkpoints.ts'
import { PartitionQueue } from './partition-queue.ts'
import { restoreSeries } from './restore-series.ts'
import type { RestoreOptions } from './restore-series.ts'

export interface SessionOptions extends Omit<RestoreOptions, 'partitions' | 'signal' | 'series'> {
  readonly epoch: number
  readonly partitions: readonly TopicPartition[]
  readonly producer: Producer
  readonly maxSeries: number
  readonly checkpointIntervalMs: number
  readonly maxPartitionBytes: number
  readonly pause: (partitions: readonly TopicPartition[]) => void
  readonly resume: (partitions: readonly TopicPartition[]) => void
  readonly commit: (offsets: readonly CommitRequest[], epoch: number) => Promise<void>
}

/** Longest time that scoring keeps the event loop, so that heartbeats are not late. */
const SLICE_MS = 20
const IDLE_MS = 1000
const WAITS_BEFORE_WARNING = 8

/**
 * One assignment's work: restore, score, write events, write states, commit, in that order and never otherwise. Scoring the next records
 * overlaps with writing what the ones before gave, but one write follows another. Whatever is in memory is thrown away with
 * the assignment: events of it may not have reached Kafka, and the next owner begins where the last commit stands.
 */
export class Session {
  readonly epoch: number
  /** What stopped the work though the assignment still holds. */
  failure: unknown
  restored = false
  readonly #options: SessionOptions
  readonly #abort = new AbortController()
  readonly #queues: readonly PartitionQueue[]
  readonly #series: SessionSeries
  readonly #scorer: Scorer
  readonly #checkpoints: Checkpoints
  readonly #unsubscribe: () => void
  #next = 0
  #draining = false
  #wake: (() => void) | undefined
  #loop: Promise<void> = Promise.resolve()

  constructor(options: SessionOptions) {
    const { partitions, maxSeries, meter, tenants, checkpointIntervalMs: intervalMs } = options
    this.#options = options
    this.epoch = options.epoch
    const numbers = partitions.map(({ partition }) => partition)
    this.#queues = numbers.map((partition) => new PartitionQueue(partition))
    const checkpoints = new Checkpoints({ partitions: numbers, intervalMs, now: () => performance.now() })
    this.#checkpoints = checkpoints
    const onDirty: Checkpoints['dirty'] = (state) => {
      checkpoints.dirty(state)
    }
    this.#series = new SessionSeries({
      ...{ maxSeries, meter, onDirty },
      onGone: (state) => {
        checkpoints.gone(state)
      },
    })
    const schemas = options.schemas === undefined ? {} : { schemas: options.schemas }
    this.#scorer = new Scorer({ tenants, series: this.#series, meter, ...schemas })
    this.#unsubscribe = tenants.onChange((tenant, config) => {
      if (config === undefined) this.#series.dropTenant(tenant)
    })
  }

  start(): void {
    this.#options.pause(this.#options.partitions)
    this.#loop = this.#run()
  }

  offer(batch: FetchedBatch): void {
    if (this.#draining || this.#abort.signal.aborted) return
    const queue = this.#queues.find(({ partition }) => partition === batch.partition)
    if (queue === undefined) return
    queue.add(batch)
    if (!queue.paused && queue.bytes > this.#options.maxPartitionBytes) {
      queue.paused = true
      this.#options.pause([at(queue)])
    }
    this.#wake?.()
  }

  /** The assignment is over: nothing more of it is written or committed. */
  void(): void {
    this.#abort.abort()
    this.#unsubscribe()
    this.#wake?.()
  }

  /** Scores nothing more; resolves when what was scored is written and committed. */
  async drain(): Promise<void> {
    this.#draining = true
    this.#wake?.()
    await this.#loop
  }

  async #run(): Promise<void> {
    try {
      await this.#restore()
      let writing = Promise.resolve()
      while (!this.#draining && !this.#abort.signal.aborted) {
        const outputs = this.#score()
        const slice = this.#checkpoints.slice()
        if (outputs === undefined && slice === undefined) {
          await this.#untilWork()
          continue
        }
        await writing
        writing = this.#write(outputs ?? [], slice).catch((error: unknown) => {
          this.#giveUp(error)
        })
        await yieldToEvents()
      }
      await writing
      if (this.restored) await this.#writeAll()
    } catch (error) {
      this.#giveUp(error)
    } finally {
      this.#unsubscribe()
      this.#series.close()
    }
  }

  async #restore(): Promise<void> {
    const { signal } = this.#abort
    const partitions = this.#queues.map(({ partition }) => partition)
    this.restored = await restoreSeries({ ...this.#options, partitions, signal, series: this.#series })
    if (this.restored) this.#options.resume(this.#options.partitions)
  }

  /** Scores what is there for a short while. Undefined: there was nothing. */
  #score(): readonly OutgoingRecord[] | undefined {
    const outputs: OutgoingRecord[] = []
    const startedMs = performance.now()
    let scored = 0
    let idle = 0
    // One record a turn from each partition, going on where the last slice ended: none starves.
    while (idle < this.#queues.length && performance.now() - startedMs < SLICE_MS) {
      const queue = this.#queues[this.#next % this.#queues.length]
      this.#next = (this.#next + 1) % this.#queues.length
      const took = queue !== undefined && this.#take(queue, outputs)
      if (took) scored += 1
      idle = took ? 0 : idle + 1
    }
    this.#options.meter.waiting(this.#queues.filter(({ waits }) => waits > 0).length)
    this.#options.meter.checkpointAge(this.#checkpoints.behindMs / 1000)
    return scored === 0 ? undefined : outputs
  }

  #take(queue: PartitionQueue, outputs: OutgoingRecord[]): boolean {
    const record = queue.peek()
    const nowMs = performance.now()
    if (record === undefined || nowMs < queue.waitUntil) return false
    const result = this.#scoreOne(record)
    if (result.status === 'wait') {
      queue.postpone(nowMs)
      if (queue.waits === WAITS_BEFORE_WARNING)
        this.#options.log.warn('partition waits', { ...place(record), ...result })
      return false
    }
    if (result.status === 'scored') outputs.push(...result.outputs)
    else this.#skip(record, result)
    queue.advance()
    this.#checkpoints.scored(queue.partition, record.offset)
    this.#options.meter.lag(Math.max(0, Date.now() - record.timestampMs) / 1000)
    if (queue.paused && queue.bytes * 2 < this.#options.maxPartitionBytes) {
      queue.paused = false
      this.#options.resume([at(queue)])
    }
    return true
  }

  /** A record that the program fails on is passed over: its neighbours are not to wait for a new release. */
  #scoreOne(record: KafkaRecord): Scored {
    try {
      return this.#scorer.score(record)
    } catch (error) {
      this.#options.log.error('record cannot be scored', { ...place(record), error })
      return { status: 'skipped', reason: 'internal_error' }
    }
  }

  #skip(record: KafkaRecord, { reason }: Scored & { status: 'skipped' }): void {
    this.#options.meter.skipped(reason)
    if (reason === 'tenant_deleted') this.#series.dropTenant(record.key?.toString('utf8') ?? '')
    else this.#options.log.warn('record passed over', { ...place(record), reason })
  }

  /** Events first: a state must never know of an event that nobody else can. Then states, then the offsets that they cover. */
  async #write(outputs: readonly OutgoingRecord[], slice: Slice | undefined): Promise<void> {
    await this.#send(outputs, 'write events')
    if (slice === undefined) return
    await this.#send(slice.records, 'write states')
    this.#options.meter.stateBytes(slice.bytes)
    if (slice.commits.length === 0 || this.#abort.signal.aborted) return
    try {
      await this.#options.commit(slice.commits, this.epoch)
      this.#checkpoints.committed(slice.commits)
    } catch (error) {
      this.#options.log.warn('could not commit offsets, the next commit covers them', { error: messageOf(error) })
    }
  }

  async #send(records: readonly OutgoingRecord[], what: string): Promise<void> {
    if (records.length === 0) return
    const { producer, log } = this.#options
    await retry(() => producer.send(records), { what, log, signal: this.#abort.signal })
  }

  /** At an orderly end everything that was learned is written, so that the next owner has nothing to repeat. */
  async #writeAll(): Promise<void> {
    for (let slice = this.#lastSlice(); slice !== undefined; slice = this.#lastSlice()) await this.#write([], slice)
  }

  #lastSlice(): Slice | undefined {
    return this.#abort.signal.aborted ? undefined : this.#checkpoints.slice(true)
  }

  #giveUp(error: unknown): void {
    if (this.#abort.signal.aborted) return
    this.#options.log.error('scoring stopped', { error: messageOf(error) })
    this.failure = error
    this.#abort.abort()
  }

  async #untilWork(): Promise<void> {
    const nowMs = performance.now()
    const waits = this.#queues.filter((queue) => !queue.empty).map((queue) => queue.waitUntil - nowMs)
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#wake = (): void => {
      resolve(undefined)
    }
    const timer = setTimeout(this.#wake, Math.max(1, Math.min(IDLE_MS, this.#checkpoints.dueMs - nowMs, ...waits)))
    await promise
    clearTimeout(timer)
    this.#wake = undefined
  }
}

function at({ partition }: { readonly partition: number }): TopicPartition {
  return { topic: METRICS_TOPIC, partition }
}

function place({ topic, partition, offset }: KafkaRecord): TopicPartition & { readonly offset: number } {
  return { topic, partition, offset }
}
