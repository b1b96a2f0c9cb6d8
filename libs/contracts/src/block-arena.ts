import { equalWords, hashOf, readWords } from './words.ts'

/** An entry's head, in words; behind it the fields, the key and the block, the last two filled up with zeros to a whole word. */
const CHAIN = 0 // where the next entry of the bucket is; 0 for none
const HASH = 1
const OWNER = 2
const KEY_BYTES = 3
const BLOCK_BYTES = 4

/** Where an entry's first field stands behind its beginning, in words. */
export const ARENA_FIELDS = 5

/** Offset 0 means none. */
const FIRST = 1
const MIN_WORDS = 256
const MIN_BUCKETS = 16
/** 1 GiB; what does not fit is not kept. */
const MAX_WORDS = 2 ** 28

/**
 * Keys of one bucket that are kept. By chance there are few; anybody can find more, since the hash is no secret, and each would make looking
 * up all of them slower.
 */
const MAX_CHAIN = 16

/** What tells an entry from others. */
export interface ArenaKey {
  /** What else tells keys of the same bytes apart; at least 1. */
  readonly owner: number
  readonly view: DataView
  readonly from: number
  readonly to: number
}

/**
 * Blocks by the bytes of their keys, one behind the other in one piece of memory, each with some numbers of whoever keeps them. Clients name their
 * series in the same order in every request, so what lies behind the entry found last is tried first: the processor reads ahead what comes next,
 * where objects would cost it a wait for the memory each. Every byte of a key is compared, whatever led to it.
 * An entry is known by where it begins in `words`, until the next add(), retain() or clear().
 */
export class BlockArena {
  /** Another array whenever it grows or shrinks: the one before is empty then. */
  words = new Int32Array(MIN_WORDS)
  /** Where in `words` the block lies of the entry that was found or added last, and how long it is. */
  blockAt = 0
  blockBytes = 0
  #buckets = new Int32Array(MIN_BUCKETS)
  #used = FIRST
  #count = 0
  #next = FIRST
  /** From an entry's beginning to its key. */
  readonly #keyAt: number

  /** @param fields numbers of 32 bits in each entry, 0 at first: `words[entry + ARENA_FIELDS]` and those behind it */
  constructor(fields: number) {
    this.#keyAt = ARENA_FIELDS + fields
  }

  /** Entries in it. */
  get size(): number {
    return this.#count
  }

  /** Bytes of its memory, free room included. */
  get sizeBytes(): number {
    return this.words.byteLength + this.#buckets.byteLength
  }

  /** The entry with this key; 0 for none. Written out for the one behind the last, which it nearly always is: calls would cost as much as the comparison. */
  find(view: DataView, owner: number, from: number, to: number): number {
    const guess = this.#next
    const { words } = this
    if (words[guess + OWNER] === owner && words[guess + KEY_BYTES] === to - from) {
      const keyAt = guess + this.#keyAt
      if (equalWords(view, from, to, words, keyAt)) {
        const blockAt = keyAt + ((to - from + 3) >> 2)
        const blockBytes = words[guess + BLOCK_BYTES] ?? 0
        this.blockAt = blockAt
        this.blockBytes = blockBytes
        this.#next = blockAt + ((blockBytes + 3) >> 2)
        return guess
      }
    }
    return this.#lookUp(view, owner, from, to)
  }

