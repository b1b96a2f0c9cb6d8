import { writeStaleNaN } from '@pegel/contracts'
import { Columns } from './columns.ts'
import type { Target } from './target.ts'
import { varintSize, writeVarint } from './varint.ts'

/** What became of one source point. */
export const STATUS = {
  open: 0,
  delivered: 1,
  alreadyPresent: 2,
  unsupported: 3,
  collapsed: 4,
  collided: 5,
  rejected: 6,
  retry: 7,
} as const
export type Status = (typeof STATUS)[keyof typeof STATUS]

/** What a sample is: a number, a staleness marker, or a native histogram (its value is then the index of its bytes). */
const FORM = { number: 0, stale: 1, histogram: 2 } as const

/** prompb: WriteRequest.timeseries, TimeSeries.samples, .exemplars, .histograms; Sample.value, Sample.timestamp. */
const TAG = { series: 0x0a, sample: 0x12, exemplar: 0x1a, histogram: 0x22, value: 0x09, time: 0x10 } as const

/** Unit of what is no source point (target_info): its fate is nobody's loss. */
export const NO_RECORD = -1

let requests = 0

interface Output {
  readonly bytes: Buffer
  readonly view: DataView
  /** Only units with a 1 here; undefined: all. */
  readonly marked: Uint8Array | undefined
}

/**
 * One prompb.WriteRequest in the making. Samples are flat columns, linked per series in arrival order; a unit is one source point with all
 * its samples (a histogram has many), which are stored or refused together. Encoding copies label bytes and touches no string.
 */
export class WriteRequest {
  #id = ++requests
  readonly #columns = new Columns()
  readonly #owners: object[] = []
  readonly #targets: Target[] = []
  readonly #unsorted = new Set<number>()
  readonly #histograms: Buffer[] = []
  readonly #exemplars = new Map<number, { readonly unit: number; readonly bytes: Buffer }[]>()
  #labelBytes = 0

  get units(): number {
    return this.#columns.units
  }

  /** Makes it a new request; its memory is used again. */
  clear(): void {
    this.#id = ++requests
    this.#columns.clear()
    this.#owners.length = 0
    this.#targets.length = 0
    this.#unsorted.clear()
    this.#histograms.length = 0
    this.#exemplars.clear()
    this.#labelBytes = 0
  }

  /** @param owner the source series: equal times of one owner collapse, those of two collide */
  addUnit(record: number, point: number, owner: object): number {
    const columns = this.#columns
    const unit = columns.addUnit()
    columns.record[unit] = record
    columns.point[unit] = point
    columns.status[unit] = STATUS.open
    this.#owners.push(owner)
    return unit
  }

  recordOf(unit: number): number {
    return this.#columns.record[unit] ?? NO_RECORD
  }

  pointOf(unit: number): number {
    return this.#columns.point[unit] ?? 0
  }

  status(unit: number): Status {
    return this.#columns.status[unit] as Status
  }

  setStatus(unit: number, status: Status): void {
    this.#columns.status[unit] = status
  }

  number(target: Target, unit: number, timeMs: number, value: number): void {
    this.#sample(target, unit, timeMs, value, FORM.number)
  }

  stale(target: Target, unit: number, timeMs: number): void {
    this.#sample(target, unit, timeMs, Number.NaN, FORM.stale)
  }

  /** @param bytes an encoded prompb.Histogram */
  histogram(target: Target, unit: number, timeMs: number, bytes: Buffer): void {
    this.#sample(target, unit, timeMs, this.#histograms.push(bytes) - 1, FORM.histogram)
  }

  /** @param bytes an encoded prompb.Exemplar */
  exemplar(target: Target, unit: number, bytes: Buffer): void {
    const slot = this.#slotOf(target)
    const list = this.#exemplars.get(slot)
    if (list === undefined) this.#exemplars.set(slot, [{ unit, bytes }])
    else list.push({ unit, bytes })
  }

