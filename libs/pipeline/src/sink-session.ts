import { messageOf } from '@pegel/errors'
import type { FetchedBatch, KafkaRecord, TopicPartition } from '@pegel/kafka'
import type { Logger, Span } from '@pegel/telemetry'
import type { DeadLetterRules } from './dead-letter-rule.ts'
import type { LaneBreaker } from './lane-breaker.ts'
import type { LaneDeps, LanePast } from './lane-deps.ts'
import { LaneExchange } from './lane-exchange.ts'
import { LaneHolds } from './lane-holds.ts'
import { sizeOf, storedOf } from './lane-item.ts'
import type { LaneItem } from './lane-item.ts'
import { LaneMailbox } from './lane-mailbox.ts'
import type { MailboxOptions } from './lane-mailbox.ts'
import { LaneScheduler } from './lane-scheduler.ts'
import { LaneTable } from './lane-table.ts'
import type { LaneEntry } from './lane-table.ts'
import { endVoid } from './lane-trace.ts'
import { Lane } from './lane.ts'
import { LaneParking } from './parking/lane-parking.ts'
import type { LaneParkingOptions } from './parking/lane-parking.ts'
import { laneName } from './parking/parked-record.ts'
import type { LaneKey } from './parking/parked-record.ts'
import type { PartitionFlow } from './partition-flow.ts'
import { retryDelayMs } from './retry-delay.ts'
import type { SinkBooking } from './sink-booking.ts'
import type { Finished } from './sink-finish.ts'
import type { Identity } from './sink-judge.ts'
import type { SinkLimits } from './sink-limits.ts'
import type { SinkMetrics } from './sink-metrics.ts'
import type { SinkRecord } from './sink.ts'
import { within } from './within.ts'

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
  readonly mailbox: Omit<MailboxOptions<R>, 'onRefused'>
  readonly lane: Omit<LaneDeps<R>, 'schedule' | 'onFinished' | 'onTrouble' | 'countRefused' | 'onStop'>
  readonly rules: DeadLetterRules
  readonly parking: Pick<LaneParkingOptions<R>, 'topic' | 'kafka' | 'metrics'>
  readonly identify: (record: KafkaRecord) => Identity
  /** Loads what the sink keeps per partition; no lane works before it resolves. */
  readonly assigned: (partitions: readonly number[], signal: AbortSignal) => Promise<void>
}

interface LaneHooks {
  readonly onFinished: (finished: readonly Finished[]) => void
  readonly onTrouble: () => void
  readonly onStop: (reason: string) => void
}

/** Everything between one assignment and the next: its lanes, bounds and offsets. Closed, nothing of it has any effect any more. */
export class SinkSession<R extends SinkRecord> {
  readonly epoch: number
  readonly #options: SessionOptions<R>
  readonly #scheduler: LaneScheduler
  readonly #lanes: LaneTable<R>
  readonly #holds: LaneHolds
  readonly #parking: LaneParking<R>
  readonly #exchange: LaneExchange<R>
  readonly #abort = new AbortController()
  #backendUp = true
  #totalBytes = 0
  #totalHeld = false
  #closed = false

