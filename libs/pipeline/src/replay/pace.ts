import { setTimeout as sleep } from 'node:timers/promises'
import { Turns } from '../turns.ts'

/** Lets so many through a second, in the order in which they ask. The first goes at once. */
export class Pace {
  readonly #perSecond: number
  readonly #now: () => number
  #freeAtMs = 0
  readonly #turns = new Turns()

  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perSecond = perSecond
    this.#now = now
  }

  /** Resolves when `count` more may go. Rejects when the signal aborts; then they have not gone. */
  take(count: number, signal?: AbortSignal): Promise<void> {
    return this.#turns.take(async () => {
      signal?.throwIfAborted()
      const waitMs = this.#freeAtMs - this.#now()
      if (waitMs > 0) await sleep(waitMs, undefined, signal === undefined ? {} : { signal })
      this.#freeAtMs = Math.max(this.#now(), this.#freeAtMs) + (count / this.#perSecond) * 1000
    })
  }
}
