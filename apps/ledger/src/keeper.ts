import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { KafkaPort } from '@pegel/kafka'
import { answerFrom, LedgerBook, LedgerReading, takePositions } from '@pegel/pipeline'
import type { LedgerSnapshot } from '@pegel/pipeline'
import type { Logger } from '@pegel/telemetry'
import { SINKS } from '@pegel/tenancy'
import { ledgerErrors } from './errors.ts'
import type { LedgerMetrics } from './ledger-metrics.ts'

export interface KeeperOptions {
  readonly kafka: KafkaPort
  readonly metrics: Pick<LedgerMetrics, 'show'>
  readonly log: Logger
  readonly keepMs: number
  readonly intervalMs: number
}

const END_DEADLINE_MS = 30_000
/** Sinks commit a moment after their rows; without this wait the last minute would look open for ever on a busy pipeline. */
const SETTLE_MS = 1000
/** Judging slower than this many times the interval is worth an error. */
const STALE_INTERVALS = 15

/** Folds the ledger for as long as it runs. Reading it again from its beginning gives the same books, so nothing is stored. */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #stop = new AbortController()
  readonly #book: LedgerBook
  readonly #reading: LedgerReading
  #latest: LedgerSnapshot | undefined
  #problem = 'not yet'
  #loop: Promise<void> = Promise.resolve()

  constructor(options: KeeperOptions) {
    this.#options = options
    this.#book = new LedgerBook({ sinceMs: Date.now() - options.keepMs, keepMs: options.keepMs })
    this.#reading = new LedgerReading(options.kafka, (entry) => this.#book.add(entry))
  }

  start(): void {
    this.#loop = this.#run()
  }

  /** @throws ledgerErrors.reading before the first judgement */
  get snapshot(): LedgerSnapshot {
    if (this.#latest === undefined) throw ledgerErrors.reading()
    return this.#latest
  }

  /** @throws ledgerErrors.reading, stale */
  check(): void {
    const seconds = Math.round((Date.now() - this.snapshot.takenAtMs) / 1000)
    if (seconds * 1000 > this.#options.intervalMs * STALE_INTERVALS + END_DEADLINE_MS)
      throw ledgerErrors.stale({ seconds, problem: this.#problem })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    await this.#reading.close()
  }

  async #run(): Promise<void> {
    const { intervalMs, log } = this.#options
    let opened = false
    while (!this.#stop.signal.aborted) {
      try {
        if (!opened) await this.#reading.open()
        opened = true
        await this.#judge()
      } catch (error) {
        this.#problem = messageOf(error)
        log.warn('the books could not be judged; trying again', { error })
      }
      await sleep(intervalMs, undefined, { signal: this.#stop.signal }).catch(() => undefined)
    }
  }

  async #judge(): Promise<void> {
    const { kafka, metrics, log } = this.#options
    const nowMs = Date.now()
    const positions = await takePositions({ kafka, sinks: SINKS, settleMs: SETTLE_MS })
    await this.#reading.reachEnd(END_DEADLINE_MS)
    const snapshot = this.#book.judge(positions, nowMs)
    const report = answerFrom(snapshot, { sinceMs: snapshot.sinceMs })
    if (!report.balanced && this.#wasBalanced)
      log.error('the books do not balance', {
        missingParts: report.missingParts.slice(0, 5),
        missingRecords: report.missingRecords.slice(0, 5),
      })
    this.#wasBalanced = report.balanced
    metrics.show(report, nowMs)
    this.#latest = snapshot
  }

  #wasBalanced = true
}
