import type { Transform } from 'node:stream'

/** What a stream of node:zlib has inside, and the synchronous functions of node:zlib use. It is not documented, so it is looked at before it is used. */
interface Inside {
  readonly _handle?: {
    writeSync?(
      flush: number,
      input: Uint8Array,
      inputAt: number,
      inputBytes: number,
      output: Uint8Array,
      outputAt: number,
      outputBytes: number,
    ): void
  } | null
  /** What was left of the output and of the input. */
  readonly _writeState?: Uint32Array
}

/**
 * Memory of zstd that is used for one frame after another. The synchronous functions of node:zlib make it anew for each, a megabyte when they compress,
 * which took a tenth of the time of a record of 140 KB and a third of that of a megabyte.
 */
export class ZstdContext {
  readonly #create: () => Transform
  readonly #flush: number
  #stream: (Transform & Inside) | undefined

  /** @param flush what says that the input is whole */
  constructor(create: () => Transform, flush: number) {
    this.#create = create
    this.#flush = flush
  }

  /**
   * Turns an input that is whole into the beginning of `output`.
   * @returns how many bytes that is; undefined when all of it did not go in or out, or this Node.js has nothing inside that is known
   * @throws what zlib says of the input
   */
  run(input: Uint8Array, output: Uint8Array): number | undefined {
    const stream = this.#open()
    const { _handle: handle, _writeState: state } = stream
    if (typeof handle?.writeSync !== 'function' || !ArrayBuffer.isView(state)) return undefined
    handle.writeSync(this.#flush, input, 0, input.length, output, 0, output.length)
    const [outputLeft = 0, inputLeft = 0] = state
    if (stream.errored === null && inputLeft === 0 && outputLeft > 0) return output.length - outputLeft
    // In the middle of a frame: the next one begins with memory that knows nothing of it.
    const { errored } = stream
    this.close()
    if (errored !== null) throw errored
    return undefined
  }

  /** The next frame begins anew. */
  close(): void {
    this.#stream?.destroy()
    this.#stream = undefined
  }

  #open(): Transform & Inside {
    if (this.#stream !== undefined) return this.#stream
    const stream = this.#create()
    // It is thrown by run(); without a listener it would end the process besides.
    stream.on('error', () => undefined)
    return (this.#stream = stream)
  }
}
