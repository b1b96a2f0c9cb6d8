import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Consumer, ConsumerHandlers, KafkaPort, Producer, TopicPartition } from '@pegel/kafka'
import type { Metrics } from '@pegel/telemetry'
import { detectorErrors } from '../errors.ts'
import { METRICS_TOPIC } from '../topics.ts'
import { Session } from './session.ts'
import type { SessionOptions } from './session.ts'

export interface DetectorOptions extends Pick<
  SessionOptions,
  'tenants' | 'schemas' | 'meter' | 'log' | 'maxSeries' | 'checkpointIntervalMs' | 'recordings' | 'partitionCount'
> {
  readonly kafka: KafkaPort
  readonly metrics: Metrics
  /** Over all partitions. */
  readonly maxInFlightBytes: number
  readonly group: string
}

/** Fits the host's `Hosted`. */
export interface RunningDetector {
  start(): Promise<void>
  /** Writes what was learned, commits it, leaves the group. */
  stop(deadlineMs: number): Promise<void>
  readonly checks: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>
}

const MIN_PARTITION_BYTES = 256 * 1024

/** The running detector: a consumer group member with a session an assignment. */
export function runDetector(options: DetectorOptions): RunningDetector {
  return new Detector(options)
}

class Detector implements RunningDetector {
  readonly #options: DetectorOptions
  readonly #producer: Producer
  readonly #consumer: Consumer
  readonly checks: RunningDetector['checks']
  #session: Session | undefined
  #stopping: Promise<void> | undefined

  constructor(options: DetectorOptions) {
    const { kafka, group } = options
    this.#options = options
    this.#producer = kafka.producer({ compression: 'zstd' })
    this.#consumer = kafka.consumer({ group, topics: [METRICS_TOPIC], handlers: this.#handlers() })
    this.checks = {
      consumer: () => check(this.#consumer.healthy, () => detectorErrors.group_lost({ group })),
      state: () => check(this.#session?.restored !== false, () => detectorErrors.not_restored()),
      scoring: () =>
        check(this.#session?.failure === undefined, () =>
          detectorErrors.stopped({ problem: messageOf(this.#session?.failure) }),
        ),
    }
  }

  start(): Promise<void> {
    return this.#consumer.start()
  }

  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs)
    return this.#stopping
  }

  async #stop(deadlineMs: number): Promise<void> {
    await Promise.race([this.#session?.drain(), sleep(deadlineMs * 0.8, undefined, { ref: false })])
    this.#session?.void()
    await this.#consumer.close()
    await this.#producer.close()
  }

  #handlers(): ConsumerHandlers {
    const { log, metrics } = this.#options
    const lost = metrics.counter(
      'pegel_consumer_lost_records_total',
      'Records removed by retention before they were read',
      ['topic'],
    )
    return {
      onAssigned: ({ epoch, partitions }) => {
        this.#session?.void()
        if (this.#stopping === undefined) this.#session = this.#open(epoch, partitions)
      },
      onRevoked: () => {
        this.#session?.void()
      },
      onBatch: (batch) => {
        if (batch.epoch === this.#session?.epoch) this.#session.offer(batch)
      },
      onGap: (gap) => {
        lost.inc({ topic: gap.topic }, gap.to - gap.from)
        log.error('records were removed by retention before they were read', { ...gap })
      },
    }
  }

  #open(epoch: number, partitions: readonly TopicPartition[]): Session {
    const { maxInFlightBytes } = this.#options
    const session = new Session({
      ...this.#options,
      ...{ epoch, partitions, producer: this.#producer },
      maxPartitionBytes: Math.max(MIN_PARTITION_BYTES, maxInFlightBytes / Math.max(1, partitions.length)),
      pause: (which) => this.#consumer.pause(which),
      resume: (which) => this.#consumer.resume(which),
      commit: (offsets, at) => this.#consumer.commit(offsets, at),
    })
    session.start()
    return session
  }
}

function check(good: boolean, problem: () => Error): Promise<void> {
  return good ? Promise.resolve() : Promise.reject(problem())
}
