import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import { isBalanced } from '@pegel/pipeline'
import type { LedgerBooks, LedgerSnapshot } from '@pegel/pipeline'
import type { Logger } from '@pegel/telemetry'
import { ledgerErrors } from './errors.ts'
import type { LedgerMetrics } from './ledger-metrics.ts'

export interface KeeperOptions {
  readonly books: Pick<LedgerBooks, 'judge' | 'close'>
  readonly metrics: Pick<LedgerMetrics, 'show'>
  readonly log: Logger
  readonly intervalMs: number
}

/** Judging slower than this is worth an error. */
const STALE_INTERVALS = 15
const STALE_MS = 30_000

/** Folds the ledger for as long as it runs. Reading it again gives the same books, so nothing is stored. */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #stop = new AbortController()
  #latest: LedgerSnapshot | undefined
  #problem = 'not yet'
  #wasBalanced = true
  #loop: Promise<void> = Promise.resolve()

  constructor(options: KeeperOptions) {
    this.#options = options
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
    if (seconds * 1000 > this.#options.intervalMs * STALE_INTERVALS + STALE_MS)
      throw ledgerErrors.stale({ seconds, problem: this.#problem })
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#loop
    await this.#options.books.close()
  }

  async #run(): Promise<void> {
    const { intervalMs, log } = this.#options
    while (!this.#stop.signal.aborted) {
      try {
        await this.#judge()
      } catch (error) {
        this.#problem = messageOf(error)
        log.warn('the books could not be judged; trying again', { error })
      }
      await sleep(intervalMs, undefined, { signal: this.#stop.signal }).catch(() => undefined)
    }
  }

  async #judge(): Promise<void> {
    const { books, metrics, log } = this.#options
    const snapshot = await books.judge()
    const { missingRecords, missingParts } = snapshot
    const balanced = missingRecords.length === 0 && snapshot.tenants.every(isBalanced)
    if (!balanced && this.#wasBalanced) {
      const named = { missingParts: missingParts.slice(0, 5), missingRecords: missingRecords.slice(0, 5) }
      log.error('the books do not balance', named)
    }
    this.#wasBalanced = balanced
    metrics.show(snapshot)
    this.#latest = snapshot
  }
}
