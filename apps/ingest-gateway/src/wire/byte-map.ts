import type { WireReader } from './wire-reader.ts'

/** Bytes that keys are ranges of. */
type Viewed = Pick<WireReader, 'view'>

/**
 * Keys of one hash that are kept. By chance there are two; anybody can find more, since the hash is no secret, and each would make looking up
 * all of them slower.
 */
const MAX_CHAIN = 8

interface Node<V> {
  /** Itself and those behind it. */
  readonly count: number
  /** The key as little-endian 32-bit words, the last one filled up with zeros. */
  readonly words: Int32Array
  readonly length: number
  readonly value: V
  readonly next: Node<V> | undefined
  /** What was looked up after it last time. */
  follower: Node<V> | undefined
}

const GOLDEN = 0x9e3779b1

/**
 * A map whose keys are ranges of bytes in a reader. A lookup makes no object and no text. Senders name their series in the same
 * order in every request, so what followed last time is tried first; otherwise 32 bits at a time are hashed. Both only find
 * candidates: every byte is compared. (Measured on OTLP requests of 1,000 points, decoding alone, pairs of runs on a busy machine: 11
 * to 28 % more points per CPU-second than by the hash alone.)
 */
export class ByteMap<V> {
  readonly #nodes = new Map<number, Node<V>>()
  #last: Node<V> | undefined

  get(reader: Viewed, from: number, to: number): V | undefined {
    const { view } = reader
    const last = this.#last
    const guess = last?.follower
    if (guess?.length === to - from && equals(view, from, guess)) {
      this.#last = guess
      return guess.value
    }
    let node = this.#nodes.get(hashOf(view, from, to))
    while (node !== undefined) {
      if (node.length === to - from && equals(view, from, node)) {
        if (last !== undefined) last.follower = node
        this.#last = node
        return node.value
      }
      node = node.next
    }
    return undefined
  }

  /** Adds a key that is not there. Its bytes are copied: the reader's body can go. False when there are too many of its hash. */
  add(reader: Viewed, from: number, to: number, value: V): boolean {
    const { view } = reader
    const hash = hashOf(view, from, to)
    const next = this.#nodes.get(hash)
    const count = (next?.count ?? 0) + 1
    if (count > MAX_CHAIN) return false
    const words = new Int32Array((to - from + 3) >> 2)
    for (let index = 0; index < words.length; index++) words[index] = wordAt(view, from + index * 4, to)
    const node: Node<V> = { count, words, length: to - from, value, next, follower: undefined }
    this.#nodes.set(hash, node)
    if (this.#last !== undefined) this.#last.follower = node
    this.#last = node
    return true
  }
}

function hashOf(view: DataView, from: number, to: number): number {
  let hash = to - from
  let at = from
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), GOLDEN)
    hash ^= hash >>> 15
  }
  if (at < to) {
    hash = Math.imul(hash ^ wordAt(view, at, to), GOLDEN)
    hash ^= hash >>> 15
  }
  return hash
}

function equals<V>(view: DataView, from: number, { words, length }: Node<V>): boolean {
  const whole = length >> 2
  for (let index = 0; index < whole; index++) {
    if (view.getInt32(from + index * 4, true) !== words[index]) return false
  }
  return whole === words.length || wordAt(view, from + whole * 4, from + length) === words[whole]
}

function wordAt(view: DataView, at: number, to: number): number {
  if (at + 4 <= to) return view.getInt32(at, true)
  let word = 0
  for (let index = at; index < to; index++) word |= view.getUint8(index) << ((index - at) * 8)
  return word
}
