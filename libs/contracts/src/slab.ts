import { wordAt } from './words.ts'

/** A piece of memory that is read as numbers of 32 and of 64 bits. Bytes in it begin at an even index of `ints`, and are filled up with zeros to a whole long. */
export class Slab {
  readonly ints: Int32Array
  readonly longs: BigInt64Array
  readonly #memory: ArrayBuffer

  /** @param ints how many; even */
  constructor(ints: number) {
    this.#memory = new ArrayBuffer(ints * 4)
    this.ints = new Int32Array(this.#memory)
    this.longs = new BigInt64Array(this.#memory)
  }

  get sizeBytes(): number {
    return this.ints.byteLength
  }

  /** Whether it was given back. */
  get isFreed(): boolean {
    return this.ints.length === 0
  }

  /** A view of bytes that begin at this index of `ints`. */
  bytes(at: number, length: number): Uint8Array {
    return new Uint8Array(this.ints.buffer, at * 4, length)
  }

  /** Whether the bytes at `at` are those of a range, 64 bits at a time. */
  holds(at: number, view: DataView, from: number, to: number): boolean {
    const { longs } = this
    let position = from
    let long = at >> 1
    for (; position + 32 <= to; position += 32, long += 4) {
      if (view.getBigInt64(position, true) !== longs[long]) return false
      if (view.getBigInt64(position + 8, true) !== longs[long + 1]) return false
      if (view.getBigInt64(position + 16, true) !== longs[long + 2]) return false
      if (view.getBigInt64(position + 24, true) !== longs[long + 3]) return false
    }
    for (; position + 8 <= to; position += 8, long += 1) {
      if (view.getBigInt64(position, true) !== longs[long]) return false
    }
    let int = long * 2
    for (; position < to; position += 4, int += 1) {
      if (wordAt(view, position, to) !== this.ints[int]) return false
    }
    return true
  }

  /** Copies a range to `at`. */
  copyFrom(view: DataView, from: number, to: number, at: number): void {
    for (let position = from, int = at; position < to; position += 4, int += 1) {
      this.ints[int] = wordAt(view, position, to)
    }
  }

  /** Copies bytes from `at` to where a view has room for the last long whole. */
  copyTo(view: DataView, to: number, at: number, length: number): void {
    for (let long = at >> 1, position = to; position < to + length; long += 1, position += 8) {
      view.setBigInt64(position, this.longs[long] ?? 0n, true)
    }
  }

  /** Gives the memory back at once: whoever still looks finds it empty. */
  free(): void {
    this.#memory.transfer(0)
  }
}

/** How many ints so many bytes take, up to a whole long. */
export function intsOf(bytes: number): number {
  return ((bytes + 7) >> 3) * 2
}
