/** How far each partition has been read, and who waits for it to be read further. */
export class ReadProgress {
  readonly #next = new Map<number, number>()
  readonly #waits = new Set<Wait>()

  /** Everything of the partition before `next` has been read. */
  reached(partition: number, next: number): void {
    this.#next.set(partition, next)
    for (const wait of this.#waits) {
      if (next >= (wait.ends.get(partition) ?? Infinity)) wait.ends.delete(partition)
      if (wait.ends.size > 0) continue
      this.#waits.delete(wait)
      wait.done.resolve(undefined)
    }
  }

  /** Resolves when every partition has been read up to its end. */
  until(ends: Iterable<readonly [partition: number, end: number]>): Promise<void> {
    const left = [...ends].filter(([partition, end]) => end > (this.#next.get(partition) ?? 0))
    if (left.length === 0) return Promise.resolve()
    const wait = { ends: new Map(left), done: Promise.withResolvers<undefined>() }
    this.#waits.add(wait)
    return wait.done.promise
  }

  /** Nothing more is read: rejects whoever waits. */
  end(error: Error): void {
    for (const { done } of this.#waits) done.reject(error)
    this.#waits.clear()
  }
}

interface Wait {
  /** Of the partitions that are not there yet. */
  readonly ends: Map<number, number>
  readonly done: PromiseWithResolvers<undefined>
}
