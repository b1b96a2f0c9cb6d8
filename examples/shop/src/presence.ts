/** A user counts as active for this long after a request. */
const ACTIVE_MS = 60_000

/** Who is in the shop: those who asked for something within the last minute. */
export class Presence {
  readonly #now: () => number
  readonly #lastMs = new Map<string, number>()

  /** @param now ms, of any clock that goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  note(user: string): void {
    if (user !== '') this.#lastMs.set(user, this.#now())
  }

  active(): number {
    const since = this.#now() - ACTIVE_MS
    for (const [user, lastMs] of this.#lastMs) if (lastMs < since) this.#lastMs.delete(user)
    return this.#lastMs.size
  }
}
