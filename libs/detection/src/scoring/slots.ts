import { Slab } from './slab.ts'

/** Few enough that a slab of detectors that are gone is soon free as a whole, enough that its views cost little a series. */
const SLOTS_PER_SLAB = 64

export interface Slot {
  readonly slab: Slab
  readonly index: number
}

/** Hands out slots. What is given back is used again; the memory of a slab none of whose slots is held by anybody is the garbage collector's. */
export class Slots {
  #slab: Slab | undefined
  #next = SLOTS_PER_SLAB
  readonly #free: Slot[] = []

  take(): Slot {
    const free = this.#free.pop()
    if (free !== undefined) return free
    if (this.#slab === undefined || this.#next === SLOTS_PER_SLAB) {
      this.#slab = new Slab(SLOTS_PER_SLAB)
      this.#next = 0
    }
    const index = this.#next
    this.#next += 1
    return { slab: this.#slab, index }
  }

  giveBack(slot: Slot): void {
    slot.slab.select(slot.index)
    slot.slab.clear()
    this.#free.push(slot)
  }
}
