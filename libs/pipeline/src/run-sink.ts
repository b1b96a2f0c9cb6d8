import { readBatch, readEnvelope } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import type { ConsumerHandlers, KafkaPort, Producer, TopicPartition } from '@pegel/kafka'
import type { SinkName, TenantDirectory } from '@pegel/tenancy'
import type { Logger, Metrics } from '@pegel/telemetry'
import { BackendWatch } from './backend-watch.ts'
import { createDeadLetterWriter } from './dead-letter-writer.ts'
import type { DeadLetterWriter } from './dead-letter-writer.ts'
import { createLedgerWriter } from './ledger-writer.ts'
import type { LedgerWriter } from './ledger-writer.ts'
import { PartitionFlow } from './partition-flow.ts'
import { SinkBooking } from './sink-booking.ts'
import { sinkErrors } from './sink-errors.ts'
import { SinkJudge } from './sink-judge.ts'
import { DEFAULT_SINK_LIMITS } from './sink-limits.ts'
import type { SinkLimits } from './sink-limits.ts'
import { createSinkMetrics } from './sink-metrics.ts'
import { SinkSession } from './sink-session.ts'
import type { Batch, MetricRecord, Sink, WriteResult } from './sink.ts'
import { TenantPreparer } from './tenant-preparer.ts'

export interface SinkRunnerOptions {
  /** As tenants' files route to it, and as the ledger knows it. */
  readonly name: SinkName
  readonly sink: Sink
  readonly kafka: KafkaPort
  readonly tenants: TenantDirectory
  readonly log: Logger
  readonly metrics: Metrics
  /** Names this process in the ledger. */
  readonly instance: string
  /** Consumer group; default `sink-<name>`. */
  readonly group?: string
  /** Default: `pegel.metrics.v1`. */
  readonly topics?: readonly string[]
  readonly limits?: Partial<SinkLimits>
  /** Schemas of other writers; without them, only records of the current schema and its predecessors are read. */
  readonly schemas?: SchemaLookup
}

/** A running sink; has the shape of a hosted component. */
export interface SinkRunner {
  start(): Promise<void>
  stop(deadlineMs: number): Promise<void>
  readonly checks: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>
}

/**
 * Runs a sink: consumes `metrics`, checks the tenant, writes lane by lane, retries, books every outcome, and commits. At least once:
 * an offset is committed only when the backend, the dead letters and the ledger have acknowledged everything before it.
 */
export function runSink(options: SinkRunnerOptions): SinkRunner {
  return new Runner(options)
}

class Runner implements SinkRunner {
  readonly checks: SinkRunner['checks']
  readonly #options: SinkRunnerOptions
  readonly #limits: SinkLimits
  readonly #log: Logger
  readonly #metrics: ReturnType<typeof createSinkMetrics>
  readonly #backend: BackendWatch
  readonly #preparer: TenantPreparer
  readonly #judge: SinkJudge
  readonly #producer: Producer
  readonly #ledger: LedgerWriter
  readonly #deadLetters: DeadLetterWriter
  readonly #consumer: ReturnType<KafkaPort['consumer']>
  #session: SinkSession | null = null
  #stopping: Promise<void> | null = null

