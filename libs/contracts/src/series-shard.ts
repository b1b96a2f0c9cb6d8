import type { InternedGroup } from './interned-groups.ts'

/** A cached series. Entries of the same key form a chain. */
export interface CacheEntry<T> {
  readonly key: number
  readonly hi: number
  readonly group: InternedGroup
  /** Copy of the series' block. */
  readonly view: DataView
  readonly bytes: number
  readonly value: T
  /** Has it been found since the last sweep passed it? */
  used: boolean
  next: CacheEntry<T> | undefined
}

/** One tenant's entries, with eviction by second chance: a hit costs one write, and what is in use stays. */
export class SeriesShard<T> {
  readonly #chains = new Map<number, CacheEntry<T>>()
  size = 0
  bytes = 0

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
