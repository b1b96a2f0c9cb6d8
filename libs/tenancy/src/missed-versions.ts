/** So many are remembered at most; beyond it all begin to wait anew. */
const MAX_MISSED = 10_000

/**
 * Versions that were asked for and had not been read. Whoever publishes a version does so before anything names it: one that is still missing
 * after everything has been read that was published by the time of the question does not exist.
 */
export class MissedVersions {
  readonly #onMissed: () => void
  /** By tenant and version, the first look that will answer the question. */
  readonly #answeredBy = new Map<string, number>()
  #begun = 0
  #ended = 0

  /** @param onMissed a look is wanted */
  constructor(onMissed: () => void) {
    this.#onMissed = onMissed
  }

  /** Whether there are questions that no look has answered that is over. */
  get wanted(): boolean {
    return [...this.#answeredBy.values()].some((look) => look > this.#ended)
  }

  /** True when the version does not exist, false as long as it may be on its way. The next question about it is a new one. */
  isMissing(tenant: string, version: number): boolean {
    const key = `${tenant}@${version}`
    const look = this.#answeredBy.get(key)
    if (look === undefined) {
      if (this.#answeredBy.size >= MAX_MISSED) this.#answeredBy.clear()
      this.#answeredBy.set(key, this.#begun + 1)
      this.#onMissed()
      return false
    }
    if (look > this.#ended) return false
    this.#answeredBy.delete(key)
    return true
  }

  /** Somebody begins to read what there is now. @returns what to call when all of that has been read */
  beginLook(): () => void {
    const look = ++this.#begun
    return () => {
      this.#ended = Math.max(this.#ended, look)
    }
  }
}
