/** Counts the requests being answered, so that a door can stop without cutting one off. */
export class InFlight {
  #count = 0
  #stopping = false
  #idle: (() => void) | undefined

  get stopping(): boolean {
    return this.#stopping
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count += 1
    try {
      return await work()
    } finally {
      this.#count -= 1
      if (this.#count === 0) this.#idle?.()
    }
  }

  /** From now on `stopping`; resolves when nothing is in flight, or at the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    this.#stopping = true
    if (this.#count === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, deadlineMs)
      this.#idle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
