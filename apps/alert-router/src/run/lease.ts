import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 50

/**
 * How long this process may take its partitions for its own. A process that was stopped, or cut off, for longer than the session timeout
 * finds out here, before anybody tells it: by then another may have them.
 */
export class Lease {
  readonly #confirmedAtMs: () => number
  readonly #sessionTimeoutMs: number
  readonly #nowMs: () => number

  constructor(confirmedAtMs: () => number, sessionTimeoutMs: number, nowMs: () => number = () => performance.now()) {
    this.#confirmedAtMs = confirmedAtMs
    this.#sessionTimeoutMs = sessionTimeoutMs
    this.#nowMs = nowMs
  }

  get isHeld(): boolean {
    return this.#nowMs() - this.#confirmedAtMs() < this.#sessionTimeoutMs
  }

  /** @throws when it has run out: whatever was in memory may be history */
  check(): void {
    if (!this.isHeld) throw new Error('the group has not confirmed this member for a session timeout')
  }

  /** Resolves when it holds (again), or the signal aborts. */
  async held(signal: AbortSignal): Promise<void> {
    while (!this.isHeld && !signal.aborted) await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
  }
}
