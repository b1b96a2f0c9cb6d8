/** A fault on order: the payment service breaks at a time after the start, for a while. Times in ms since the start. */
export class Fault {
  readonly #fromMs: number
  readonly #toMs: number

  constructor(atMs: number, forMs: number) {
    this.#fromMs = atMs
    this.#toMs = atMs + forMs
  }

  isActive(nowMs: number): boolean {
    return nowMs >= this.#fromMs && nowMs < this.#toMs
  }
}
