export type BreakerState = 'closed' | 'open' | 'half_open'

export interface BreakerOptions {
  readonly failures: number
  readonly openMs: number
  readonly now?: () => number
}

/** Counts failures in a row. Open, it lets nothing through for a while; then one probe decides. */
export class LaneBreaker {
  readonly #options: BreakerOptions
  readonly #now: () => number
  #failures = 0
  #state: BreakerState = 'closed'
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

  /** Since when no attempt has succeeded, counted from the opening; undefined while closed. What parking will go by. */
  get openSinceMs(): number | undefined {
    return this.#state === 'closed' ? undefined : this.#openedAtMs
  }

  /** How long to wait until the next attempt is allowed. */
  get waitMs(): number {
    return this.state === 'open' ? this.#retryAtMs - this.#now() : 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#state = 'closed'
  }

  failed(): void {
    this.#failures += 1
    if (this.#failures < this.#options.failures) return
    if (this.#state === 'closed') this.#openedAtMs = this.#now()
    this.#state = 'open'
    this.#retryAtMs = this.#now() + this.#options.openMs
  }
}
