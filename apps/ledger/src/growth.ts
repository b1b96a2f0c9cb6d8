/** By how much sums have grown from one look at them to the next; at the first they have not. What shrinks has grown by nothing. */
export class Growth {
  #last: ReadonlyMap<string, number> | undefined

  /** @returns for each key, 0 or more */
  of(sums: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
    const last = this.#last ?? sums
    this.#last = sums
    return new Map([...sums].map(([key, value]) => [key, Math.max(0, value - (last.get(key) ?? 0))]))
  }
}
