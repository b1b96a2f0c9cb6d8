import { intsOf, Slab } from './slab.ts'
import { hashOf } from './words.ts'

/** An entry's head, in numbers of 32 bits; behind it the fields, the key and the block, each of the last two from an even index on. */
const CHAIN = 0 // reference of the next entry of the bucket; 0 for none
const HASH = 1
const OWNER = 2
const KEY_BYTES = 3
const BLOCK_BYTES = 4

/** Where an entry's first field stands behind its beginning. */
export const ARENA_FIELDS = 5

/** In every slab, so that offset 0 means none. */
const FIRST = 2
/** A reference is the number of a slab and an offset in it of so many bits. */
const OFFSET_BITS = 14
/** 64 KiB. Larger ones hold one entry each. */
const SLAB_INTS = 2 ** OFFSET_BITS
/** Of the first slab, 1 KiB; each has twice the memory of the one before, up to SLAB_INTS. */
const MIN_INTS = 256
const MAX_SLABS = 2 ** (31 - OFFSET_BITS)
const MIN_BUCKETS = 16

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
 * Blocks by the bytes of their keys, one behind the other, each with some numbers of whoever keeps them. Clients name their series in the same order
 * in every request, so what lies behind the entry found last is tried first: the processor reads ahead what comes next, where objects would cost it a
 * wait for the memory each. Every byte of a key is compared, whatever led to it.
 * Memory grows by slabs, so that nothing is moved, and a thousand arenas leave no holes. An entry is an index in the `ints` of its slab, until the next retain() or clear().
 */
export class BlockArena {
  /** That of the entry that was found or added last. */
  slab = new Slab(MIN_INTS)
  /** Where in its `ints` the block lies of that entry, and how long it is. */
  blockAt = 0
  blockBytes = 0
  #slabs = [this.slab]
  #buckets = new Int32Array(MIN_BUCKETS)
  /** Of the last slab. */
  #used = FIRST
  #count = 0
  #sizeBytes = this.slab.sizeBytes
  /** Where the entry is tried first: behind the one found last. */
  #next = FIRST
  #nextSlab = 0
  #ahead = this.slab
  /** From an entry's beginning to its key. */
  readonly #keyAt: number

  /** @param fields numbers of 32 bits in each entry, 0 at first: `slab.ints[entry + ARENA_FIELDS]` and those behind it */
  constructor(fields: number) {
    this.#keyAt = (ARENA_FIELDS + fields + 1) & ~1
  }

  /** Entries in it. */
  get size(): number {
    return this.#count
  }

  /** Bytes of its memory, free room included. */
  get sizeBytes(): number {
    return this.#sizeBytes + this.#buckets.byteLength
  }

  /** The entry with this key; 0 for none. */
  find(view: DataView, owner: number, from: number, to: number): number {
    const next = this.findBehind(view, owner, from, to)
    return next === 0 ? this.#lookUp(view, owner, from, to) : next
  }