  constructor(options: SinkRunnerOptions) {
    const { name, sink, kafka, tenants, metrics, instance } = options
    this.#options = options
    this.#limits = { ...DEFAULT_SINK_LIMITS, ...options.limits }
    this.#log = options.log.child({ sink: name })
    const log = this.#log
    this.#metrics = createSinkMetrics(metrics, name)
    this.#backend = new BackendWatch({
      check: (signal) => sink.check(signal),
      limits: this.#limits,
      log,
      onChange: (up) => this.#backendChanged(up),
    })
    const timeoutMs = this.#limits.writeTimeoutMs
    this.#preparer = new TenantPreparer({ sink, sinkName: name, tenants, timeoutMs, log })
    const { schemas } = options
    this.#judge = new SinkJudge({
      sinkName: name,
      tenants,
      decoder: { envelope: (value) => readEnvelope(value, schemas), batch: (value) => readBatch(value, schemas) },
    })
    this.#producer = kafka.producer()
    this.#ledger = createLedgerWriter({ producer: this.#producer, stage: 'sink', sink: name, instance, log })
    this.#deadLetters = createDeadLetterWriter({ producer: this.#producer, log, metrics })
    this.#consumer = kafka.consumer({
      group: options.group ?? `sink-${name}`,
      topics: options.topics ?? ['pegel.metrics.v1'],
      handlers: this.#handlers(),
    })
    this.checks = {
      kafka: (signal) => kafka.check(signal),
      consumer: async () => {
        if (!this.#consumer.healthy) throw sinkErrors.group_lost()
        return Promise.resolve()
      },
      backend: (signal) => sink.check(signal),
    }
  }

  async start(): Promise<void> {
    this.#preparer.start()
    await this.#backend.verify()
    await this.#consumer.start()
  }

  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs)
    return this.#stopping
  }

  async #stop(deadlineMs: number): Promise<void> {
    await this.#session?.drain(deadlineMs * 0.8)
    this.#session = null
    this.#backend.close()
    this.#preparer.close()
    await this.#consumer.close()
    await this.#ledger.close(deadlineMs * 0.1)
    await this.#producer.close()
    await this.#options.sink.close()
  }

  #handlers(): ConsumerHandlers {
    return {
      onBatch: (batch) => this.#session?.accept(batch),
      onAssigned: ({ epoch, partitions }) => {
        this.#session?.close('the assignment is void')
        if (this.#stopping !== null) return
        this.#session = this.#openSession(epoch, partitions)
      },
      onRevoked: () => {
        this.#session?.close('the assignment is void')
        this.#session = null
      },
      onGap: (gap) => {
        const records = gap.to - gap.from
        this.#metrics.expired(gap.partition, records)
        this.#log.error('records expired before they were read: retention is shorter than the lag', { ...gap, records })
      },
    }
  }

  #openSession(epoch: number, partitions: readonly TopicPartition[]): SinkSession {
    const { name: sinkName, sink } = this.#options
    const log = this.#log
    const limits = this.#limits
    const booking: SinkBooking = new SinkBooking({
      epoch,
      ledger: this.#ledger,
      deadLetters: this.#deadLetters,
      commit: (offsets, at) => this.#consumer.commit(offsets, at),
      commitIntervalMs: limits.commitIntervalMs,
      log,
      onBooked: (finished) => {
        this.#metrics.booked(finished)
        session.release(finished)
      },
    })
    const session: SinkSession = new SinkSession({
      epoch,
      partitions,
      limits,
      log,
      metrics: this.#metrics,
      flow: new PartitionFlow(this.#consumer, partitions),
      booking,
      mailbox: { sinkName, limits, judge: (record) => this.#judge.judge(record) },
      lane: {
        sinkName,
        limits,
        log,
        write: (batch, signal) => this.#write(batch, signal),
        prepare: (config) => this.#preparer.ensure(config),
        backendUp: () => this.#backend.verify(),
      },
      assigned: async (numbers, signal) => sink.assigned?.(numbers, signal),
    })
    log.info('partitions assigned', { epoch, partitions: partitions.map(({ partition }) => partition) })
    if (!this.#backend.up) session.backend(false)
    void session.start()
    return session
  }

  #backendChanged(up: boolean): void {
    this.#metrics.backend(up)
    this.#session?.backend(up)
  }

  async #write(batch: Batch<MetricRecord>, signal: AbortSignal): Promise<WriteResult> {
    const startedMs = performance.now()
    let result: 'ok' | 'failed' = 'failed'
    try {
      const written = await this.#options.sink.write(batch, signal)
      result = 'ok'
      return written
    } finally {
      this.#metrics.wrote(batch.tenant, result, (performance.now() - startedMs) / 1000)
    }
  }
}
