import { equalWords, hashOf, readWords } from '@pegel/contracts'
import type { Viewed } from '@pegel/contracts'

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
    if (guess?.length === to - from && equalWords(view, from, to, guess.words, 0)) {
      this.#last = guess
      return guess.value
    }
    let node = this.#nodes.get(hashOf(view, from, to))
    while (node !== undefined) {
      if (node.length === to - from && equalWords(view, from, to, node.words, 0)) {
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
    readWords(view, from, to, words, 0)
    const node: Node<V> = { count, words, length: to - from, value, next, follower: undefined }
    this.#nodes.set(hash, node)
    if (this.#last !== undefined) this.#last.follower = node
    this.#last = node
    return true
  }
}
