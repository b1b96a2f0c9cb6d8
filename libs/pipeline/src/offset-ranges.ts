/** Offsets from (inclusive) to (exclusive). */
export interface OffsetSpan {
  readonly from: number
  readonly to: number
}

/** A set of offsets, kept as ranges: one while offsets come without a gap, however many they are. */
export class OffsetRanges {
  /** Ascending, neither overlapping nor touching. */
  readonly #spans: { from: number; to: number }[] = []

  add(offset: number): void {
    const at = this.#indexAfter(offset)
    const before = this.#spans[at - 1]
    const after = this.#spans[at]
    if (before !== undefined && offset < before.to) return
    if (before?.to === offset) {
      before.to = after?.from === offset + 1 ? after.to : offset + 1
      if (before.to === after?.to) this.#spans.splice(at, 1)
    } else if (after?.from === offset + 1) after.from = offset
    else this.#spans.splice(at, 0, { from: offset, to: offset + 1 })
  }

  addSpan({ from, to }: OffsetSpan): void {
    const first = this.#spans.findIndex((span) => span.to >= from)
    const at = first === -1 ? this.#spans.length : first
    const touching = this.#spans.slice(at).filter((span) => span.from <= to)
    const joined = {
      from: Math.min(from, ...touching.map((span) => span.from)),
      to: Math.max(to, ...touching.map((span) => span.to)),
    }
    if (from < to) this.#spans.splice(at, touching.length, joined)
  }

  has(offset: number): boolean {
    const span = this.#spans[this.#indexAfter(offset) - 1]
    return span !== undefined && offset < span.to
  }

  /** What lies between two offsets and is not in the set. */
  gaps(from: number, to: number): OffsetSpan[] {
    const gaps: OffsetSpan[] = []
    let next = from
    for (let index = Math.max(0, this.#indexAfter(from) - 1); index < this.#spans.length && next < to; index += 1) {
      const span = this.#spans[index]
      if (span === undefined || span.to <= next) continue
      if (span.from > next) gaps.push({ from: next, to: Math.min(span.from, to) })
      next = span.to
    }
    if (next < to) gaps.push({ from: next, to })
    return gaps
  }

  /** Lets go of the offsets below. */
  dropBefore(offset: number): void {
    const kept = this.#spans.filter((span) => span.to > offset)
    const [first] = kept
    if (first !== undefined) first.from = Math.max(first.from, offset)
    this.#spans.splice(0, this.#spans.length, ...kept)
  }

  /** Index of the first span that begins after the offset. */
  #indexAfter(offset: number): number {
    let low = 0
    let high = this.#spans.length
    // Nearly every question is about the newest offsets.
    if ((this.#spans.at(-1)?.from ?? Infinity) <= offset) return high
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#spans[middle]?.from ?? 0) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
