import type { ComplexPoint, PointColumns } from './metric-batch.ts'

const MIN_CAPACITY = 16

/** Bytes of a point in all columns. */
const POINT_BYTES = 21

/** Columns that grow. Sized by what the envelope declares, within what the bytes can hold, they grow only for a record that understates it. */
export class ColumnsBuilder {
  timeMs!: Float64Array
  timeNs!: Int32Array
  value!: Float64Array
  flags!: Uint8Array<ArrayBuffer>
  complex: (ComplexPoint | undefined)[] | null = null
  length = 0
  capacity: number

  constructor(capacity: number) {
    this.capacity = Math.max(MIN_CAPACITY, capacity)
    this.#lay()
  }

  grow(): void {
    const { timeMs, timeNs, value, flags } = this
    this.capacity *= 2
    this.#lay()
    this.timeMs.set(timeMs)
    this.timeNs.set(timeNs)
    this.value.set(value)
    this.flags.set(flags)
    flags.buffer.transfer(0)
  }

  setComplex(index: number, point: ComplexPoint): void {
    this.complex ??= []
    this.complex[index] = point
  }

  columns(): PointColumns {
    const { length, complex } = this
    if (complex !== null) complex.length = length
    return {
      length,
      timeMs: this.timeMs.subarray(0, length),
      timeNs: this.timeNs.subarray(0, length),
      value: this.value.subarray(0, length),
      flags: this.flags.subarray(0, length),
      complex,
    }
  }

  /** One piece of memory: each costs the garbage collector as much as its bytes do. */
  #lay(): void {
    const { capacity } = this
    const memory = new ArrayBuffer(capacity * POINT_BYTES)
    this.timeMs = new Float64Array(memory, 0, capacity)
    this.value = new Float64Array(memory, capacity * 8, capacity)
    this.timeNs = new Int32Array(memory, capacity * 16, capacity)
    this.flags = new Uint8Array(memory, capacity * 20, capacity)
  }
}
