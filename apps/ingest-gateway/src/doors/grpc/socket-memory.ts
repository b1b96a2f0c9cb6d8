import type { Readable } from 'node:stream'

/** What is known of one piece of memory that a socket was read into. */
interface Piece {
  /** Chunks in it that nobody has consumed yet. */
  open: number
}

/**
 * Frees what an HTTP/2 session read from its socket as soon as all of it was copied. Each read is a piece of up to 64 KiB, of which the chunks of all
 * streams are views; left to the garbage collector, they make it look through the whole heap several times a second.
 *
 * Node.js itself reads a piece until it has given out the last chunk of it, and forgets it before it gives out one of the next (`stream_buf_ab_` in
 * node_http2.cc). So a piece is freed when a chunk of another one has come, and not before the event loop turns: all streams that
 * chunks may wait in are known then. What is never consumed, or comes last, is left to the collector.
 */
export class SocketMemory {
  readonly #pieces = new WeakMap<ArrayBuffer, Piece>()
  /** The piece that came last. Weak: connections that are idle shall not hold one each. */
  #last: WeakRef<ArrayBuffer> | undefined
  #free: ArrayBuffer[] = []
  /** A chunk was missed: from then on nothing can be freed. */
  #blind = false

  /** Every stream of the session, before anything of it is read. */
  watch(stream: Readable): void {
    if (stream.readableLength > 0) this.#blind = true
    const push = stream.push.bind(stream)
    stream.push = (chunk: unknown, encoding) => {
      if (chunk instanceof Uint8Array) this.#came(chunk.buffer)
      return push(chunk, encoding)
    }
  }

  /** Of this chunk nobody has a view any more. */
  consumed({ buffer: memory }: Uint8Array): void {
    if (!(memory instanceof ArrayBuffer)) return
    const piece = this.#pieces.get(memory)
    if (piece === undefined) return
    piece.open -= 1
    if (piece.open === 0 && memory !== this.#last?.deref()) this.#freeLater(memory)
  }

  #came(memory: ArrayBufferLike): void {
    if (!(memory instanceof ArrayBuffer)) return
    const piece = this.#pieces.get(memory)
    if (piece !== undefined) {
      piece.open += 1
      return
    }
    this.#pieces.set(memory, { open: 1 })
    const before = this.#last?.deref()
    this.#last = new WeakRef(memory)
    if (before !== undefined && this.#pieces.get(before)?.open === 0) this.#freeLater(before)
  }

  #freeLater(memory: ArrayBuffer): void {
    if (this.#free.push(memory) === 1) setImmediate(() => this.#freeNow())
  }

  #freeNow(): void {
    const free = this.#free
    this.#free = []
    if (!this.#blind) for (const memory of free) memory.transfer(0)
  }
}
