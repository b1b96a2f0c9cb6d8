import { messageOf } from '@pegel/errors'
import type { KafkaPort } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import { breakerOf } from '../lane-breaker.ts'
import type { LaneBreaker } from '../lane-breaker.ts'
import type { SinkLimits } from '../sink-limits.ts'
import type { SinkRecord } from '../sink.ts'
import { DrainSlots } from './drain-slots.ts'
import type { ParkedLaneState } from './parked-fold.ts'
import type { ParkedLaneDeps } from './parked-lane-deps.ts'
import { ParkedLane } from './parked-lane.ts'
import type { ParkedMetrics } from './parked-metrics.ts'
import { controlDraft, laneName } from './parked-record.ts'
import type { LaneKey, ParkReason } from './parked-record.ts'
import { ParkedTopic } from './parked-topic.ts'
import type { ParkedTopicOptions } from './parked-topic.ts'
import { ReadBack } from './read-back.ts'

export interface LaneParkingOptions<R extends SinkRecord> {
  readonly topic: Omit<ParkedTopicOptions, 'onLane' | 'partitions' | 'log' | 'bookmarkMs'>
  readonly partitions: readonly number[]
  readonly kafka: Pick<KafkaPort, 'readAll'>
  readonly limits: SinkLimits
  readonly log: Logger
  readonly metrics: Pick<ParkedMetrics, 'show'>
  readonly lane: Omit<ParkedLaneDeps<R>, 'topic' | 'slots' | 'limits' | 'log' | 'createReadBack'>
}

export interface ParkRequest {
  readonly key: LaneKey
  readonly breaker: LaneBreaker
  readonly reason: ParkReason
  /** What is refused too often, when that is why. */
  readonly stop?: string | undefined
}

/** Metrics of parked lanes are brought up to date so often at most. */
const SHOW_MS = 1_000
/** How often expired records are looked for, and how long before retention removes them. */
const SWEEP_MS = 60_000
const MARGIN_MS = 600_000

/** The parked lanes of one assignment. */
export class LaneParking<R extends SinkRecord> {
  readonly #options: LaneParkingOptions<R>
  readonly #topic: ParkedTopic
  readonly #lanes = new Map<string, ParkedLane<R>>()
  readonly #deps: ParkedLaneDeps<R>
  /** Lanes that the topic is being told of. */
  readonly #dispelling = new Map<string, Promise<void>>()
  #showTimer: NodeJS.Timeout | undefined
  #sweep: NodeJS.Timeout | undefined
  /** The lanes that were found parked have their places. */
  #ready = false
  #closed = false

  constructor(options: LaneParkingOptions<R>) {
    const { topic, partitions, log, limits, kafka, lane } = options
    this.#options = options
    this.#topic = new ParkedTopic({
      ...topic,
      ...{ partitions, log, bookmarkMs: limits.commitIntervalMs },
      onLane: (state, partition, kind) => this.#changed(state, partition, kind),
    })
    const { sink } = topic
    this.#deps = {
      ...lane,
      ...{ limits, log, topic: this.#topic, slots: new DrainSlots(limits.parallelDrains) },
      createReadBack: (start) => new ReadBack({ kafka, sink, log, ...start }),
      onChanged: (changed) => {
        lane.onChanged(changed)
        this.#showSoon()
      },
      onReleased: (released, items) => {
        this.#lanes.delete(laneName(released.key))
        this.#showSoon()
        lane.onReleased(released, items)
      },
    }
  }

  /** Reads what is parked in the partitions, and claims them. May be called again after it failed. */
  async open(): Promise<readonly ParkedLane<R>[]> {
    this.#ready = false
    clearInterval(this.#sweep)
    await this.#topic.open()
    const lanes = [...this.#topic.lanes()].map(({ state, ...key }) => {
      const breaker = breakerOf(this.#options.limits)
      if (state.reason !== 'lane_full') breaker.suspect()
      return this.park({ key, breaker, reason: 'breaker_open' })
    })
    this.#ready = true
    this.#sweep = setInterval(
      () => this.#expire(),
      Math.min(SWEEP_MS, this.#options.limits.parkedRetentionMs / 50),
    ).unref()
    this.#showSoon()
    return lanes
  }

  /** The lane is to be started when all that it had before is booked. */
  park({ key, breaker, reason, stop }: ParkRequest): ParkedLane<R> {
    const [name, deps] = [laneName(key), this.#deps]
    const lane = new ParkedLane<R>({ key, breaker, reason, stop, after: this.#dispelling.get(name), deps })
    this.#lanes.set(name, lane)
    return lane
  }

  /** The backend is up again. */
  wake(): void {
    for (const lane of this.#lanes.values()) lane.wake()
  }

  async flush(): Promise<void> {
    await this.#topic.flush()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#showTimer)
    clearInterval(this.#sweep)
    this.#topic.close()
    this.#options.metrics.show([])
  }

  /** Kafka removes what is older than its retention: what is about to be is given up before, as long as it can be counted. */
  #expire(): void {
    const { parkedRetentionMs } = this.#options.limits
    const beforeMs = Date.now() - (parkedRetentionMs - Math.min(MARGIN_MS, parkedRetentionMs / 20))
    for (const lane of this.#lanes.values()) void lane.expire(beforeMs)
  }

  #changed(state: ParkedLaneState, partition: number, kind: string): void {
    const key = { tenant: state.tenant, topic: state.topic, partition }
    const lane = this.#lanes.get(laneName(key))
    lane?.changed(kind)
    if (lane === undefined && this.#ready && (kind === 'record' || kind === 'stop')) this.#dispel(key, state)
    this.#showSoon()
  }

  /** Written twice, since the answer to the first time was lost, and seen the second time after its lane was drained. */
  #dispel(key: LaneKey, { lastOffset, end, anchor, stop }: ParkedLaneState): void {
    const upTo = Math.max(end, anchor + 1)
    const drafts = [controlDraft(key, 'drained', { offset: lastOffset, upTo })]
    if (stop !== null) drafts.unshift(controlDraft(key, 'resume'))
    const name = laneName(key)
    const told = this.#topic
      .write(key.partition, drafts)
      .catch((error: unknown) => {
        if (!this.#closed)
          this.#options.log.error('a parked lane that is drained is still listed', {
            ...key,
            problem: messageOf(error),
          })
      })
      .finally(() => {
        if (this.#dispelling.get(name) === told) this.#dispelling.delete(name)
      })
    this.#dispelling.set(name, told)
  }

  #showSoon(): void {
    if (this.#closed) return
    this.#showTimer ??= setTimeout(() => {
      this.#showTimer = undefined
      this.#options.metrics.show([...this.#topic.lanes()].map(({ state }) => state))
    }, SHOW_MS)
  }
}
