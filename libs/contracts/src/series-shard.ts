import { BlockStore } from './block-store.ts'
import type { StoredBlock } from './block-store.ts'
import type { InternedGroup } from './interned-groups.ts'

/** A cached series. Entries of the same key form a chain. */
export interface CacheEntry<T> {
  readonly key: number
  readonly hi: number
  readonly group: InternedGroup
  /** Copy of the series' block. */
  block: StoredBlock
  readonly bytes: number
  readonly value: T
  /** Has it been found since the last sweep passed it? */
  used: boolean
  next: CacheEntry<T> | undefined
  /** What was found after it last time, and probably will be again. */
  after: CacheEntry<T> | undefined
  removed: boolean
}

/** One tenant's entries, with eviction by second chance: a hit costs one write, and what is in use stays. */
export class SeriesShard<T> {
  readonly #chains = new Map<number, CacheEntry<T>>()
  #blocks = new BlockStore()
  #last: CacheEntry<T> | undefined
  size = 0
  bytes = 0

  /** Copies the block of an entry that is going to be added. */
  copy(block: Uint8Array): StoredBlock {
    return this.#blocks.add(block)
  }

  /** What followed the last one that was found. A guess: to be compared like any other. */
  guess(): CacheEntry<T> | undefined {
    const after = this.#last?.after
    return after === undefined || after.removed ? undefined : after
  }

  /** This one was looked for and found. */
  found(entry: CacheEntry<T>): void {
    entry.used = true
    if (this.#last !== undefined && this.#last.after !== entry) this.#last.after = entry
    this.#last = entry
  }

  /** First of the chain of a key. */
  first(key: number): CacheEntry<T> | undefined {
    return this.#chains.get(key)
  }

  /** Puts an entry before its chain; gives the last of a chain that is longer than `maxChain`, which is dropped. */
  add(entry: CacheEntry<T>, maxChain: number): CacheEntry<T> | undefined {
    entry.next = this.#chains.get(entry.key)
    this.#chains.set(entry.key, entry)
    this.size++
    this.bytes += entry.bytes
    let last: CacheEntry<T> = entry
    let length = 1
    for (; last.next !== undefined; last = last.next) length++
    if (length <= maxChain) return undefined
    this.remove(last)
    return last
  }

  remove(entry: CacheEntry<T>): void {
    const head = this.#chains.get(entry.key)
    if (head === entry) {
      if (entry.next === undefined) this.#chains.delete(entry.key)
      else this.#chains.set(entry.key, entry.next)
    } else {
      let before = head
      while (before !== undefined && before.next !== entry) before = before.next
      if (before !== undefined) before.next = entry.next
    }
    entry.next = undefined
    entry.after = undefined
    entry.removed = true
    this.size--
    this.bytes -= entry.bytes
  }

  /**
   * Removes entries, oldest first, until `enough` says so: at first those that were not found since the last sweep, then any.
   * Calls `onRemoved` with each.
   */
  sweep(enough: () => boolean, onRemoved: (entry: CacheEntry<T>) => void): void {
    for (const spareUsed of [true, false]) {
      for (const entry of this.all()) {
        if (enough()) return
        if (spareUsed && entry.used) {
          entry.used = false
          continue
        }
        this.remove(entry)
        onRemoved(entry)
      }
    }
  }

  /** Copies the blocks of what is left together: one block would keep the slab of many. */
  compact(): void {
    this.#blocks = new BlockStore()
    for (const entry of this.all()) {
      const { slab, at, size } = entry.block
      entry.block = this.#blocks.add(slab.bytes(at, size))
    }
  }

  /** Every entry, the oldest chains first; entries may be removed meanwhile. */
  *all(): Generator<CacheEntry<T>> {
    for (const head of this.#chains.values()) {
      for (let entry: CacheEntry<T> | undefined = head; entry !== undefined;) {
        const { next }: { next: CacheEntry<T> | undefined } = entry
        yield entry
        entry = next
      }
    }
  }
}