  /** By unit; all samples of a unit have one time. */
  timesOfUnits(): Float64Array {
    const { units, samples, unit, time } = this.#columns
    const times = new Float64Array(units)
    for (let sample = 0; sample < samples; sample += 1) times[unit[sample] ?? 0] = time[sample] ?? 0
    return times
  }

  /** Rank of a unit among the open units of its series, in time order: what has the same rank shares no series. */
  ranksOfUnits(): Int32Array {
    const { units, series, head, next, unit: unitOf, status } = this.#columns
    const ranks = new Int32Array(units)
    for (let slot = 0; slot < series; slot += 1) {
      let rank = 0
      for (let sample = head[slot] ?? -1; sample >= 0; sample = next[sample] ?? -1) {
        const unit = unitOf[sample] ?? 0
        if (status[unit] !== STATUS.open) continue
        rank = Math.max(ranks[unit] ?? 0, rank)
        ranks[unit] = rank
        rank += 1
      }
    }
    return ranks
  }

  /**
   * Puts each series into time order and settles what falls into the same millisecond: the first stays, as it would if requests had come
   * one by one. The same value again from a later record is a repetition; another value has collapsed; another source series collides.
   */
  settle(): void {
    const { head, next, time, unit, status } = this.#columns
    for (const slot of this.#unsorted) {
      const samples: number[] = []
      for (let sample = head[slot] ?? -1; sample >= 0; sample = next[sample] ?? -1) samples.push(sample)
      samples.sort((a, b) => (time[a] ?? 0) - (time[b] ?? 0) || a - b)
      const kept: number[] = []
      for (const sample of samples) {
        if (status[unit[sample] ?? 0] !== STATUS.open) continue
        const before = kept.at(-1) ?? -1
        if (before >= 0 && time[sample] === time[before]) this.#settlePair(before, sample)
        else kept.push(sample)
      }
      this.#relink(slot, kept)
    }
    this.#unsorted.clear()
  }

  /** Encodes the open units, or those of them that are marked. */
  encode(marked?: Uint8Array): Buffer {
    const bytes = Buffer.allocUnsafe(this.#maxBytes())
    const output = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), marked }
    let at = 0
    for (let slot = 0; slot < this.#targets.length; slot += 1) at = this.#encodeSeries(slot, output, at)
    return bytes.subarray(0, at)
  }

