interface Waiter {
  readonly offset: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** How far a log was read, for those who wait until it was read so far. */
export class LogPosition {
  #next = 0
  #waiters: Waiter[] = []

  /** Everything before this offset was read. */
  reached(next: number): void {
    this.#next = Math.max(this.#next, next)
    const ready = this.#waiters.filter(({ offset }) => offset <= this.#next)
    if (ready.length === 0) return
    this.#waiters = this.#waiters.filter(({ offset }) => offset > this.#next)
    for (const { resolve } of ready) resolve()
  }

  /** Resolves when everything before this offset was read. */
  wait(offset: number): Promise<void> {
    if (offset <= this.#next) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiters.push({ offset, resolve, reject }))
  }

  /** Whoever waits, waits in vain. */
  fail(error: Error): void {
    for (const { reject } of this.#waiters.splice(0)) reject(error)
  }
}
