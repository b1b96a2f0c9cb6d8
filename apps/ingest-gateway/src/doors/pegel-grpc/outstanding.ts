import type { Window } from './messages.ts'

/** The batches of a stream that are not answered yet, against its window. */
export class Outstanding {
  #batches = 0
  #bytes = 0

  get batches(): number {
    return this.#batches
  }

  /** Takes a batch of this size in; false when the window has no room for it. */
  take(bytes: number, window: Window): boolean {
    if (this.#batches >= window.batches || this.#bytes + bytes > window.bytes) return false
    this.#batches += 1
    this.#bytes += bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#batches -= 1
    this.#bytes -= bytes
  }
}