  #sample(target: Target, unit: number, timeMs: number, value: number, form: number): void {
    const slot = this.#slotOf(target)
    const columns = this.#columns
    const sample = columns.addSample()
    columns.time[sample] = timeMs
    columns.value[sample] = value
    columns.form[sample] = form
    columns.unit[sample] = unit
    columns.next[sample] = -1
    const tail = columns.tail[slot] ?? -1
    if (tail < 0) {
      columns.head[slot] = sample
    } else {
      columns.next[tail] = sample
      if (timeMs <= (columns.time[tail] ?? 0)) this.#unsorted.add(slot)
    }
    columns.tail[slot] = sample
  }

  #slotOf(target: Target): number {
    if (target.request === this.#id) return target.slot
    const slot = this.#columns.addSeries()
    target.request = this.#id
    target.slot = slot
    this.#targets.push(target)
    this.#columns.head[slot] = -1
    this.#columns.tail[slot] = -1
    this.#labelBytes += target.labels.length
    return slot
  }

  #settlePair(kept: number, later: number): void {
    const { unit: unitOf, record, status } = this.#columns
    const [keptUnit, unit] = [unitOf[kept] ?? 0, unitOf[later] ?? 0]
    // The same bucket bound or quantile twice in one point: the first stands for both.
    if (keptUnit === unit) return
    if (this.#owners[keptUnit] !== this.#owners[unit]) status[unit] = STATUS.collided
    else if (record[keptUnit] !== record[unit] && this.#same(kept, later)) status[unit] = STATUS.alreadyPresent
    else status[unit] = STATUS.collapsed
  }

  #same(a: number, b: number): boolean {
    const { form, value } = this.#columns
    if (form[a] !== form[b]) return false
    if (form[a] !== FORM.histogram) return Object.is(value[a], value[b])
    const [one, other] = [this.#histograms[value[a] ?? 0], this.#histograms[value[b] ?? 0]]
    return one !== undefined && other !== undefined && one.equals(other)
  }

  #relink(slot: number, samples: readonly number[]): void {
    const { head, tail, next } = this.#columns
    head[slot] = samples[0] ?? -1
    samples.forEach((sample, index) => {
      next[sample] = samples[index + 1] ?? -1
    })
    tail[slot] = samples.at(-1) ?? -1
  }

  #maxBytes(): number {
    let size = this.#columns.samples * 32 + this.#labelBytes + this.#targets.length * 12
    for (const histogram of this.#histograms) size += histogram.length
    for (const list of this.#exemplars.values()) for (const { bytes } of list) size += bytes.length + 6
    return size
  }

  #encodeSeries(slot: number, output: Output, offset: number): number {
    const { head, next } = this.#columns
    const { bytes, marked } = output
    let size = 0
    for (let sample = head[slot] ?? -1; sample >= 0; sample = next[sample] ?? -1) {
      if (this.#included(sample, marked)) size += this.#sampleSize(sample)
    }
    const labels = this.#targets[slot]?.labels
    if (size === 0 || labels === undefined) return offset
    const exemplars = this.#exemplars.get(slot)?.filter(({ unit }) => this.#unitIncluded(unit, marked)) ?? NONE
    for (const exemplar of exemplars) size += framed(exemplar.bytes.length)
    bytes[offset] = TAG.series
    let at = writeVarint(bytes, offset + 1, labels.length + size)
    bytes.set(labels, at)
    at += labels.length
    for (let sample = head[slot] ?? -1; sample >= 0; sample = next[sample] ?? -1) {
      if (this.#included(sample, marked)) at = this.#encodeSample(sample, output, at)
    }
    for (const exemplar of exemplars) at = writeFramed(bytes, at, TAG.exemplar, exemplar.bytes)
    return at
  }

  #included(sample: number, marked: Uint8Array | undefined): boolean {
    return this.#unitIncluded(this.#columns.unit[sample] ?? 0, marked)
  }

  #unitIncluded(unit: number, marked: Uint8Array | undefined): boolean {
    return this.#columns.status[unit] === STATUS.open && (marked === undefined || marked[unit] === 1)
  }

  #sampleSize(sample: number): number {
    const { form, value, time } = this.#columns
    if (form[sample] === FORM.histogram) return framed(this.#histograms[value[sample] ?? 0]?.length ?? 0)
    return 12 + varintSize(time[sample] ?? 0)
  }

  #encodeSample(sample: number, { bytes, view }: Output, offset: number): number {
    const { form, value, time } = this.#columns
    const histogram = form[sample] === FORM.histogram ? this.#histograms[value[sample] ?? 0] : undefined
    if (histogram !== undefined) return writeFramed(bytes, offset, TAG.histogram, histogram)
    const timeMs = time[sample] ?? 0
    bytes[offset] = TAG.sample
    bytes[offset + 1] = 10 + varintSize(timeMs)
    bytes[offset + 2] = TAG.value
    if (form[sample] === FORM.stale) writeStaleNaN(view, offset + 3)
    else view.setFloat64(offset + 3, value[sample] ?? 0, true)
    bytes[offset + 11] = TAG.time
    return writeVarint(bytes, offset + 12, timeMs)
  }
}

const NONE: readonly { readonly bytes: Buffer }[] = []

/** Size of a length-delimited field with a one-byte tag. */
function framed(length: number): number {
  return 1 + varintSize(length) + length
}

function writeFramed(bytes: Buffer, offset: number, tag: number, content: Buffer): number {
  bytes[offset] = tag
  const at = writeVarint(bytes, offset + 1, content.length)
  bytes.set(content, at)
  return at + content.length
}
