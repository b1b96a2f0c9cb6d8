import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import { retryDelayMs } from './retry-delay.ts'
import { sinkErrors } from './sink-errors.ts'
import type { SinkLimits } from './sink-limits.ts'
import { withDeadline } from './with-deadline.ts'

export interface BackendWatchOptions {
  readonly check: (signal: AbortSignal) => Promise<void>
  readonly limits: Pick<SinkLimits, 'checkTimeoutMs' | 'retryBaseMs' | 'retryMaxMs'>
  readonly log: Logger
  /** Called once per change. */
  readonly onChange: (up: boolean) => void
}

/** So that a backend that is well again is noticed at once, however long it was away. */
const MAX_ASK_MS = 1000

/**
 * Knows whether the backend as a whole takes writes. Asked by a lane whose write failed: a failing check means that it is
 * not the lane's fault. While down it asks again, with backoff, until the backend answers.
 */
export class BackendWatch {
  readonly #options: BackendWatchOptions
  #up = true
  #asking: Promise<boolean> | null = null
  #timer: NodeJS.Timeout | undefined
  #controller = new AbortController()
  #downSinceMs = 0
  #closed = false

  constructor(options: BackendWatchOptions) {
    this.#options = options
  }

  get up(): boolean {
    return this.#up
  }

  /** Checks now (one check at a time, whoever asks) and says whether the backend is up. */
  verify(): Promise<boolean> {
    if (!this.#up) return Promise.resolve(false)
    return this.#ask()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#controller.abort(sinkErrors.aborted({ reason: 'the sink stops' }))
  }

  #ask(): Promise<boolean> {
    this.#asking ??= this.#check().finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  async #check(): Promise<boolean> {
    const { check, limits } = this.#options
    const timeoutMs = limits.checkTimeoutMs
    this.#controller = new AbortController()
    try {
      const onTimeout = (): Error => sinkErrors.check_timeout({ timeoutMs })
      await withDeadline(check, { controller: this.#controller, timeoutMs, onTimeout })
      this.#becomes(true, '')
    } catch (error) {
      this.#becomes(false, messageOf(error))
    }
    return this.#up
  }

  #becomes(up: boolean, problem: string): void {
    if (this.#closed || up === this.#up) return
    this.#up = up
    if (up) {
      this.#options.log.info('backend is up again', { downMs: Date.now() - this.#downSinceMs })
    } else {
      this.#downSinceMs = Date.now()
      this.#options.log.error('backend is down: all partitions pause, nothing is lost', { problem })
      this.#askLater(0)
    }
    this.#options.onChange(up)
  }

  #askLater(attempt: number): void {
    const { retryBaseMs: baseMs, retryMaxMs: maxMs } = this.#options.limits
    this.#timer = setTimeout(
      () => {
        void this.#ask().then((up) => {
          if (!up && !this.#closed) this.#askLater(attempt + 1)
        })
      },
      baseMs / 2 + retryDelayMs({ attempt, baseMs, maxMs: Math.min(maxMs, MAX_ASK_MS) }),
    )
  }
}
