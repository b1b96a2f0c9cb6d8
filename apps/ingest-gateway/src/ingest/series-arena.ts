import { kindOfSeriesBlock, POINT_BRANCH } from '@pegel/contracts'
import type { SeriesWords } from '@pegel/contracts'
import type { SeriesLabels } from './labels.ts'
import type { RefusalReason } from './refusals.ts'
import { equalWords, hashOf, readWords } from '../wire/words.ts'
import type { Viewed } from '../wire/words.ts'

/** An entry's head, in words; behind it come the key and the encoded series, each filled up with zeros to a whole word. */
const CHAIN = 0 // where the next entry of the bucket is; 0 for none
const HASH = 1
const OWNER = 2
const KEY_BYTES = 3
const BLOCK_BYTES = 4
const FINGERPRINT_HI = 5
const FINGERPRINT_LO = 6
const LABEL_BYTES = 7
const ADMITTED_AT = 8
const BRANCH = 9
const PROBLEM = 10 // its place in the list of problems; 0 for none
const HEAD_WORDS = 11

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

/** What tells a series from others: bytes in a reader, and the owner of find(). */
export interface ArenaKey {
  readonly owner: number
  readonly from: number
  readonly to: number
}

/**
 * Encoded series by the raw bytes that a client sends for them, one behind the other in one piece of memory. Clients name their series in the
 * same order in every request, so what lies behind the series found last is tried first: the processor reads ahead what comes next, where
 * objects would cost it a wait for the memory each. Every byte of a key is compared, whatever led to it.
 */
export class SeriesArena {
  #words: Int32Array = new Int32Array(MIN_WORDS)
  #buckets = new Int32Array(MIN_BUCKETS)
  #used = FIRST
  #count = 0
  #next = FIRST
  readonly #problems: RefusalReason[] = []
  readonly #found = new ArenaSeries()

  /** Series in it. */
  get size(): number {
    return this.#count
  }

  /** Bytes of its memory, free room included. */
  get sizeBytes(): number {
    return this.#words.byteLength + this.#buckets.byteLength
  }

