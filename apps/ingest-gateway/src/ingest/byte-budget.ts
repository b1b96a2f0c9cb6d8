import { gatewayErrors } from '../errors.ts'

/** Bounds the bytes of all request bodies that are in memory at a time, so that many large requests cannot end the process. */
export class ByteBudget {
  readonly #max: number
  #used = 0

  constructor(max: number) {
    this.#max = max
  }

  get used(): number {
    return this.#used
  }

  /** @throws gatewayErrors.overloaded */
  take(bytes: number): void {
    if (this.#used + bytes > this.#max) throw gatewayErrors.overloaded({ retryAfterS: 1 })
    this.#used += bytes
  }

  giveBack(bytes: number): void {
    this.#used -= bytes
  }
}
