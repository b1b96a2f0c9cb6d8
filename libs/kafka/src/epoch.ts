import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import { Committer } from './committer.ts'
import type { Connection } from './connection.ts'
import type { ConsumerMetrics } from './consumer-metrics.ts'
import { kafkaErrors } from './errors.ts'
import { Fetcher, type FetchedRecords, type Position } from './fetcher.ts'
import { isMemberGone, isRebalance, type Generation, type Membership } from './membership.ts'
import type { Names } from './names.ts'
import type { Unreadable } from './partition-records.ts'
import type { CommitRequest, ConsumerHandlers, Gap, TopicPartition } from './port.ts'
import { noRanges, place, readRanges, startPositions, type RangeOf } from './start-positions.ts'

export type EndReason = 'rebalance' | 'handler_failed' | 'closing'

export interface EpochOptions {
  readonly number: number
  readonly generation: Generation
  readonly membership: Membership
  readonly groupLink: Connection
  readonly fetchLink: Connection
  readonly names: Names
  readonly group: string
  readonly handlers: ConsumerHandlers
  readonly maxBytesPerPartition: number
  readonly log: Logger
  readonly metrics: ConsumerMetrics
}

const COMMIT_PATIENCE_MS = 30_000

/** One assignment: its positions, its fetcher, its commits. After its end it hands out nothing and commits nothing. */
export class Epoch {
  readonly number: number
  /** Resolves at the end of the assignment. */
  readonly ended: Promise<EndReason>
  readonly #options: EpochOptions
  readonly #committer = new Committer((offsets) => this.#commit(offsets))
  readonly #end = new AbortController()
  #resolveEnded!: (reason: EndReason) => void
  #fetcher: Fetcher | null = null
  #announced = false

