import { intsOf, Slab } from './slab.ts'

const FIRST_INTS = 256
const MAX_SLAB_INTS = 16 * 1024

/** A copy of a block: so many bytes at an index of the slab's `ints`. */
export interface StoredBlock {
  readonly slab: Slab
  readonly at: number
  readonly size: number
}

/** Whether the bytes at [start, end) of `view` are those of a block that was stored. */
export function isBlock({ slab, at, size }: StoredBlock, view: DataView, start: number, end: number): boolean {
  return end - start === size && slab.holds(at, view, start, end)
}

/**
 * Copies of blocks one behind the other: series come in the same order batch after batch, and memory that is read in order costs a fraction of the same bytes
 * here and there. A slab is free when none of its blocks is referred to any more; slabs grow with what is kept, so that small stores stay small.
 */
export class BlockStore {
  #slab = new Slab(0)
  #used = 0
  #total = 0

  add(block: Uint8Array): StoredBlock {
    const size = block.length
    const ints = intsOf(size)
    if (this.#used + ints > this.#slab.ints.length) {
      this.#slab = new Slab(Math.max(ints, Math.min(MAX_SLAB_INTS, Math.max(FIRST_INTS, this.#total))))
      this.#used = 0
    }
    const at = this.#used
    this.#slab.copyFrom(new DataView(block.buffer, block.byteOffset, size), 0, size, at)
    this.#used += ints
    this.#total += ints
    return { slab: this.#slab, at, size }
  }
}
