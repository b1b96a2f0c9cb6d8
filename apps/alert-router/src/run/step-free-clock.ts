/** Less than this is drift, which is followed; more is a clock that was set. */
const STEP_MS = 1000

/** Wall-clock time that goes on evenly: it is counted by the monotonic clock from the wall time at its start. */
export class StepFreeClock {
  readonly #wallMs: () => number
  readonly #monotonicMs: () => number
  #offsetMs: number

  constructor(wallMs: () => number = Date.now, monotonicMs: () => number = () => performance.now()) {
    this.#wallMs = wallMs
    this.#monotonicMs = monotonicMs
    this.#offsetMs = wallMs() - monotonicMs()
  }

  now(): number {
    return Math.round(this.#monotonicMs() + this.#offsetMs)
  }

  /** Goes by the wall clock from here on. @returns by how much that was set since it was asked last; 0 unless it was set */
  adopt(): number {
    const byMs = this.#wallMs() - this.#monotonicMs() - this.#offsetMs
    this.#offsetMs += byMs
    return Math.abs(byMs) < STEP_MS ? 0 : Math.round(byMs)
  }
}