  constructor(options: SessionOptions<R>) {
    const { epoch, limits, flow, log } = options
    this.#options = options
    this.epoch = epoch
    this.#scheduler = new LaneScheduler(limits.concurrentWrites)
    this.#scheduler.hold('assigning')
    this.#lanes = new LaneTable((entry) => this.#liveLane(entry))
    this.#holds = new LaneHolds({ flow, longMs: limits.parkAfterMs, onLong: (name) => void this.#exchange.full(name) })
    this.#parking = this.#createParking()
    this.#exchange = new LaneExchange<R>({
      ...{ limits, log, lanes: this.#lanes, parking: this.#parking },
      isFull: ({ name, lane }) => this.#holds.has(name) || this.#isFilling(lane),
      backendUp: options.lane.backendUp,
      createLane: (entry, breaker) => this.#liveLane(entry, breaker),
    })
  }

  /** Resolves when lanes may work. */
  async start(): Promise<void> {
    const { assigned, partitions, log, limits } = this.#options
    const numbers = partitions.map(({ partition }) => partition)
    const startedMs = performance.now()
    for (let attempt = 0; !this.#closed; attempt += 1) {
      try {
        const [parked] = await Promise.all([this.#parking.open(), assigned(numbers, this.#abort.signal)])
        if (this.#isClosed()) return
        for (const lane of parked) this.#exchange.restore(lane)
        // From here on a lane may be parked. Before, one that is parked already would have been parked a second time.
        this.#lanes.forgive()
        this.#holds.start()
        this.#scheduler.release('assigning')
        log.info('lanes work', {
          epoch: this.epoch,
          parked: parked.length,
          afterMs: Math.round(performance.now() - startedMs),
        })
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
    const { topic, partition } = batch
    const { booking, admit, trace } = this.#options
    const touched = new Set<LaneEntry<R>>()
    for (const stored of batch.records) {
      const ticket = booking.tracker.track(batch, stored.offset, batch.epoch)
      if (ticket === undefined) continue
      const record = admit === undefined ? stored : admit(stored)
      if (record === undefined) {
        booking.skip(ticket)
        continue
      }
      const entry = this.#lanes.of({ tenant: record.key?.toString('utf8') ?? '', topic, partition })
      const sizeBytes = sizeOf(record)
      this.#totalBytes += sizeBytes
      touched.add(entry)
      entry.lane.push({ record, stored, ticket, sizeBytes, span: trace(record) })
    }
    for (const entry of touched) this.#bound(entry)
  }

  /** The whole backend went down or came up. */
  backend(up: boolean): void {
    if (this.#closed) return
    const { flow, metrics } = this.#options
    this.#backendUp = up
    if (up) this.#scheduler.release('backend')
    else this.#scheduler.hold('backend')
    if (up) flow.releaseAll('backend')
    else flow.holdAll('backend')
    this.#holds.backend(up)
    // What failed before was perhaps the backend's fault.
    if (up) this.#lanes.forgive()
    if (up) this.#parking.wake()
    metrics.paused(flow.pausedPartitions)
  }

  /** Starts nothing new, waits for the writes in flight, aborts what is left at the deadline, and commits what is done. */
  async drain(deadlineMs: number): Promise<void> {
    this.#scheduler.hold('stopping')
    this.#options.flow.holdAll('stopping')
    const endMs = Date.now() + deadlineMs
    await within(this.#scheduler.idle(), deadlineMs * 0.7)
    this.#closeLanes('the sink stops')
    await within(this.#options.booking.drain(), Math.max(100, endMs - Date.now()))
    await within(this.#parking.flush(), Math.max(100, endMs - Date.now()))
    this.close('the sink stops')
  }

  close(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#abort.abort()
    this.#closeLanes(reason)
    this.#parking.close()
    this.#options.booking.close()
  }

  /** Ledger and dead letters have them: their memory is free. */
  release(finished: readonly Finished[]): void {
    this.#free(finished.map(({ item }) => item))
    for (const { item } of finished) storedOf(item).memory?.release()
  }

  #free(items: readonly LaneItem[]): void {
    // What was read back from the parked topic has a bound of its own.
    for (const { ticket, sizeBytes } of items) if (ticket !== null) this.#totalBytes -= sizeBytes
    if (!this.#totalHeld || this.#totalBytes > this.#options.limits.totalBytes / 2) return
    this.#totalHeld = false
    this.#options.flow.releaseAll('total_bytes')
    this.#options.metrics.paused(this.#options.flow.pausedPartitions)
  }

  #createLane(key: LaneKey, { onFinished, onTrouble, onStop }: LaneHooks, past: LanePast): Lane<R> {
    const { lane, mailbox, rules } = this.#options
    const rule = rules.of(laneName(key))
    const deps: LaneDeps<R> = {
      ...lane,
      schedule: (steps) => this.#scheduler.add(steps),
      onFinished: (_lane, finished) => onFinished(finished),
      countRefused: (points, rejected) => rule.add(points, rejected),
      onStop: (_lane, reason) => onStop(reason),
      onTrouble,
    }
    const onRefused = (points: number, reason: string): string | null => rule.addWhole(points, reason)
    return new Lane<R>(key.tenant, new LaneMailbox({ ...mailbox, onRefused }), deps, past)
  }

  #liveLane(entry: LaneEntry<R>, breaker?: LaneBreaker): Lane<R> {
    const hooks = {
      onFinished: (finished: readonly Finished[]) => this.#finished(entry, finished),
      onTrouble: () => this.#exchange.watch(entry),
      onStop: (reason: string) => void this.#exchange.stop(entry, reason),
    }
    return this.#createLane(entry.key, hooks, { breaker })
  }

  #createParking(): LaneParking<R> {
    const { partitions, limits, log, parking, booking, trace, identify, admit, rules } = this.#options
    return new LaneParking<R>({
      ...{ ...parking, partitions: partitions.map(({ partition }) => partition), limits, log },
      lane: {
        ...{ identify, trace, rules },
        admit: (stored) => (admit === undefined ? stored : admit(stored)),
        createLane: ({ key, breaker, ...hooks }) => this.#createLane(key, hooks, { breaker, doubtful: true }),
        book: (finished) => booking.book(finished),
        settle: (items) => {
          endVoid(items, 'it is parked, or was before')
          booking.settle(items)
          this.#free(items)
        },
        backendUp: () => this.#backendUp,
        onChanged: ({ key }) => {
          const entry = this.#lanes.get(laneName(key))
          if (entry !== undefined) this.#relax(entry)
        },
        onReleased: (parked, items) => {
          const entry = this.#exchange.unpark(parked, items)
          this.#relax(entry)
          this.#lanes.forgetIdle(entry)
        },
      },
    })
  }

  #finished(entry: LaneEntry<R>, finished: readonly Finished[]): void {
    this.#lanes.book(entry, this.#options.booking.book(finished))
    this.#relax(entry)
    this.#lanes.forgetIdle(entry)
  }

  /**
   * A full lane pauses its partition, and with it the other tenants there, until it has room again or is parked. One that stores nothing is
   * parked before it is full.
   */
  #bound(entry: LaneEntry<R>): void {
    const [{ limits, flow }, { name, key, lane }] = [this.#options, entry]
    if (lane.bytes > limits.laneBytes) this.#holds.hold(name, key, lane.stuckMs)
    else if (this.#isFilling(lane)) this.#holds.filling(name)
    if (this.#totalBytes > limits.totalBytes && !this.#totalHeld) {
      this.#totalHeld = true
      flow.holdAll('total_bytes')
    }
    this.#report(entry)
  }

  /** It stores nothing, and will be full soon. */
  #isFilling({ bytes, stuckMs }: LaneEntry<R>['lane']): boolean {
    const { laneBytes, parkAfterMs } = this.#options.limits
    return bytes > laneBytes / 2 && stuckMs >= parkAfterMs
  }

  #relax(entry: LaneEntry<R>): void {
    if (entry.lane.bytes <= this.#options.limits.laneBytes / 2) this.#holds.release(entry.name)
    this.#report(entry)
  }

  #report({ lane }: LaneEntry<R>): void {
    const { metrics, flow } = this.#options
    const { tenant, records, bytes, breaker } = lane
    metrics.lane(tenant, { records, bytes, breakerOpen: breaker.state === 'open' })
    metrics.paused(flow.pausedPartitions)
  }

  #closeLanes(reason: string): void {
    this.#holds.close()
    this.#lanes.close(reason)
  }

  #pause(ms: number): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const timer = setTimeout(resolve, ms)
    this.#abort.signal.addEventListener('abort', resolve)
    return promise.finally(() => clearTimeout(timer))
  }

  #isClosed(): boolean {
    return this.#closed
  }
}
