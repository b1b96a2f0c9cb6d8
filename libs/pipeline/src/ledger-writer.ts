import { encodeRecord } from '@pegel/contracts'
import type { LedgerRow, LedgerStage } from '@pegel/contracts'
import type { OutgoingRecord, Producer } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import { pipelineErrors } from './processor-errors.ts'
import { retry } from './processor-retry.ts'

export const LEDGER_TOPIC = 'pegel.ledger.v1'

export interface LedgerWriterOptions {
  /** How long one attempt may take, ms. The producer's default unless given. */
  readonly sendDeadlineMs?: () => number
  readonly producer: Producer
  readonly stage: LedgerStage
  /** Sink name; empty at the enricher. */
  readonly sink: string
  readonly instance: string
  readonly log: Logger
  /** How long rows wait for company. Default 25. */
  readonly lingerMs?: number
  /** Rows of one entry at most. Default 1000, about 100 kB. */
  readonly maxRows?: number
  readonly now?: () => number
}

export interface LedgerWriter {
  /** Resolves when Kafka has these rows; only then may the offsets behind them be committed. Tries until it succeeds or is closed. */
  write(rows: readonly LedgerRow[]): Promise<void>
  /** Sends what is waiting, then refuses more. After the deadline what is left is rejected: it will be written after redelivery. */
  close(deadlineMs?: number): Promise<void>
}

/**
 * Packs rows into entries: one record a partition and flush. Rows go to the ledger partition with the number of their ingest
 * partition, and one flush follows another, so that the last row of a key in Kafka is the last one written.
 */
export function createLedgerWriter(options: LedgerWriterOptions): LedgerWriter {
  return new PackingWriter(options)
}

interface Waiting {
  readonly rows: readonly LedgerRow[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

class PackingWriter implements LedgerWriter {
  readonly #options: LedgerWriterOptions
  readonly #abort = new AbortController()
  #waiting: Waiting[] = []
  #flushing: Promise<void> | undefined
  #closed = false

  constructor(options: LedgerWriterOptions) {
    this.#options = options
  }

  write(rows: readonly LedgerRow[]): Promise<void> {
    if (this.#closed) return Promise.reject(pipelineErrors.writer_closed({ what: 'ledger' }))
    if (rows.length === 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject })
      this.#flushing ??= this.#flushLoop()
    })
  }

  async close(deadlineMs = 10_000): Promise<void> {
    this.#closed = true
    const timer = setTimeout(() => {
      this.#abort.abort()
    }, deadlineMs)
    await this.#flushing
    clearTimeout(timer)
  }

  async #flushLoop(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.#closed ? 0 : (this.#options.lingerMs ?? 25)))
    while (this.#waiting.length > 0) {
      const taken = this.#waiting
      this.#waiting = []
      await this.#flush(taken)
    }
    this.#flushing = undefined
  }

  async #flush(taken: readonly Waiting[]): Promise<void> {
    try {
      const records = packRows(
        taken.flatMap(({ rows }) => rows),
        this.#options,
      )
      const { log, sendDeadlineMs } = this.#options
      const sending = sendDeadlineMs === undefined ? {} : { deadlineMs: sendDeadlineMs() }
      await retry(() => this.#options.producer.send(records, sending), {
        what: `write the ledger`,
        log,
        signal: this.#abort.signal,
      })
      for (const { resolve } of taken) resolve()
    } catch (error) {
      for (const { reject } of taken) reject(error)
    }
  }
}

/** Rows → records of the ledger topic, order kept within a partition. */
export function packRows(
  rows: readonly LedgerRow[],
  options: Pick<LedgerWriterOptions, 'stage' | 'sink' | 'instance' | 'maxRows' | 'now'>,
): readonly OutgoingRecord[] {
  const { stage, sink, instance, maxRows = 1000, now = Date.now } = options
  const writtenAtMs = now()
  const records: OutgoingRecord[] = []
  for (const [partition, group] of Map.groupBy(rows, (row) => row.partition)) {
    for (let from = 0; from < group.length; from += maxRows) {
      const entry = { stage, sink, instance, writtenAtMs, rows: group.slice(from, from + maxRows) }
      const key = sink === '' ? stage : `${stage}/${sink}`
      records.push({ topic: LEDGER_TOPIC, key, partition, value: encodeRecord('LedgerEntry', entry) })
    }
  }
  return records
}
