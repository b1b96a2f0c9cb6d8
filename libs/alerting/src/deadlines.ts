interface Entry {
  readonly key: string
  readonly dueMs: number
}

/** What is due when, by key: each key has one deadline. A binary heap whose outdated entries are passed over when they come up. */
export class Deadlines {
  readonly #due = new Map<string, number>()
  readonly #heap: Entry[] = []

  get size(): number {
    return this.#due.size
  }

  set(key: string, dueMs: number): void {
    if (this.#due.get(key) === dueMs) return
    this.#due.set(key, dueMs)
    this.#push({ key, dueMs })
  }

  delete(key: string): void {
    this.#due.delete(key)
  }

  /** Infinity when there is none. */
  get nextMs(): number {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#due.get(top.key) === top.dueMs) return top.dueMs
      this.#pop()
    }
    return Infinity
  }

  /** The key that is due first, if it is due by then; it has no deadline any more. */
  take(nowMs: number): Entry | undefined {
    if (this.nextMs > nowMs) return undefined
    const top = this.#pop()
    if (top !== undefined) this.#due.delete(top.key)
    return top
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || above.dueMs <= entry.dueMs) break
      heap[at] = above
      at = parent
    }
    heap[at] = entry
  }

  #pop(): Entry | undefined {
    const heap = this.#heap
    const [top] = heap
    const last = heap.pop()
    if (top === undefined || last === undefined || heap.length === 0) return top
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const right = heap[left + 1]
      const child = right !== undefined && right.dueMs < (heap[left]?.dueMs ?? Infinity) ? left + 1 : left
      const below = heap[child]
      if (below === undefined || below.dueMs >= last.dueMs) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return top
  }
}
