import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Logger, Metrics } from '@pegel/telemetry'
import { Connection } from './connection.ts'
import { createConsumerMetrics, type ConsumerMetrics } from './consumer-metrics.ts'
import { Epoch, type EndReason } from './epoch.ts'
import { kafkaErrors } from './errors.ts'
import { keepBeating } from './heartbeat.ts'
import { isMemberGone, isRebalance, Membership, type Generation } from './membership.ts'
import type { Names } from './names.ts'
import type { CommitRequest, Consumer, ConsumerOptions, TopicPartition } from './port.ts'
import type { WireSettings } from './wire.ts'

export interface ConsumerContext {
  readonly wire: WireSettings
  readonly names: Names
  readonly log: Logger
  readonly metrics: Metrics
}

export type GroupConsumerOptions = ConsumerOptions & { readonly sessionTimeoutMs: number }

const REBALANCE_TIMEOUT_MS = 30_000
const MAX_BYTES_PER_PARTITION = 512 * 1024
const CLOSE_STEP_MS = 3000
const HANDLER_FAILED_MS = 1000

export function createConsumer(context: ConsumerContext, options: GroupConsumerOptions): Consumer {
  return new GroupConsumer(context, options)
}

/**
 * A group member. One loop joins, serves the assignment until it ends, and joins again. Each assignment is an epoch with a
 * fetcher and a committer of its own, which are thrown away with it: nothing of an old epoch can reach the new one.
 */
class GroupConsumer implements Consumer {
  readonly #context: ConsumerContext
  readonly #options: GroupConsumerOptions
  readonly #log: Logger
  readonly #metrics: ConsumerMetrics
  readonly #groupLink: Connection
  readonly #fetchLink: Connection
  readonly #membership: Membership
  readonly #sessionTimeoutMs: number
  readonly #started = Promise.withResolvers<undefined>()
  readonly #closing = new AbortController()
  #running: Promise<void> | null = null
  #closed: Promise<void> | null = null
  #epoch: Epoch | null = null
  #epochs = 0
  #failures = 0
  #lastGoodAt = Date.now()
  #confirmedAtMs = -Infinity

  constructor(context: ConsumerContext, options: GroupConsumerOptions) {
    this.#context = context
    this.#options = options
    this.#log = context.log.child({ group: options.group })
    this.#metrics = createConsumerMetrics(context.metrics, options.group)
    this.#sessionTimeoutMs = options.sessionTimeoutMs
    const topics = options.topics.map((topic) => context.names.toWire(topic))
    const requestTimeoutMs = Math.max(1000, Math.floor(this.#sessionTimeoutMs / 3))
    // Two links: a fetch that waits at the broker must not hold up a heartbeat.
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
    if (this.#closing.signal.aborted) return false
    return Date.now() - this.#lastGoodAt < this.#sessionTimeoutMs + REBALANCE_TIMEOUT_MS
  }

  get confirmedAtMs(): number {
    return this.#confirmedAtMs
  }

  async start(): Promise<void> {
    if (this.#closing.signal.aborted) throw kafkaErrors.closed({ what: 'consumer' })
    this.#running ??= this.#run()
    await this.#started.promise
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#epoch?.pause(partitions)
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#epoch?.resume(partitions)
  }

  async commit(offsets: readonly CommitRequest[], epoch: number): Promise<void> {
    if (this.#epoch?.number === epoch) await this.#epoch.commit(offsets)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#closing.abort()
    this.#started.reject(kafkaErrors.closed({ what: 'consumer' }))
    this.#epoch?.end('closing')
    // A join under way is waited for a moment, so that the member is known and can leave in order.
    await within(CLOSE_STEP_MS, this.#running)
    await within(CLOSE_STEP_MS, this.#leave())
    this.#groupLink.close()
    this.#fetchLink.close()
    await this.#running
  }

  async #leave(): Promise<void> {
    try {
      await this.#membership.leave()
    } catch (error) {
      this.#log.debug('did not leave the group in order; its session will run out', { error: messageOf(error) })
    }
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      let pauseMs = 0
      try {
        const generation = await this.#membership.join()
        this.#lastGoodAt = Date.now()
        this.#confirmedAtMs = generation.confirmedAtMs
        if ((await this.#serve(generation)) === 'handler_failed') pauseMs = HANDLER_FAILED_MS
      } catch (error) {
        pauseMs = this.#judgeFailure(error)
      }
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** @returns how long to wait before joining again */
  #judgeFailure(error: unknown): number {
    if (this.#closing.signal.aborted) return 0
    // Another member came or went between our join and our sync.
    if (isRebalance(error)) return 20
    this.#failures++
    this.#log.warn('not in the group; trying again', { error: messageOf(error), failures: this.#failures })
    this.#membership.forgetCoordinator()
    if (this.#failures % 3 === 0) this.#groupLink.lost(null)
    return Math.min(100 * 2 ** this.#failures, 3000)
  }

  /** From one assignment to the end of it. */
  async #serve(generation: Generation): Promise<EndReason> {
    const epoch = new Epoch({
      number: ++this.#epochs,
      generation,
      membership: this.#membership,
      groupLink: this.#groupLink,
      fetchLink: this.#fetchLink,
      names: this.#context.names,
      group: this.#options.group,
      handlers: this.#options.handlers,
      maxBytesPerPartition: this.#options.maxBytesPerPartition ?? MAX_BYTES_PER_PARTITION,
      log: this.#log,
      metrics: this.#metrics,
    })
    this.#epoch = epoch
    if (this.#closing.signal.aborted) epoch.end('closing')
    const beating = this.#beat(epoch, generation)
    try {
      await epoch.open(() => {
        this.#failures = 0
        this.#started.resolve(undefined)
      })
      return await epoch.ended
    } finally {
      epoch.end('closing')
      this.#epoch = null
      epoch.revoke()
      await beating
    }
  }

  async #beat(epoch: Epoch, generation: Generation): Promise<void> {
    const outcome = await keepBeating({
      intervalMs: Math.min(1000, this.#sessionTimeoutMs / 5),
      sessionTimeoutMs: this.#sessionTimeoutMs,
      send: () => this.#membership.heartbeat(generation),
      isOver: isRebalance,
      onBeat: (sentAtMs) => {
        this.#lastGoodAt = Date.now()
        this.#confirmedAtMs = sentAtMs
      },
      onTrouble: (error) => {
        this.#membership.forgetCoordinator()
        this.#log.warn('heartbeat failed', { error: messageOf(error) })
      },
      onOver: (error) => {
        if (isMemberGone(error)) this.#membership.forgetMember()
      },
      signal: epoch.signal,
    })
    if (outcome === 'session_lost') this.#groupLink.lost(null)
    if (outcome !== 'stopped') epoch.end('rebalance')
  }
}

/** Waits for the work, though not longer than this. */
async function within(ms: number, work: Promise<void> | null): Promise<void> {
  const timer = new AbortController()
  await Promise.race([work, sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)])
  timer.abort()
}