  /** The entry behind the one found last, if this is its key; 0 if not. */
  findBehind(view: DataView, owner: number, from: number, to: number): number {
    const entry = this.#next
    const slab = this.#ahead
    const { ints } = slab
    if (ints[entry + OWNER] !== owner || ints[entry + KEY_BYTES] !== to - from) return 0
    return slab.holds(entry + this.#keyAt, view, from, to) ? this.#found(this.#nextSlab, entry) : 0
  }

  /**
   * The entry behind the one found last, if the bytes from `from` on begin with its key; 0 if not. For keys that tell their own end: then
   * whoever asks need not look for it.
   */
  findNext(view: DataView, owner: number, from: number, end: number): number {
    const to = from + (this.#ahead.ints[this.#next + KEY_BYTES] ?? 0)
    return to > end ? 0 : this.findBehind(view, owner, from, to)
  }

  /** Adds a key that find() does not know, and a copy of its block. 0 when there is no room. */
  add({ owner, view, from, to }: ArenaKey, block: Uint8Array): number {
    const hash = hashOf(view, from, to) ^ owner
    if (this.#chainOf(hash) >= MAX_CHAIN) return 0
    const slab = this.#roomFor(this.#keyAt + intsOf(to - from) + intsOf(block.length))
    if (slab === undefined) return 0
    const entry = this.#used
    slab.ints.set([0, hash, owner, to - from, block.length], entry)
    const keyAt = entry + this.#keyAt
    slab.copyFrom(view, from, to, keyAt)
    const blockView = new DataView(block.buffer, block.byteOffset, block.length)
    slab.copyFrom(blockView, 0, block.length, keyAt + intsOf(to - from))
    this.#used += this.#sizeOf(slab, entry)
    this.#count += 1
    if (this.#count > this.#buckets.length) this.#rehash(this.#buckets.length * 2)
    else this.#chain(slab, entry, this.#slabs.length - 1)
    return this.#found(this.#slabs.length - 1, entry)
  }

  keyBytes(entry: number): number {
    return this.slab.ints[entry + KEY_BYTES] ?? 0
  }

  ownerOf(entry: number): number {
    return this.slab.ints[entry + OWNER] ?? 0
  }

  /** Forgets the entries that `keep` does not want, and gives back their memory. */
  retain(keep: (entry: number) => boolean): void {
    const old = this.#slabs
    this.#slabs = []
    this.#sizeBytes = 0
    this.#count = 0
    for (const slab of old) {
      this.slab = slab
      this.#each(slab, (entry, size) => {
        if (!keep(entry)) return
        this.#roomFor(size)?.ints.set(slab.ints.subarray(entry, entry + size), this.#used)
        this.#used += size
        this.#count += 1
      })
      slab.free()
    }
    if (this.#count === 0) this.#addSlab(MIN_INTS)
    this.slab = this.#slabs[0] ?? this.slab
    this.#goOnIn(0)
    let buckets = MIN_BUCKETS
    while (buckets < this.#count) buckets *= 2
    this.#rehash(buckets)
  }

  clear(): void {
    this.retain(() => false)
  }

  #lookUp(view: DataView, owner: number, from: number, to: number): number {
    const hash = hashOf(view, from, to) ^ owner
    let reference = this.#first(hash)
    while (reference !== 0) {
      const slab = this.#slabOf(reference)
      const entry = reference & (SLAB_INTS - 1)
      const isIts = slab.ints[entry + OWNER] === owner && slab.ints[entry + KEY_BYTES] === to - from
      if (isIts && slab.holds(entry + this.#keyAt, view, from, to)) return this.#found(reference >>> OFFSET_BITS, entry)
      reference = slab.ints[entry + CHAIN] ?? 0
    }
    return 0
  }

  #found(number: number, entry: number): number {
    const slab = this.#slabs[number] ?? this.slab
    this.slab = slab
    this.blockAt = entry + this.#keyAt + intsOf(slab.ints[entry + KEY_BYTES] ?? 0)
    this.blockBytes = slab.ints[entry + BLOCK_BYTES] ?? 0
    this.#next = this.blockAt + intsOf(this.blockBytes)
    this.#nextSlab = number
    this.#ahead = slab
    if (slab.ints[this.#next + OWNER] === 0) this.#goOnIn(number + 1)
    return entry
  }

  /** Behind the last entry of a slab comes the next slab's first, and behind the last of all the first of all: with it the next request begins. */
  #goOnIn(number: number): void {
    this.#nextSlab = number < this.#slabs.length ? number : 0
    this.#ahead = this.#slabs[this.#nextSlab] ?? this.slab
    this.#next = FIRST
  }

  #sizeOf({ ints }: Slab, entry: number): number {
    return this.#keyAt + intsOf(ints[entry + KEY_BYTES] ?? 0) + intsOf(ints[entry + BLOCK_BYTES] ?? 0)
  }

  #each(slab: Slab, visit: (entry: number, size: number) => void): void {
    for (let entry = FIRST; slab.ints[entry + OWNER] !== 0;) {
      const size = this.#sizeOf(slab, entry)
      visit(entry, size)
      entry += size
    }
  }

  #first(hash: number): number {
    return this.#buckets[hash & (this.#buckets.length - 1)] ?? 0
  }

  #slabOf(reference: number): Slab {
    return this.#slabs[reference >>> OFFSET_BITS] ?? this.slab
  }

  #chainOf(hash: number): number {
    let length = 0
    for (let at = this.#first(hash); at !== 0; length += 1) {
      at = this.#slabOf(at).ints[(at & (SLAB_INTS - 1)) + CHAIN] ?? 0
    }
    return length
  }

  #chain({ ints }: Slab, entry: number, number: number): void {
    const bucket = (ints[entry + HASH] ?? 0) & (this.#buckets.length - 1)
    ints[entry + CHAIN] = this.#buckets[bucket] ?? 0
    this.#buckets[bucket] = number * SLAB_INTS + entry
  }

  /** The last slab, which is a new one if so many ints do not fit into it. Behind its last entry there is always an empty head: no owner has it. */
  #roomFor(size: number): Slab | undefined {
    const needed = size + this.#keyAt
    const last = this.#slabs.at(-1)
    if (last !== undefined && this.#used + needed <= last.ints.length) return last
    if (this.#slabs.length >= MAX_SLABS) return undefined
    const usual = Math.min(SLAB_INTS, MIN_INTS * 2 ** Math.min(this.#slabs.length, OFFSET_BITS))
    return this.#addSlab(Math.max(usual, FIRST + needed))
  }

  #addSlab(ints: number): Slab {
    const slab = new Slab(ints)
    this.#slabs.push(slab)
    this.#sizeBytes += slab.sizeBytes
    this.#used = FIRST
    return slab
  }

  #rehash(buckets: number): void {
    this.#buckets.buffer.transfer(0)
    this.#buckets = new Int32Array(buckets)
    for (const [number, slab] of this.#slabs.entries()) this.#each(slab, (entry) => this.#chain(slab, entry, number))
  }
}
