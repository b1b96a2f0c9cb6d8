/** Where the fields of a run stand within it. */
export const RUN = { group: 0, start: 1, end: 2, hi: 3, lo: 4, first: 5, count: 6, startNs: 7 } as const
const STRIDE = 8
const MIN_RUNS = 16

/**
 * The runs of a batch as numbers: an object for each would be most of what a batch costs the garbage collector, since a record's runs live as long
 * as it waits to be written.
 */
export class RunTable {
  /** Fields of run i from i * 8 on; times to the millisecond stand apart, as doubles. */
  ints: Int32Array<ArrayBuffer> = new Int32Array(0)
  startMs = new Float64Array(0)
  length = 0

  /** Makes room for so many more. */
  reserve(runs: number): void {
    const needed = this.length + runs
    if (needed <= this.startMs.length) return
    const capacity = Math.max(needed, this.startMs.length * 2, MIN_RUNS)
    const { ints, startMs } = this
    const memory = new ArrayBuffer(capacity * (STRIDE * 4 + 8))
    this.startMs = new Float64Array(memory, 0, capacity)
    this.ints = new Int32Array(memory, capacity * 8, capacity * STRIDE)
    this.startMs.set(startMs)
    this.ints.set(ints)
    // At once: left to the garbage collector, they were most of what a batch leaves to it.
    ints.buffer.transfer(0)
  }

  /** Adds an empty one within what was reserved. @returns where its fields begin in `ints` */
  add(): number {
    return this.length++ * STRIDE
  }

  at(index: number): number {
    return index * STRIDE
  }
}
