import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { Consumer, ConsumerHandlers, Gap, Producer, TopicPartition } from '@pegel/kafka'
import { NO_TRACING } from '@pegel/telemetry'
import { createDeadLetterWriter } from './dead-letter-writer.ts'
import { createLedgerWriter } from './ledger-writer.ts'
import type { LedgerWriter } from './ledger-writer.ts'
import { OffsetCommitter } from './offset-tracker-commit.ts'
import { OffsetTracker } from './offset-tracker.ts'
import { pipelineErrors } from './processor-errors.ts'
import { EpochRun } from './processor-run.ts'
import type { ProcessorOptions, RunningProcessor } from './processor-types.ts'
import { expiredRow } from './sink-finish.ts'

const DEFAULT_IN_FLIGHT_BYTES = 64 * 1024 * 1024
const MIN_PARTITION_BYTES = 256 * 1024

/**
 * The running loop around a pure processor: fetch → process → produce in order → ledger and dead letters → commit of the settled
 * prefix. At least once: a crash anywhere repeats records, and since the processor is pure the repetition has the same bytes.
 */
export function runProcessor(options: ProcessorOptions): RunningProcessor {
  return new ProcessorLoop(options)
}

class ProcessorLoop implements RunningProcessor {
  readonly #options: ProcessorOptions
  readonly #tracker = new OffsetTracker()
  readonly #producer: Producer
  readonly #ledger: LedgerWriter
  readonly #consumer: Consumer
  readonly #committer: OffsetCommitter
  #run: EpochRun | undefined
  #stopping = false
  readonly checks: RunningProcessor['checks']

  constructor(options: ProcessorOptions) {
    this.#options = options
    const { kafka, group, topics, instance, log } = options
    this.#producer = kafka.producer({ compression: 'zstd' })
    this.#ledger = createLedgerWriter({ producer: this.#producer, stage: 'enricher', sink: '', instance, log })
    this.#consumer = kafka.consumer({ group, topics, handlers: this.#handlers() })
    this.#committer = new OffsetCommitter({
      tracker: this.#tracker,
      commit: (offsets, epoch) => this.#consumer.commit(offsets, epoch),
      log,
      ...(options.commitIntervalMs === undefined ? {} : { intervalMs: options.commitIntervalMs }),
    })
    this.checks = {
      consumer: () =>
        this.#consumer.healthy ? Promise.resolve() : Promise.reject(pipelineErrors.group_lost({ group })),
      processor: () =>
        this.#run?.failure === undefined
          ? Promise.resolve()
          : Promise.reject(pipelineErrors.stopped({ problem: messageOf(this.#run.failure) })),
    }
  }

  async start(): Promise<void> {
    await this.#consumer.start()
    this.#committer.start()
  }

  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true
    await Promise.race([this.#run?.drain(), sleep(deadlineMs / 2, undefined, { ref: false })])
    this.#run?.void()
    await this.#ledger.close(deadlineMs / 4)
    await this.#committer.stop()
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
        this.#run?.void()
        this.#tracker.assign(epoch)
        if (!this.#stopping) this.#run = this.#startRun(epoch, partitions)
      },
      onRevoked: () => {
        this.#run?.void()
      },
      onBatch: (batch) => {
        if (batch.epoch === this.#run?.epoch) this.#run.offer(batch)
      },
      onGap: (gap: Gap) => {
        lost.inc({ topic: gap.topic }, gap.to - gap.from)
        log.error('records were removed by retention before they were read', { ...gap })
        // Not before the process ends: then the gap is found again, from the offset that is committed.
        this.#ledger.write([expiredRow(gap, Date.now())]).catch(() => undefined)
      },
    }
  }

  #startRun(epoch: number, partitions: readonly TopicPartition[]): EpochRun {
    const { processor, group, log, metrics, tracing = NO_TRACING } = this.#options
    const settled = metrics.counter('pegel_processor_records_total', 'Source records settled')
    const waiting = metrics.gauge(
      'pegel_processor_waiting_partitions',
      'Partitions that wait for a schema or a tenant version to be read',
      ['group'],
    )
    waiting.set({ group }, 0)
    const budget = (this.#options.maxInFlightBytes ?? DEFAULT_IN_FLIGHT_BYTES) / Math.max(1, partitions.length)
    const run = new EpochRun({
      epoch,
      partitions,
      processor,
      tracker: this.#tracker,
      producer: this.#producer,
      ledger: this.#ledger,
      deadLetters: createDeadLetterWriter({ producer: this.#producer, log, metrics }),
      pause: (partition) => this.#consumer.pause([partition]),
      resume: (partition) => this.#consumer.resume([partition]),
      ...{ log, tracing, group },
      maxPartitionBytes: Math.max(MIN_PARTITION_BYTES, budget),
      onSettled: (records) => {
        settled.inc(records)
      },
      onWaiting: (count) => {
        waiting.set({ group }, count)
      },
    })
    run.start()
    return run
  }
}
