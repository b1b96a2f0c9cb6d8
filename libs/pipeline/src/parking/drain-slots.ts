/** How many lanes are read back at a time: what bounds their memory. First come, first served. */
export class DrainSlots {
  readonly #slots: number
  #taken = 0
  readonly #waiting: (() => void)[] = []

  constructor(slots: number) {
    this.#slots = slots
  }

  /** Somebody waits for a slot. */
  get contended(): boolean {
    return this.#waiting.length > 0
  }

  /** Calls back, now or later, when there is a slot. Returns what gives it back, or gives the wait up. */
  take(onSlot: () => void): () => void {
    let held = false
    const start = (): void => {
      held = true
      this.#taken += 1
      onSlot()
    }
    let given = false
    const give = (): void => {
      if (given) return
      given = true
      const index = this.#waiting.indexOf(start)
      if (index >= 0) this.#waiting.splice(index, 1)
      if (!held) return
      this.#taken -= 1
      this.#next()
    }
    this.#waiting.push(start)
    this.#next()
    return give
  }

  #next(): void {
    if (this.#taken < this.#slots) this.#waiting.shift()?.()
  }
}
