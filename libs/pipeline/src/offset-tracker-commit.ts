import { messageOf } from '@pegel/errors'
import type { CommitRequest } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import type { OffsetTracker } from './offset-tracker.ts'

export interface OffsetCommitterOptions {
  readonly tracker: OffsetTracker
  readonly commit: (offsets: readonly CommitRequest[], epoch: number) => Promise<void>
  readonly log: Logger
  /** Default 200. */
  readonly intervalMs?: number
}

/** Commits the settled prefix of every partition now and then. A failed commit is no loss: the next one covers it. */
export class OffsetCommitter {
  readonly #options: OffsetCommitterOptions
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: OffsetCommitterOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.commitNow(), this.#options.intervalMs ?? 200)
  }

  /** Resolves after what is settled now has been committed, or could not be. One commit runs at a time. */
  commitNow(): Promise<void> {
    this.#running = this.#running.then(() => this.#commit())
    return this.#running
  }

  /** Stops the clock and commits a last time. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#timer = undefined
    await this.commitNow()
  }

  async #commit(): Promise<void> {
    const { tracker, commit, log } = this.#options
    const { epoch } = tracker
    const offsets = tracker.pending()
    if (offsets.length === 0) return
    try {
      await commit(offsets, epoch)
      tracker.committed(offsets, epoch)
    } catch (error) {
      log.warn('could not commit offsets, the next commit covers them', { error: messageOf(error) })
    }
  }
}
