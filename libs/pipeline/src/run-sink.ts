import { readBatch, readEnvelope } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import { startProcess } from '@pegel/kafka'
import type { ConsumerHandlers, KafkaPort, Producer, TopicPartition } from '@pegel/kafka'
import type { SinkName, TenantDirectory } from '@pegel/tenancy'
import { NO_TRACING } from '@pegel/telemetry'
import type { Logger, Metrics, Tracing } from '@pegel/telemetry'
import { BackendWatch } from './backend-watch.ts'
import { DeadLetterRules } from './dead-letter-rule.ts'
import { createDeadLetterWriter } from './dead-letter-writer.ts'
import type { DeadLetterWriter } from './dead-letter-writer.ts'
import { createLedgerWriter } from './ledger-writer.ts'
import type { LedgerWriter } from './ledger-writer.ts'
import { logRecords } from './log-records.ts'
import { metricRecords } from './metric-records.ts'
import { ParkedMetrics } from './parking/parked-metrics.ts'
import { PartitionFlow } from './partition-flow.ts'
import type { RecordKind } from './record-kind.ts'
import { pacedLimits, pacedSink } from './replay/paced-sink.ts'
import { ReplayInbox } from './replay/replay-inbox.ts'
import { SinkBooking } from './sink-booking.ts'
import { sinkErrors } from './sink-errors.ts'
import { expiredRow } from './sink-finish.ts'
import { SinkJudge } from './sink-judge.ts'
import { DEFAULT_SINK_LIMITS } from './sink-limits.ts'
import type { SinkLimits } from './sink-limits.ts'
import { createSinkMetrics } from './sink-metrics.ts'
import { SinkSession } from './sink-session.ts'
import type { Batch, LogRecord, MetricRecord, Sink, SinkRecord, WriteResult } from './sink.ts'
import { TenantPreparer } from './tenant-preparer.ts'

export interface SinkRunnerOptions<R extends SinkRecord = MetricRecord> {
  /** As tenants' files route to it, and as the ledger knows it. */
  readonly name: SinkName
  readonly sink: Sink<R>
  readonly kafka: KafkaPort
  readonly tenants: TenantDirectory
  readonly log: Logger
  readonly metrics: Metrics
  /** Names this process in the ledger. */
  readonly instance: string
  /** Tells its metrics, its log and its group from those of another runner of the same name; default: the name. */
  readonly label?: string
  /** Consumer group; default `sink-<label>`. */
  readonly group?: string
  /** Default: the topic of the kind of record. */
  readonly topics?: readonly string[]
  readonly limits?: Partial<SinkLimits>
  /** Schemas of other writers; without them, only records of the current schema and its predecessors are read. */
  readonly schemas?: SchemaLookup
  /** Off unless given. */
  readonly tracing?: Tracing
  /**
   * Writes what replays send to this sink instead, in a group of its own and so many points a second at most. The sink must be another one than
   * that of the live records.
   */
  readonly replay?: { readonly pointsPerSecond: number }
}

/** A running sink; has the shape of a hosted component. */
export interface SinkRunner {
  start(): Promise<void>
  stop(deadlineMs: number): Promise<void>
  readonly checks: Readonly<Record<string, (signal: AbortSignal) => Promise<void>>>
}

/**
 * Runs a sink: consumes `metrics`, checks the tenant, writes lane by lane, retries, books every outcome, and commits. At least once:
 * an offset is committed only when the backend, the dead letters or the parked topic, and the ledger have acknowledged everything before it.
 */
export function runSink(options: SinkRunnerOptions): SinkRunner {
  const { schemas } = options
  const kind = metricRecords({
    envelope: (value) => readEnvelope(value, schemas),
    batch: (value) => readBatch(value, schemas),
  })
  return new Runner(options, kind)
}

/** Runs a sink of log events, in the same way. */
export function runLogSink(options: SinkRunnerOptions<LogRecord>): SinkRunner {
  return new Runner(options, logRecords(options.schemas))
}

function forReplay<R extends SinkRecord>(options: SinkRunnerOptions<R>, pointsPerSecond: number): SinkRunnerOptions<R> {
  const { label = options.name, sink, limits = {} } = options
  return {
    ...options,
    label: `${label}.replay`,
    sink: pacedSink(sink, pointsPerSecond),
    limits: pacedLimits(limits, pointsPerSecond),
  }
}

