import type { SinkLimits } from './sink-limits.ts'

export type BreakerState = 'closed' | 'open' | 'half_open'

export interface BreakerOptions {
  readonly failures: number
  readonly openMs: number
  /** After so long without a success it counts as open, however few attempts there were. Default: never. */
  readonly deadlineMs?: number
  readonly now?: () => number
}

/** Counts failures in a row. Open, it lets nothing through for a while; then one probe decides. */
export class LaneBreaker {
  readonly #options: BreakerOptions
  readonly #now: () => number
  #failures = 0
  #state: BreakerState = 'closed'
  #failingSinceMs = 0
  #openedAtMs = 0
  #retryAtMs = 0

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  get state(): BreakerState {
    if (this.#state === 'open' && this.#now() >= this.#retryAtMs) this.#state = 'half_open'
    return this.#state
  }

  /**
   * Since when no attempt has succeeded, counted from the opening, or from when it would have been open at the latest; undefined while
   * the last attempt succeeded. May lie in the future. What parking goes by.
   */
  get openSinceMs(): number | undefined {
    if (this.#failures === 0) return undefined
    return this.#state === 'closed' ? this.#failingSinceMs + (this.#options.deadlineMs ?? Infinity) : this.#openedAtMs
  }

  /** How long to wait until the next attempt is allowed. */
  get waitMs(): number {
    return Math.max(0, this.#retryAtMs - this.#now())
  }

  succeeded(): void {
    this.#failures = 0
    this.#retryAtMs = 0
    this.#state = 'closed'
  }

  /** @param afterMs the backend's own wish: no attempt sooner */
  failed(afterMs = 0): void {
    const now = this.#now()
    if (this.#failures === 0) this.#failingSinceMs = now
    this.#failures += 1
    this.#retryAtMs = now + afterMs
    if (this.#failures < this.#options.failures) return
    if (this.#state === 'closed') this.#openedAtMs = now
    this.#state = 'open'
    this.#retryAtMs = Math.max(this.#retryAtMs, now + this.#options.openMs)
  }

  /** Begins with a probe: what went before this breaker has failed. */
  suspect(): void {
    this.#failures = this.#options.failures
    this.#openedAtMs = this.#now()
    this.#state = 'half_open'
  }

  /** Lets one probe through now. */
  allow(): void {
    this.#retryAtMs = 0
  }
}

/** A breaker as lanes have it. */
export function breakerOf({
  breakerFailures: failures,
  breakerOpenMs: openMs,
  retryDeadlineMs: deadlineMs,
}: SinkLimits): LaneBreaker {
  return new LaneBreaker({ failures, openMs, deadlineMs })
}