  constructor(options: EpochOptions) {
    this.#options = options
    this.number = options.number
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve
    })
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  /** The first reason counts. */
  end(reason: EndReason): void {
    if (this.#end.signal.aborted) return
    this.#fetcher?.stop()
    this.#end.abort()
    this.#resolveEnded(reason)
  }

  /**
   * Finds the positions, tells the handlers and starts fetching. Positions come from the committed offsets, also for
   * partitions that stayed: the handlers have forgotten what was in flight.
   */
  async open(onOpen: () => void): Promise<void> {
    const { generation, membership, handlers, metrics, log } = this.#options
    const committed = await membership.committed(generation.partitions)
    const { positions, gaps } = startPositions(committed, await this.#ranges())
    if (this.signal.aborted) return
    this.#fetcher = this.#createFetcher(positions)
    this.#announced = true
    const partitions = generation.partitions.map((at) => this.#named(at))
    metrics.assigned(partitions.length)
    log.info('partitions assigned', { epoch: this.number, partitions: partitions.length })
    this.#guard(() => {
      handlers.onAssigned({ epoch: this.number, partitions })
      for (const gap of gaps) this.#reportGap(gap)
    })
    if (this.#isOver()) return
    this.#fetcher.start()
    onOpen()
  }

  /** Tells the handlers that the assignment is gone, if they ever heard of it. */
  revoke(): void {
    if (!this.#announced) return
    this.#announced = false
    const { handlers, metrics, log } = this.#options
    metrics.revoked()
    log.info('partitions revoked', { epoch: this.number })
    try {
      handlers.onRevoked(this.number)
    } catch (error) {
      log.error('a handler failed', { error })
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.#fetcher?.pause(this.#options.names.toWire(topic), partition)
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.#fetcher?.resume(this.#options.names.toWire(topic), partition)
  }

  async commit(offsets: readonly CommitRequest[]): Promise<void> {
    if (!this.signal.aborted) await this.#committer.commit(offsets)
  }

  /** Without them the fetcher finds out by itself; a partition without a leader must not keep the others waiting. */
  async #ranges(): Promise<RangeOf> {
    const { generation, groupLink, log } = this.#options
    try {
      return await readRanges(await groupLink.cluster(), generation.partitions)
    } catch (error) {
      log.warn('offset ranges are not known yet', { error: messageOf(error) })
      return noRanges
    }
  }

  #createFetcher(positions: readonly Position[]): Fetcher {
    const { fetchLink, log, maxBytesPerPartition } = this.#options
    return new Fetcher({
      connection: fetchLink,
      log,
      positions,
      maxBytesPerPartition,
      onRecords: (fetched) => {
        this.#guard(() => {
          this.#deliver(fetched)
        })
      },
      onUnreadable: (at, what) => {
        this.#guard(() => {
          this.#stepOver(at, what)
        })
      },
      onOutOfRange: (at) => this.#leaveGap(at),
    })
  }

  /** A handler that throws is a bug; its records must not be skipped for it: the epoch ends, and they come again. */
  #guard(call: () => void): void {
    if (this.signal.aborted) return
    try {
      call()
    } catch (error) {
      this.#options.log.error('a handler failed; its records will come again', { error })
      this.end('handler_failed')
    }
  }

  #isOver(): boolean {
    return this.signal.aborted
  }

  #deliver({ topic, partition, records, highWatermark }: FetchedRecords): void {
    const { names, handlers, metrics } = this.#options
    const name = names.fromWire(topic)
    metrics.consumed(name, records.length)
    handlers.onBatch({
      topic: name,
      partition,
      epoch: this.number,
      highWatermark,
      records: records.map((record) => ({ topic: name, partition, ...record })),
    })
  }

  #stepOver({ topic, partition }: Position, { from, to, reason }: Unreadable): void {
    const { names, metrics, log } = this.#options
    metrics.unreadable(names.fromWire(topic))
    log.error('a record batch cannot be read and is stepped over', { topic, partition, from, to, reason })
    this.#reportGap({ topic, partition, from, to })
  }

  async #leaveGap(at: Position): Promise<number> {
    const { topic, partition, next } = at
    const rangeOf = await readRanges(await this.#options.fetchLink.cluster(), [at])
    const range = rangeOf(at)
    if (range === undefined) throw new Error('no offsets')
    const placed = place(next, range)
    const { gap } = placed
    if (next > range.latest) {
      this.#options.log.error('offset behind the end of the partition; reading from its start', { ...at, ...range })
    }
    this.#guard(() => {
      if (gap !== null) this.#reportGap({ topic, partition, ...gap })
    })
    return placed.next
  }

  /** @param gap topic as on the wire */
  #reportGap(gap: Gap): void {
    const { handlers, metrics, log, names } = this.#options
    const named = { ...gap, topic: names.fromWire(gap.topic) }
    metrics.gap(named.topic, gap.to - gap.from)
    log.error('offsets are gone that were not read', { ...named })
    handlers.onGap(named)
  }

  /** Tries until Kafka has the offsets or the epoch is over, which makes them void. */
  async #commit(offsets: readonly CommitRequest[]): Promise<void> {
    const { membership, generation, names, metrics, group } = this.#options
    const onWire = offsets.map(({ topic, partition, offset }) => ({ topic: names.toWire(topic), partition, offset }))
    const giveUpAt = Date.now() + COMMIT_PATIENCE_MS
    for (let attempt = 1; !this.signal.aborted; attempt++) {
      try {
        await membership.commit(generation, onWire)
        metrics.committed()
        return
      } catch (error) {
        if (this.#isOver()) return
        if (isRebalance(error)) {
          if (isMemberGone(error)) membership.forgetMember()
          this.end('rebalance')
          return
        }
        if (Date.now() > giveUpAt) throw kafkaErrors.commit_failed({ group, reason: messageOf(error) }, error)
        membership.forgetCoordinator()
        await sleep(Math.min(50 * 2 ** attempt, 1000), undefined, { signal: this.signal }).catch(() => undefined)
      }
    }
  }

  #named({ topic, partition }: TopicPartition): TopicPartition {
    return { topic: this.#options.names.fromWire(topic), partition }
  }
}
