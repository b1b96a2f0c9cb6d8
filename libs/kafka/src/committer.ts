import type { CommitRequest } from './port.ts'

interface Waiter {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * One commit at a time: what arrives meanwhile is merged, the last offset of a partition counts. So commits never
 * overtake each other, and many small ones cost few requests.
 */
export class Committer {
  readonly #send: (offsets: readonly CommitRequest[]) => Promise<void>
  #pending = new Map<string, CommitRequest>()
  #waiters: Waiter[] = []
  #busy = false

  /** @param send resolves when Kafka has the offsets or they are void */
  constructor(send: (offsets: readonly CommitRequest[]) => Promise<void>) {
    this.#send = send
  }

  commit(offsets: readonly CommitRequest[]): Promise<void> {
    if (offsets.length === 0) return Promise.resolve()
    for (const offset of offsets) this.#pending.set(`${offset.topic}/${offset.partition}`, offset)
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      if (!this.#busy) void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#busy = true
    while (this.#waiters.length > 0) {
      const offsets = [...this.#pending.values()]
      const waiters = this.#waiters
      this.#pending = new Map()
      this.#waiters = []
      try {
        await this.#send(offsets)
        for (const { resolve } of waiters) resolve()
      } catch (error) {
        for (const { reject } of waiters) reject(error)
      }
    }
    this.#busy = false
  }
}
