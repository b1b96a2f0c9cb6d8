import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Logger, Metrics } from '@pegel/telemetry'
import { Committer } from './committer.ts'
import { Connection } from './connection.ts'
import { createConsumerMetrics, type ConsumerMetrics } from './consumer-metrics.ts'
import type { Epoch } from './epoch.ts'
import { kafkaErrors } from './errors.ts'
import { Fetcher, type FetchedRecords, type Position } from './fetcher.ts'
import { keepBeating } from './heartbeat.ts'
import { isMemberGone, isRebalance, Membership, type Generation } from './membership.ts'
import type { Names } from './names.ts'
import type { Unreadable } from './partition-records.ts'
import type { CommitRequest, Consumer, ConsumerOptions, TopicPartition } from './port.ts'
import { place, readRanges, startPositions } from './start-positions.ts'
import type { WireSettings } from './wire.ts'

export interface ConsumerContext {
  readonly wire: WireSettings
  readonly names: Names
  readonly log: Logger
  readonly metrics: Metrics
}

const SESSION_TIMEOUT_MS = 10_000
const REBALANCE_TIMEOUT_MS = 30_000
const MAX_BYTES_PER_PARTITION = 1024 * 1024
const COMMIT_PATIENCE_MS = 30_000
const LEAVE_WITHIN_MS = 3000

export function createConsumer(context: ConsumerContext, options: ConsumerOptions): Consumer {
  return new GroupConsumer(context, options)
}

/**
 * A group member. One loop joins, serves the assignment until it ends, and joins again. Each assignment is an epoch with a
 * fetcher and a committer of its own, which are thrown away with it: nothing of an old epoch can reach the new one.
 */
class GroupConsumer implements Consumer {
  readonly #context: ConsumerContext
  readonly #options: ConsumerOptions
  readonly #log: Logger
  readonly #metrics: ConsumerMetrics
  readonly #groupLink: Connection
  readonly #fetchLink: Connection
  readonly #membership: Membership
  readonly #sessionTimeoutMs: number
  readonly #paused = new Map<string, TopicPartition>()
  readonly #started = Promise.withResolvers<void>()
  #running: Promise<void> | null = null
  #epochs = 0
  #current: Epoch | null = null
  #endServing: AbortController | null = null
  #closing = false
  #lastGoodAt = Date.now()

  constructor(context: ConsumerContext, options: ConsumerOptions) {
    this.#context = context
    this.#options = options
    this.#log = context.log.child({ group: options.group })
    this.#metrics = createConsumerMetrics(context.metrics, options.group)
    this.#sessionTimeoutMs = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS
    const topics = options.topics.map((topic) => context.names.toWire(topic))
    const requestTimeoutMs = Math.max(1000, Math.floor(this.#sessionTimeoutMs / 3))
    // Two links: a slow fetch must not hold up a heartbeat on its way.
    this.#groupLink = new Connection({ ...context.wire, requestTimeoutMs }, topics)
    this.#fetchLink = new Connection(context.wire, topics)
    this.#membership = new Membership({
      connection: this.#groupLink,
      groupId: context.names.toWire(options.group),
      topics,
      sessionTimeoutMs: this.#sessionTimeoutMs,
      rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
    })
    this.#started.promise.catch(() => undefined)
  }

  get healthy(): boolean {
    if (this.#closing) return false
    return Date.now() - this.#lastGoodAt < this.#sessionTimeoutMs + REBALANCE_TIMEOUT_MS
  }

  start(): Promise<void> {
    if (this.#closing) return Promise.reject(kafkaErrors.closed({ what: 'consumer' }))
    this.#running ??= this.#run()
    return this.#started.promise
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      this.#paused.set(`${at.topic}/${at.partition}`, at)
      this.#current?.fetcher.pause(this.#context.names.toWire(at.topic), at.partition)
    }
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      this.#paused.delete(`${at.topic}/${at.partition}`)
      this.#current?.fetcher.resume(this.#context.names.toWire(at.topic), at.partition)
    }
  }

  async commit(offsets: readonly CommitRequest[], epoch: number): Promise<void> {
    const current = this.#current
    if (current === null || current.number !== epoch) return
    await current.committer.commit(offsets)
  }

