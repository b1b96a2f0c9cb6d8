/** What is known of a request's samples, units and series, in flat columns that are used again: objects per sample would be most of a write's cost. */
export class Columns {
  /** Samples. `next` links those of one series; -1 ends it. */
  samples = 0
  time = new Float64Array(INITIAL)
  value = new Float64Array(INITIAL)
  form = new Uint8Array(INITIAL)
  start = new Float64Array(INITIAL)
  unit = new Int32Array(INITIAL)
  next = new Int32Array(INITIAL)
  /** Units: source points. */
  units = 0
  record = new Int32Array(INITIAL)
  point = new Int32Array(INITIAL)
  status = new Uint8Array(INITIAL)
  /** Series: first and last sample. */
  series = 0
  head = new Int32Array(INITIAL)
  tail = new Int32Array(INITIAL)

  addSample(): number {
    if (this.samples === this.time.length) {
      this.time = grown(this.time, new Float64Array(this.samples * 2))
      this.value = grown(this.value, new Float64Array(this.samples * 2))
      this.form = grown(this.form, new Uint8Array(this.samples * 2))
      this.start = grown(this.start, new Float64Array(this.samples * 2))
      this.unit = grown(this.unit, new Int32Array(this.samples * 2))
      this.next = grown(this.next, new Int32Array(this.samples * 2))
    }
    return this.samples++
  }

  addUnit(): number {
    if (this.units === this.record.length) {
      this.record = grown(this.record, new Int32Array(this.units * 2))
      this.point = grown(this.point, new Int32Array(this.units * 2))
      this.status = grown(this.status, new Uint8Array(this.units * 2))
    }
    return this.units++
  }

  addSeries(): number {
    if (this.series === this.head.length) {
      this.head = grown(this.head, new Int32Array(this.series * 2))
      this.tail = grown(this.tail, new Int32Array(this.series * 2))
    }
    return this.series++
  }

  clear(): void {
    this.samples = 0
    this.units = 0
    this.series = 0
  }
}

const INITIAL = 4096

function grown<A extends Float64Array | Int32Array | Uint8Array>(from: A, to: A): A {
  to.set(from)
  return to
}
