import { buffers } from '@pegel/buffers'

export interface MessageJoinerOptions {
  /** Bytes that a message may have as it is on the wire; -1 for any number. */
  readonly maxBytes: number
  /** Told of each chunk when all of it was copied. */
  readonly consumed: (chunk: Buffer) => void
}

/** In front of a message: whether it is packed, and its length. */
export const FRAME_HEAD_BYTES = 5
const PACKED = 1
/** So many times what has come is made room for at once: a length is only a promise. Most messages need no second room. */
const ROOM_AHEAD = 16

/**
 * Joins the messages of a call from the chunks that they come in, as grpc-js' own decoder does, but copies each chunk as it comes, so that its memory
 * is free at once, and into borrowed memory. A packed message is not borrowed: grpc-js unpacks it into memory of its own and tells nobody.
 */
export class MessageJoiner {
  readonly #options: MessageJoinerOptions
  readonly #head = Buffer.alloc(FRAME_HEAD_BYTES)
  #headBytes = 0
  #message: Buffer | undefined
  /** Of the message, head included. */
  #size = 0
  #filled = 0

  constructor(options: MessageJoinerOptions) {
    this.#options = options
  }

  /**
   * Takes the next chunk and gives the messages that end in it, with their heads.
   * @throws Error with the words of grpc-js, which are those of the call's status, for a message that is larger than allowed
   */
  write(chunk: Buffer): Buffer[] {
    const messages: Buffer[] = []
    for (let at = 0; at < chunk.length;) {
      at += this.#message === undefined ? this.#readHead(chunk, at) : this.#readBody(chunk, at)
      if (this.#message === undefined || this.#filled < this.#size) continue
      messages.push(this.#message)
      this.#message = undefined
      this.#headBytes = 0
    }
    this.#options.consumed(chunk)
    return messages
  }

  /** @returns bytes that were read; none of the head of one that was refused, which is then refused again */
  #readHead(chunk: Buffer, at: number): number {
    const read = chunk.copy(this.#head, this.#headBytes, at)
    this.#headBytes += read
    if (this.#headBytes === FRAME_HEAD_BYTES) this.#begin(chunk.length - at - read)
    return read
  }

  #begin(bytesAhead: number): void {
    const bytes = this.#head.readUInt32BE(1)
    const { maxBytes } = this.#options
    if (maxBytes !== -1 && bytes > maxBytes) {
      throw new Error(`Received message larger than max (${bytes} vs ${maxBytes})`)
    }
    this.#size = FRAME_HEAD_BYTES + bytes
    this.#filled = FRAME_HEAD_BYTES
    this.#message = this.#room(FRAME_HEAD_BYTES + bytesAhead)
    this.#head.copy(this.#message)
  }

  #readBody(chunk: Buffer, at: number): number {
    const to = Math.min(chunk.length, at + this.#size - this.#filled)
    const message = this.#withRoom(this.#filled + to - at)
    chunk.copy(message, this.#filled, at, to)
    this.#filled += to - at
    return to - at
  }

  #withRoom(bytes: number): Buffer {
    const small = this.#message ?? this.#head
    if (bytes <= small.length) return small
    const large = this.#room(bytes)
    small.copy(large, 0, 0, this.#filled)
    buffers.giveBack(small)
    this.#message = large
    return large
  }

  #room(bytes: number): Buffer {
    const size = Math.min(this.#size, bytes * ROOM_AHEAD)
    return this.#head[0] === PACKED ? Buffer.allocUnsafe(size) : buffers.borrow(size)
  }
}
