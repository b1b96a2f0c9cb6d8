const FIRST_BYTES = 1024
const MAX_SLAB_BYTES = 64 * 1024

/** A copy of a block: bytes [start, start + size) of the view. */
export interface StoredBlock {
  readonly view: DataView
  readonly start: number
  readonly size: number
}

/**
 * Copies of blocks one behind the other: series come in the same order batch after batch, and memory that is read in order costs a fraction of the same bytes
 * here and there. A slab is free when none of its blocks is referred to any more; slabs grow with what is kept, so that small stores stay small.
 */
export class BlockStore {
  #slab = Buffer.alloc(0)
  #view = new DataView(this.#slab.buffer, 0, 0)
  #used = 0
  #total = 0

  add(block: Uint8Array): StoredBlock {
    const size = block.length
    if (this.#used + size > this.#slab.length) this.#renew(size)
    const start = this.#used
    this.#slab.set(block, start)
    this.#used += size
    this.#total += size
    return { view: this.#view, start, size }
  }

  #renew(size: number): void {
    const sizeBytes = Math.max(size, Math.min(MAX_SLAB_BYTES, Math.max(FIRST_BYTES, this.#total)))
    this.#slab = Buffer.allocUnsafeSlow(sizeBytes)
    this.#view = new DataView(this.#slab.buffer)
    this.#used = 0
  }
}