  async close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true
      this.#started.reject(kafkaErrors.closed({ what: 'consumer' }))
      this.#endServing?.abort()
    }
    // A join under way is waited for a moment, so that the member is known and can leave in order.
    const bounded = new AbortController()
    await Promise.race([this.#running, sleep(LEAVE_WITHIN_MS, undefined, { signal: bounded.signal, ref: false })])
    bounded.abort()
    await this.#leave()
    this.#groupLink.close()
    this.#fetchLink.close()
    await this.#running
  }

  async #leave(): Promise<void> {
    const bounded = new AbortController()
    const late = sleep(LEAVE_WITHIN_MS, undefined, { signal: bounded.signal, ref: false })
    try {
      await Promise.race([this.#membership.leave(), late])
    } catch (error) {
      this.#log.debug('did not leave the group in order; its session will run out', { error: messageOf(error) })
    } finally {
      bounded.abort()
      late.catch(() => undefined)
    }
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#closing) {
      try {
        const generation = await this.#membership.join()
        failures = 0
        this.#lastGoodAt = Date.now()
        if (!this.#isClosing()) await this.#serve(generation)
      } catch (error) {
        if (this.#isClosing()) return
        if (isRebalance(error)) continue
        failures++
        this.#log.warn('not in the group; trying again', { error: messageOf(error), failures })
        this.#membership.forgetCoordinator()
        if (failures % 3 === 0) this.#groupLink.lost(null)
        await sleep(Math.min(100 * 2 ** failures, 3000))
      }
    }
  }

  #isClosing(): boolean {
    return this.#closing
  }

  /** From assignment to the end of it. */
  async #serve(generation: Generation): Promise<void> {
    const end = new AbortController()
    this.#endServing = end
    const beating = this.#beat(generation, end.signal)
    let epoch: Epoch | null = null
    try {
      const opening = this.#openEpoch(generation, end)
      const opened = await Promise.race([opening, beating])
      if (typeof opened === 'string') opening.catch(() => undefined)
      else if (!end.signal.aborted) {
        epoch = opened.epoch
        this.#beginEpoch(epoch, generation, opened.gaps)
        await beating
      }
    } finally {
      end.abort()
      this.#endServing = null
      if (epoch !== null) this.#endEpoch(epoch)
    }
    if ((await beating) === 'session_lost') this.#groupLink.lost(null)
  }

  #beat(generation: Generation, signal: AbortSignal): ReturnType<typeof keepBeating> {
    return keepBeating({
      intervalMs: Math.min(1000, this.#sessionTimeoutMs / 5),
      sessionTimeoutMs: this.#sessionTimeoutMs,
      send: () => this.#membership.heartbeat(generation),
      isOver: (error) => {
        if (isMemberGone(error)) this.#membership.forgetMember()
        return isRebalance(error)
      },
      onBeat: () => {
        this.#lastGoodAt = Date.now()
      },
      onTrouble: (error) => {
        this.#membership.forgetCoordinator()
        this.#log.warn('heartbeat failed', { error })
      },
      signal,
    })
  }

  /** Positions come from the committed offsets, also for partitions that stayed: the handlers have forgotten what was in flight. */
  async #openEpoch(
    generation: Generation,
    end: AbortController,
  ): Promise<{ epoch: Epoch; gaps: ReturnType<typeof startPositions>['gaps'] }> {
    const { partitions } = generation
    const committed = partitions.length === 0 ? [] : await this.#membership.committed(partitions)
    const rangeOf = await readRanges(await this.#groupLink.cluster(), partitions)
    const { positions, gaps } = startPositions(committed, rangeOf)
    const number = this.#epochs + 1
    const fetcher = new Fetcher({
      connection: this.#fetchLink,
      log: this.#log,
      positions,
      maxBytesPerPartition: this.#options.maxBytesPerPartition ?? MAX_BYTES_PER_PARTITION,
      onRecords: (fetched) => {
        this.#guard(end, () => this.#deliver(fetched, number))
      },
      onUnreadable: (at, what) => {
        this.#guard(end, () => this.#stepOver(at, what))
      },
      onOutOfRange: (at) => this.#leaveGap(at, end),
    })
    const committer = new Committer((offsets) => this.#commit(generation, offsets, end))
    return { epoch: { number, fetcher, committer }, gaps }
  }

  #beginEpoch(epoch: Epoch, generation: Generation, gaps: ReturnType<typeof startPositions>['gaps']): void {
    const partitions = generation.partitions.map((at) => this.#named(at))
    const stayed = new Set(partitions.map(({ topic, partition }) => `${topic}/${partition}`))
    for (const [key, { topic, partition }] of this.#paused) {
      if (stayed.has(key)) epoch.fetcher.pause(this.#context.names.toWire(topic), partition)
      else this.#paused.delete(key)
    }
    this.#epochs = epoch.number
    this.#current = epoch
    this.#metrics.assigned(partitions.length)
    this.#log.info('partitions assigned', { epoch: epoch.number, partitions: partitions.length })
    this.#options.handlers.onAssigned({ epoch: epoch.number, partitions })
    for (const gap of gaps) this.#reportGap(gap, gap.from, gap.to)
    epoch.fetcher.start()
    this.#started.resolve()
  }

  #endEpoch(epoch: Epoch): void {
    epoch.fetcher.stop()
    if (this.#current !== epoch) return
    this.#current = null
    this.#metrics.assigned(0)
    this.#log.info('partitions revoked', { epoch: epoch.number })
    this.#options.handlers.onRevoked(epoch.number)
  }

  /** A handler that throws is a bug; its records must not be skipped for it: the epoch ends, and they come again. */
  #guard(end: AbortController, call: () => void): void {
    try {
      call()
    } catch (error) {
      this.#log.error('a handler failed; its records will come again', { error })
      end.abort()
    }
  }

  #deliver({ topic, partition, records, highWatermark }: FetchedRecords, epoch: number): void {
    if (this.#current?.number !== epoch) return
    const name = this.#context.names.fromWire(topic)
    this.#metrics.consumed(name, records.length)
    this.#options.handlers.onBatch({
      topic: name,
      partition,
      epoch,
      highWatermark,
      records: records.map((record) => ({ topic: name, partition, ...record })),
    })
  }

  #stepOver(at: Position, { from, to, reason }: Unreadable): void {
    this.#metrics.unreadable(this.#context.names.fromWire(at.topic))
    this.#log.error('a record batch cannot be read and is stepped over', { ...this.#named(at), from, to, reason })
    this.#reportGap(at, from, to)
  }

  async #leaveGap(at: Position, end: AbortController): Promise<number> {
    const rangeOf = await readRanges(await this.#fetchLink.cluster(), [at])
    const range = rangeOf(at)
    if (range === undefined) throw new Error('no offsets')
    const { next, gap } = place(at.next, range)
    if (end.signal.aborted) return next
    if (gap === null)
      this.#log.error('offset behind the end of the partition; reading from its start', { ...this.#named(at) })
    else this.#guard(end, () => this.#reportGap(at, gap.from, gap.to))
    return next
  }

  #reportGap(at: TopicPartition, from: number, to: number): void {
    const { topic, partition } = this.#named(at)
    this.#metrics.gap(topic, to - from)
    this.#log.error('offsets are gone that were not read', { topic, partition, from, to })
    this.#options.handlers.onGap({ topic, partition, from, to })
  }

  async #commit(generation: Generation, offsets: readonly CommitRequest[], end: AbortController): Promise<void> {
    const onWire = offsets.map(({ topic, ...rest }) => ({ ...rest, topic: this.#context.names.toWire(topic) }))
    const giveUpAt = Date.now() + COMMIT_PATIENCE_MS
    for (let attempt = 1; !end.signal.aborted; attempt++) {
      try {
        await this.#membership.commit(generation, onWire)
        this.#metrics.committed()
        return
      } catch (error) {
        if (end.signal.aborted) return
        if (isRebalance(error)) {
          if (isMemberGone(error)) this.#membership.forgetMember()
          end.abort()
          return
        }
        const { group } = this.#options
        if (Date.now() > giveUpAt) throw kafkaErrors.commit_failed({ group, reason: messageOf(error) }, error)
        this.#membership.forgetCoordinator()
        await sleep(Math.min(50 * 2 ** attempt, 1000))
      }
    }
  }

  #named({ topic, partition }: TopicPartition): TopicPartition {
    return { topic: this.#context.names.fromWire(topic), partition }
  }
}