class Runner<R extends SinkRecord> implements SinkRunner {
  readonly checks: SinkRunner['checks']
  readonly #options: SinkRunnerOptions<R>
  readonly #limits: SinkLimits
  readonly #group: string
  readonly #log: Logger
  readonly #metrics: ReturnType<typeof createSinkMetrics>
  readonly #backend: BackendWatch
  readonly #preparer: TenantPreparer
  readonly #judge: SinkJudge<R>
  readonly #producer: Producer
  readonly #ledger: LedgerWriter
  readonly #parkedProducer: Producer
  readonly #parkedMetrics: ParkedMetrics
  readonly #rules: DeadLetterRules
  readonly #deadLetters: DeadLetterWriter
  readonly #consumer: ReturnType<KafkaPort['consumer']>
  readonly #inbox: ReplayInbox<R> | undefined
  #session: SinkSession<R> | null = null
  #stopping: Promise<void> | null = null

  constructor(given: SinkRunnerOptions<R>, live: RecordKind<R>) {
    const options = given.replay === undefined ? given : forReplay(given, given.replay.pointsPerSecond)
    const { name, label = name, sink, kafka, tenants, metrics, instance } = options
    this.#options = options
    this.#inbox = given.replay === undefined ? undefined : new ReplayInbox(name, live)
    const kind = this.#inbox?.kind ?? live
    const stage = this.#inbox === undefined ? 'sink' : 'replay'
    this.#limits = { ...DEFAULT_SINK_LIMITS, ...options.limits }
    this.#log = options.log.child({ sink: label })
    const log = this.#log
    this.#metrics = createSinkMetrics(metrics, label)
    this.#backend = new BackendWatch({
      check: (signal) => sink.check(signal),
      limits: this.#limits,
      log,
      onChange: (up) => this.#backendChanged(up),
    })
    const timeoutMs = this.#limits.writeTimeoutMs
    this.#preparer = new TenantPreparer({ sink, sinkName: name, tenants, timeoutMs, log })
    this.#judge = new SinkJudge({ sinkName: name, tenants, kind })
    this.#producer = kafka.producer()
    // One of its own: ledger rows of tenants that flow do not wait behind megabytes of those that are parked.
    this.#parkedProducer = kafka.producer()
    this.#parkedMetrics = new ParkedMetrics(metrics, label, this.#limits.parkedRetentionMs)
    this.#rules = new DeadLetterRules(this.#limits)
    this.#ledger = createLedgerWriter({ producer: this.#producer, stage, sink: name, instance, log })
    this.#deadLetters = createDeadLetterWriter({ producer: this.#producer, log, metrics })
    this.#group = options.group ?? `sink-${label}`
    this.#consumer = kafka.consumer({
      group: this.#group,
      topics: options.topics ?? [kind.topic],
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
    await this.#parkedProducer.close()
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
        // Not before the process ends: then the gap is found again, from the offset that is committed.
        this.#ledger.write([expiredRow(gap, Date.now())]).catch(() => undefined)
      },
    }
  }

  #openSession(epoch: number, partitions: readonly TopicPartition[]): SinkSession<R> {
    const { name: sinkName, label = sinkName, sink, kafka, instance, tracing = NO_TRACING } = this.#options
    const log = this.#log
    const limits = this.#limits
    const inbox = this.#inbox
    const booking: SinkBooking = new SinkBooking({
      epoch,
      ledger: this.#ledger,
      deadLetters: this.#deadLetters,
      commit: (offsets, at) => this.#consumer.commit(offsets, at),
      commitIntervalMs: limits.commitIntervalMs,
      log,
      ...(inbox === undefined ? {} : { stamp: (finished) => inbox.stamp(finished) }),
      onBooked: (finished) => {
        this.#metrics.booked(finished)
        session.release(finished)
      },
    })
    const session: SinkSession<R> = new SinkSession<R>({
      epoch,
      partitions,
      limits,
      log,
      metrics: this.#metrics,
      flow: new PartitionFlow(this.#consumer, partitions),
      booking,
      trace: (record) => (tracing.enabled ? startProcess(tracing, record, this.#group) : undefined),
      ...(inbox === undefined ? {} : { admit: (stored) => inbox.admit(stored) }),
      mailbox: { sinkName, limits, judge: (record) => this.#judge.judge(record) },
      lane: {
        sinkName,
        limits,
        ...{ log, tracing },
        write: (batch, signal) => this.#write(batch, signal),
        prepare: (config) => this.#preparer.ensure(config),
        backendUp: () => this.#backend.verify(),
        onAbandoned: (records) => sink.abandoned?.(records),
      },
      parking: {
        kafka,
        metrics: this.#parkedMetrics,
        topic: {
          ...{ kafka, producer: this.#parkedProducer, sink: label, group: this.#group },
          owner: `${instance}/${epoch}`,
          onGap: (gap) => {
            this.#parkedMetrics.lost(gap.to - gap.from)
            log.error('parked records are gone that may have waited to be written', { ...gap })
          },
        },
      },
      rules: this.#rules,
      identify: (record) => this.#judge.identify(record),
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

  async #write(batch: Batch<R>, signal: AbortSignal): Promise<WriteResult> {
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