  /**
   * The series of an owner with this key. The object is the same every time: it tells of what was found last.
   * @param owner what else tells series apart, for example their metric; at least 1
   */
  find(reader: Viewed, owner: number, from: number, to: number): ArenaSeries | undefined {
    const { view } = reader
    const guess = this.#next
    if (this.#is(guess, owner, to - from) && equalWords(view, from, to, this.#words, guess + HEAD_WORDS))
      return this.#at(guess)
    const hash = hashOf(view, from, to) ^ owner
    let entry = this.#buckets[hash & (this.#buckets.length - 1)] ?? 0
    while (entry !== 0) {
      if (this.#is(entry, owner, to - from) && equalWords(view, from, to, this.#words, entry + HEAD_WORDS))
        return this.#at(entry)
      entry = this.#words[entry + CHAIN] ?? 0
    }
    return undefined
  }

  /**
   * Adds a series that find() does not know, and gives it as find() will. The key's bytes are copied: the reader's body can go.
   * Undefined when there is no room.
   */
  add(reader: Viewed, at: ArenaKey, labels: SeriesLabels): ArenaSeries | undefined {
    const { owner, from, to } = at
    const { block } = labels
    const words = HEAD_WORDS + wordsOf(to - from) + wordsOf(block.length)
    if (!this.#makeRoom(words)) return undefined
    const hash = hashOf(reader.view, from, to) ^ owner
    const bucket = hash & (this.#buckets.length - 1)
    const first = this.#buckets[bucket] ?? 0
    if (this.#chainOf(first) >= MAX_CHAIN) return undefined
    const entry = this.#used
    const head = [
      ...[first, hash, owner, to - from, block.length, labels.fingerprintHi, labels.fingerprintLo],
      ...[labels.labelBytes, labels.admittedAt, branchOf(block), this.#problemOf(labels)],
    ]
    this.#words.set(head, entry)
    readWords(reader.view, from, to, this.#words, entry + HEAD_WORDS)
    const view = new DataView(block.buffer, block.byteOffset, block.length)
    readWords(view, 0, block.length, this.#words, entry + HEAD_WORDS + wordsOf(to - from))
    this.#buckets[bucket] = entry
    this.#used += words
    this.#count += 1
    return this.#at(entry)
  }

  #is(entry: number, owner: number, keyBytes: number): boolean {
    return this.#words[entry + OWNER] === owner && this.#words[entry + KEY_BYTES] === keyBytes
  }

  #at(entry: number): ArenaSeries {
    const words = this.#words
    const problem = words[entry + PROBLEM] ?? 0
    const keyWords = wordsOf(words[entry + KEY_BYTES] ?? 0)
    this.#next = entry + HEAD_WORDS + keyWords + wordsOf(words[entry + BLOCK_BYTES] ?? 0)
    const found = this.#found
    found.words = words
    found.entry = entry
    found.wordsAt = entry + HEAD_WORDS + keyWords
    found.problem = problem === 0 ? undefined : this.#problems[problem - 1]
    return found
  }

  #problemOf({ problem }: SeriesLabels): number {
    if (problem === undefined) return 0
    const known = this.#problems.indexOf(problem)
    return known === -1 ? this.#problems.push(problem) : known + 1
  }

  #chainOf(first: number): number {
    let length = 0
    for (let entry = first; entry !== 0; entry = this.#words[entry + CHAIN] ?? 0) length += 1
    return length
  }

  /** Behind the last entry there is always an empty head: no owner has it. */
  #makeRoom(words: number): boolean {
    const needed = this.#used + words + HEAD_WORDS
    if (needed > MAX_WORDS) return false
    if (needed > this.#words.length) {
      const grown = new Int32Array(Math.min(MAX_WORDS, Math.max(needed, Math.ceil(this.#words.length * 1.5))))
      grown.set(this.#words.subarray(0, this.#used))
      this.#words = grown
    }
    if (this.#count >= this.#buckets.length) this.#rehash(this.#buckets.length * 2)
    return true
  }

  #rehash(size: number): void {
    const words = this.#words
    this.#buckets = new Int32Array(size)
    for (let entry = FIRST; entry < this.#used;) {
      const bucket = (words[entry + HASH] ?? 0) & (size - 1)
      words[entry + CHAIN] = this.#buckets[bucket] ?? 0
      this.#buckets[bucket] = entry
      entry += HEAD_WORDS + wordsOf(words[entry + KEY_BYTES] ?? 0) + wordsOf(words[entry + BLOCK_BYTES] ?? 0)
    }
  }
}

/** Shows an entry as the labels that it was made of. */
export class ArenaSeries implements SeriesLabels, SeriesWords {
  words: Int32Array = new Int32Array(0)
  wordsAt = 0
  entry = 0
  problem: RefusalReason | undefined

  get branch(): number {
    return this.#head(BRANCH)
  }

  get blockBytes(): number {
    return this.#head(BLOCK_BYTES)
  }

  get block(): Uint8Array {
    const { buffer, byteOffset } = this.words
    return new Uint8Array(buffer, byteOffset + this.wordsAt * 4, this.blockBytes)
  }

  get fingerprintHi(): number {
    return this.#head(FINGERPRINT_HI)
  }

  get fingerprintLo(): number {
    return this.#head(FINGERPRINT_LO)
  }

  get labelBytes(): number {
    return this.#head(LABEL_BYTES)
  }

  get admittedAt(): number {
    return this.#head(ADMITTED_AT)
  }

  set admittedAt(tick: number) {
    this.words[this.entry + ADMITTED_AT] = tick
  }

  #head(field: number): number {
    return this.words[this.entry + field] ?? 0
  }
}

/** Of what is refused there is no block, and no point is written. */
function branchOf(block: Uint8Array): number {
  return block.length === 0 ? 0 : POINT_BRANCH[kindOfSeriesBlock(block)]
}

function wordsOf(bytes: number): number {
  return (bytes + 3) >> 2
}
