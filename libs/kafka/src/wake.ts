/** Lets one waiter sleep until something happens or time is up. */
export class Wake {
  #pending = false
  #resolve: (() => void) | null = null
  #timer: NodeJS.Timeout | undefined

  notify(): void {
    if (this.#resolve === null) this.#pending = true
    else this.#finish()
  }

  /** Resolves at once when notify() was called since the last wait. */
  wait(ms: number): Promise<void> {
    if (this.#pending) {
      this.#pending = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      this.#resolve = resolve
      this.#timer = setTimeout(() => {
        this.#finish()
      }, ms)
    })
  }

  #finish(): void {
    clearTimeout(this.#timer)
    const resolve = this.#resolve
    this.#resolve = null
    resolve?.()
  }
}
