import { decodeRecord } from '@pegel/contracts'
import type { DeadLetterRecord, LedgerEntry, LedgerRow } from '@pegel/contracts'
import { createKafka } from '@pegel/kafka'
import type { AllReader, KafkaPort, Producer } from '@pegel/kafka'
import { runSink } from '@pegel/pipeline'
import type { Sink, SinkLimits, SinkRunner } from '@pegel/pipeline'
import type { SinkName } from '@pegel/tenancy'
import { createLogger, createMetrics } from '@pegel/telemetry'
import type { Logger, Metrics } from '@pegel/telemetry'
import { requireKafka } from './components.ts'
import { eventually } from './eventually.ts'
import { fakeTenants } from './fake-tenants.ts'
import type { FakeTenants } from './fake-tenants.ts'
import { batchOf } from './batch-of.ts'
import type { SeriesSpec } from './series-spec.ts'
import { uniqueName } from './unique-name.ts'

/** What a sink is made with. */
export interface SinkParts {
  /** Address of the backend, or of the gate in front of it. */
  readonly url: string
  readonly kafka: KafkaPort
  readonly log: Logger
  readonly metrics: Metrics
}

export interface HarnessOptions {
  readonly name: SinkName
  readonly create: (parts: SinkParts) => Sink | Promise<Sink>
  readonly url: string
}

export interface RunOptions {
  /** Between the runner and the sink. */
  readonly wrap?: (sink: Sink) => Sink
  /** As if the process died before every commit. */
  readonly loseCommits?: boolean
  readonly limits?: Partial<SinkLimits>
}

const METRICS_TOPIC = 'pegel.metrics.v1'
const PARTITIONS = 2

/** Patient enough for a busy machine, quick enough for a test. */
const LIMITS: Partial<SinkLimits> = {
  retryBaseMs: 20,
  retryMaxMs: 200,
  breakerOpenMs: 100,
  commitIntervalMs: 20,
  writeTimeoutMs: 5_000,
  checkTimeoutMs: 2_000,
}

/** A real runner with a real sink over a topic prefix of its own on the real Kafka: produces records, runs, reads what was booked. */
export class SinkHarness {
  readonly tenants: FakeTenants = fakeTenants()
  readonly metrics: Metrics = createMetrics({ service: 'test', defaults: false })
  readonly log: Logger = createLogger({ service: 'test', level: 'silent' })
  readonly kafka: KafkaPort
  readonly #options: HarnessOptions
  readonly #producer: Producer
  readonly #letters: DeadLetterRecord[] = []
  readonly #rows = new Map<string, LedgerRow>()
  readonly #running = new Set<SinkRunner>()
  readonly #ends = new Map<number, number>()
  readonly #readers: AllReader[] = []
  #nextOffset = 0

  constructor(options: HarnessOptions) {
    this.#options = options
    this.kafka = createKafka({
      brokers: requireKafka(),
      clientId: 'sink-harness',
      prefix: `${uniqueName('t')}-`,
      log: this.log,
      metrics: this.metrics,
    })
    this.#producer = this.kafka.producer()
  }

  async open(): Promise<void> {
    await this.kafka.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
    const letters = await this.kafka.readAll('pegel.dead-letters.v1', ({ value }) => {
      if (value !== null) this.#letters.push(decodeRecord('DeadLetter', value))
    })
    const ledger = await this.kafka.readAll('pegel.ledger.v1', ({ value }) => {
      if (value !== null) this.#remember(decodeRecord('LedgerEntry', value))
    })
    this.#readers.push(letters, ledger)
  }

  async close(): Promise<void> {
    for (const runner of this.#running) await runner.stop(2_000)
    for (const reader of this.#readers) await reader.close()
    await this.#producer.close()
    await this.kafka.close()
  }

  /** Puts one record into `metrics`, as the enricher would. `key` stands in for the tenant where they are to differ. */
  async produce(tenant: string, series: readonly SeriesSpec[], key: string = tenant): Promise<void> {
    const source = {
      topic: 'pegel.ingest.v1',
      partition: 0,
      offset: this.#nextOffset++,
      appendTimeMs: Date.now(),
      part: 0,
      parts: 1,
    }
    const labelled = series.map((each) => ({ ...each, attributes: { ...each.attributes, tenant } }))
    const { value } = batchOf(tenant, labelled, { source })
    const [produced] = await this.#producer.send([{ topic: METRICS_TOPIC, key, value }])
    if (produced !== undefined) this.#ends.set(produced.partition, produced.offset + 1)
  }

  /** Starts a sink process' worth of runner in this process. */
  async run(options: RunOptions = {}): Promise<SinkRunner> {
    const { name, create, url } = this.#options
    const made = await create({ url, kafka: this.kafka, log: this.log, metrics: this.metrics })
    const runner = runSink({
      name,
      sink: options.wrap?.(made) ?? made,
      kafka: options.loseCommits === true ? withoutCommits(this.kafka) : this.kafka,
      tenants: this.tenants,
      log: this.log,
      metrics: this.metrics,
      instance: uniqueName('instance'),
      limits: { ...LIMITS, ...options.limits },
    })
    this.#running.add(runner)
    await runner.start()
    return runner
  }

  async stop(runner: SinkRunner, deadlineMs = 5_000): Promise<void> {
    this.#running.delete(runner)
    await runner.stop(deadlineMs)
  }

  /** Records produced and not committed. */
  async lag(): Promise<number> {
    const committed = await this.kafka.committed(`sink-${this.#options.name}`, METRICS_TOPIC)
    let lag = 0
    for (const [partition, end] of this.#ends) {
      const found = committed.find((each) => each.partition === partition)
      lag += end - Math.max(0, found?.offset ?? 0)
    }
    return lag
  }

  /** Resolves when everything produced is committed. */
  async drained(deadlineMs = 20_000): Promise<void> {
    await eventually(
      async () => {
        const lag = await this.lag()
        if (lag > 0) throw new Error(`${lag} records are not committed`)
      },
      { deadlineMs },
    )
  }

  /** Ledger rows of a tenant, the last per key; waits until they answer for so many source records. */
  async rows(tenant: string, records: number): Promise<readonly LedgerRow[]> {
    return eventually(() => {
      const rows = [...this.#rows.values()].filter((row) => row.tenant === tenant)
      if (rows.length < records) throw new Error(`${rows.length} of ${records} records are in the ledger`)
      return rows
    })
  }

  /** Dead letters of a tenant; waits until there are so many. */
  async deadLetters(tenant: string, count: number): Promise<readonly DeadLetterRecord[]> {
    return eventually(() => {
      const letters = this.#letters.filter((letter) => letter.tenant === tenant)
      if (letters.length < count) throw new Error(`${letters.length} of ${count} dead letters were written`)
      return letters
    })
  }

  #remember(entry: LedgerEntry): void {
    for (const row of entry.rows) this.#rows.set(`${row.topic}/${row.partition}/${row.offset}/${row.part}`, row)
  }
}

/** A port whose consumers forget to commit. */
function withoutCommits(kafka: KafkaPort): KafkaPort {
  return new Proxy(kafka, {
    get(target, property) {
      if (property !== 'consumer') return bound(target, property)
      return (options: Parameters<KafkaPort['consumer']>[0]) => {
        const consumer = target.consumer(options)
        return new Proxy(consumer, {
          get: (inner, name) => (name === 'commit' ? () => Promise.resolve() : bound(inner, name)),
        })
      }
    },
  })
}

function bound(target: object, property: string | symbol): unknown {
  const value: unknown = Reflect.get(target, property, target)
  return typeof value === 'function' ? (value.bind(target) as unknown) : value
}
