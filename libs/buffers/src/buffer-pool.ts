/** Smaller ones are not worth keeping: Node.js cuts them from slabs. */
const MIN_BYTES = 16 * 1024
/** Larger ones are rare. */
const MAX_BYTES = 16 * 1024 * 1024

export interface BufferPoolOptions {
  /** What is kept for later at most, bytes. */
  readonly maxKeptBytes: number
}

/**
 * Buffers that are used again. Fresh ones cost page faults, and collections of the whole heap: V8 makes one after every 64 MB of
 * them, however little garbage there is besides. What is borrowed and never given back is left to the collector.
 */
export class BufferPool {
  readonly #maxKeptBytes: number
  /** By size, a power of two. */
  readonly #kept = new Map<number, ArrayBufferLike[]>()
  readonly #lent = new WeakSet<ArrayBufferLike>()
  #keptBytes = 0

  constructor({ maxKeptBytes }: BufferPoolOptions) {
    this.#maxKeptBytes = maxKeptBytes
  }

  get keptBytes(): number {
    return this.#keptBytes
  }

  /** A buffer of so many bytes, with anything in them. Bound, to be handed on. */
  readonly borrow = (bytes: number): Buffer => {
    if (bytes < MIN_BYTES || bytes > MAX_BYTES) return Buffer.allocUnsafe(bytes)
    const size = 2 ** (32 - Math.clz32(bytes - 1))
    const kept = this.#kept.get(size)?.pop()
    if (kept !== undefined) this.#keptBytes -= size
    const memory = kept ?? Buffer.allocUnsafeSlow(size).buffer
    this.#lent.add(memory)
    return Buffer.from(memory, 0, bytes)
  }

  /** From here on nobody may read it. A buffer that was not borrowed, or is given back already, is left alone: false then. */
  giveBack({ buffer: memory }: Uint8Array): boolean {
    if (!this.#lent.delete(memory)) return false
    const size = memory.byteLength
    if (this.#keptBytes + size > this.#maxKeptBytes) return true
    this.#keptBytes += size
    const kept = this.#kept.get(size)
    if (kept === undefined) this.#kept.set(size, [memory])
    else kept.push(memory)
    return true
  }
}