  #lookUp(view: DataView, owner: number, from: number, to: number): number {
    const { words } = this
    const hash = hashOf(view, from, to) ^ owner
    let entry = this.#buckets[hash & (this.#buckets.length - 1)] ?? 0
    while (entry !== 0) {
      const isIts = words[entry + OWNER] === owner && words[entry + KEY_BYTES] === to - from
      if (isIts && equalWords(view, from, to, words, entry + this.#keyAt)) return this.#found(entry)
      entry = words[entry + CHAIN] ?? 0
    }
    return 0
  }

  /**
   * The entry behind the one found last, if the bytes from `from` on begin with its key; 0 if not. For keys that tell their own end: then
   * whoever asks need not look for it.
   */
  findNext(view: DataView, owner: number, from: number, end: number): number {
    const guess = this.#next
    const { words } = this
    const to = from + (words[guess + KEY_BYTES] ?? 0)
    if (words[guess + OWNER] !== owner || to > end) return 0
    return equalWords(view, from, to, words, guess + this.#keyAt) ? this.#found(guess) : 0
  }

  /** Adds a key that find() does not know, and a copy of its block. 0 when there is no room. */
  add({ owner, view, from, to }: ArenaKey, block: Uint8Array): number {
    const size = this.#keyAt + wordsOf(to - from) + wordsOf(block.length)
    if (!this.#makeRoom(size)) return 0
    const hash = hashOf(view, from, to) ^ owner
    const bucket = hash & (this.#buckets.length - 1)
    const first = this.#buckets[bucket] ?? 0
    if (this.#chainOf(first) >= MAX_CHAIN) return 0
    const entry = this.#used
    const { words } = this
    words.set([first, hash, owner, to - from, block.length], entry)
    readWords(view, from, to, words, entry + this.#keyAt)
    const blockView = new DataView(block.buffer, block.byteOffset, block.length)
    readWords(blockView, 0, block.length, words, entry + this.#keyAt + wordsOf(to - from))
    this.#buckets[bucket] = entry
    this.#used += size
    this.#count += 1
    return this.#found(entry)
  }

  keyBytes(entry: number): number {
    return this.words[entry + KEY_BYTES] ?? 0
  }

  ownerOf(entry: number): number {
    return this.words[entry + OWNER] ?? 0
  }

  /** Forgets the entries that `keep` does not want, and gives back their memory. */
  retain(keep: (entry: number) => boolean): void {
    let [to, count] = [FIRST, 0]
    for (let entry = FIRST; entry < this.#used;) {
      const size = this.#sizeOf(entry)
      if (keep(entry)) {
        this.words.copyWithin(to, entry, entry + size)
        to += size
        count += 1
      }
      entry += size
    }
    this.words.fill(0, to)
    this.#resize(Math.max(MIN_WORDS, to + this.#keyAt))
    this.#used = to
    this.#count = count
    this.#next = FIRST
    let buckets = MIN_BUCKETS
    while (buckets < count) buckets *= 2
    this.#rehash(buckets)
  }

  clear(): void {
    this.retain(() => false)
  }

  #found(entry: number): number {
    this.blockAt = entry + this.#keyAt + wordsOf(this.keyBytes(entry))
    this.blockBytes = this.words[entry + BLOCK_BYTES] ?? 0
    this.#next = this.blockAt + wordsOf(this.blockBytes)
    return entry
  }

  #sizeOf(entry: number): number {
    return this.#keyAt + wordsOf(this.keyBytes(entry)) + wordsOf(this.words[entry + BLOCK_BYTES] ?? 0)
  }

  #chainOf(first: number): number {
    let length = 0
    for (let entry = first; entry !== 0; entry = this.words[entry + CHAIN] ?? 0) length += 1
    return length
  }

  /** Behind the last entry there is always an empty head: no owner has it. */
  #makeRoom(size: number): boolean {
    const needed = this.#used + size + this.#keyAt
    if (needed > MAX_WORDS) return false
    if (needed > this.words.length) {
      this.#resize(Math.min(MAX_WORDS, Math.max(needed, Math.ceil(this.words.length * 1.5))))
    }
    if (this.#count >= this.#buckets.length) this.#rehash(this.#buckets.length * 2)
    return true
  }

  /** What it leaves is freed at once: left to the garbage collector, arenas that grow take twice what they hold. */
  #resize(words: number): void {
    this.words = new Int32Array(this.words.buffer.transfer(words * 4))
  }

  #rehash(buckets: number): void {
    const { words } = this
    this.#buckets.buffer.transfer(0)
    this.#buckets = new Int32Array(buckets)
    for (let entry = FIRST; entry < this.#used; entry += this.#sizeOf(entry)) {
      const bucket = (words[entry + HASH] ?? 0) & (buckets - 1)
      words[entry + CHAIN] = this.#buckets[bucket] ?? 0
      this.#buckets[bucket] = entry
    }
  }
}

function wordsOf(bytes: number): number {
  return (bytes + 3) >> 2
}
