import type { ComplexPoint, PointColumns } from './metric-batch.ts'

const MIN_CAPACITY = 16

/** Columns that grow. Sized by what the envelope declares, within what the bytes can hold, they grow only for a record that understates it. */
export class ColumnsBuilder {
  timeMs: Float64Array
  timeNs: Int32Array
  value: Float64Array
  flags: Uint8Array
  complex: (ComplexPoint | undefined)[] | null = null
  length = 0
  capacity: number

  constructor(capacity: number) {
    this.capacity = Math.max(MIN_CAPACITY, capacity)
    this.timeMs = new Float64Array(this.capacity)
    this.timeNs = new Int32Array(this.capacity)
    this.value = new Float64Array(this.capacity)
    this.flags = new Uint8Array(this.capacity)
  }

  grow(): void {
    this.capacity *= 2
    this.timeMs = grown(this.timeMs, new Float64Array(this.capacity))
    this.timeNs = grown(this.timeNs, new Int32Array(this.capacity))
    this.value = grown(this.value, new Float64Array(this.capacity))
    this.flags = grown(this.flags, new Uint8Array(this.capacity))
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
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}
