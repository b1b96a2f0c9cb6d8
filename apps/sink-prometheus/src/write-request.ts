import { writeStaleNaN } from '@pegel/contracts'
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

let requests = 0

/** Unit of what is no source point (target_info): its fate is nobody's loss. */
export const NO_RECORD = -1

/**
 * One prompb.WriteRequest in the making. Samples are flat columns, linked per series in arrival order; a unit is one source point with all
 * its samples (a histogram has many), which are stored or refused together. Encoding copies label bytes and touches no string.
 */
export class WriteRequest {
  readonly #id = ++requests
  readonly unitRecord: number[] = []
  readonly unitPoint: number[] = []
  readonly unitStatus: Status[] = []
  readonly #unitOwner: object[] = []
  readonly #targets: Target[] = []
  readonly #head: number[] = []
  readonly #tail: number[] = []
  readonly #unsorted = new Set<number>()
  readonly #time: number[] = []
  readonly #value: number[] = []
  readonly #form: number[] = []
  readonly #unit: number[] = []
  readonly #next: number[] = []
  readonly #histograms: Buffer[] = []
  readonly #exemplars = new Map<number, { readonly unit: number; readonly bytes: Buffer }[]>()

  get units(): number {
    return this.unitRecord.length
  }

  get samples(): number {
    return this.#time.length
  }

  /** @param owner the source series: equal times of one owner collapse, those of two collide */
  addUnit(record: number, point: number, owner: object): number {
    this.unitRecord.push(record)
    this.unitPoint.push(point)
    this.#unitOwner.push(owner)
    return this.unitStatus.push(STATUS.open) - 1
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

  /** Earliest time of a unit's samples decides the order in which units are tried; samples of a unit share one time. */
  timesOfUnits(): Float64Array {
    const times = new Float64Array(this.units)
    for (let sample = 0; sample < this.samples; sample += 1) times[this.#unit[sample] ?? 0] = this.#time[sample] ?? 0
    return times
  }

  /** Rank of a unit among the open units of its first series, in time order: what has the same rank shares no series. */
  ranksOfUnits(): Int32Array {
    const ranks = new Int32Array(this.units)
    for (const head of this.#head) {
      let rank = 0
      for (let sample = head; sample >= 0; sample = this.#next[sample] ?? -1) {
        const unit = this.#unit[sample] ?? 0
        if (this.unitStatus[unit] !== STATUS.open) continue
        ranks[unit] = Math.max(ranks[unit] ?? 0, rank)
        rank = (ranks[unit] ?? 0) + 1
      }
    }
    return ranks
  }

  /**
   * Puts each series into time order and settles what falls into the same millisecond: the first stays, as it would if requests had come
   * one by one. The same value again from a later record is a repetition; another value has collapsed; another source series collides.
   */
  settle(): void {
    for (const slot of this.#unsorted) {
      const samples: number[] = []
      for (let sample = this.#head[slot] ?? -1; sample >= 0; sample = this.#next[sample] ?? -1) samples.push(sample)
      samples.sort((a, b) => (this.#time[a] ?? 0) - (this.#time[b] ?? 0) || a - b)
      const kept: number[] = []
      for (const sample of samples) {
        if (this.unitStatus[this.#unit[sample] ?? 0] !== STATUS.open) continue
        const before = kept.at(-1) ?? -1
        if (before >= 0 && this.#time[sample] === this.#time[before]) this.#settlePair(before, sample)
        else kept.push(sample)
      }
      this.#relink(slot, kept)
    }
    this.#unsorted.clear()
  }

  /** Encodes the open units, or those of them that are marked. */
  encode(marked?: Uint8Array): Buffer {
    const bytes = Buffer.allocUnsafe(this.#maxBytes())
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    let at = 0
    for (let slot = 0; slot < this.#targets.length; slot += 1)
      at = this.#encodeSeries(slot, { bytes, view, at, marked })
    return bytes.subarray(0, at)
  }

  #sample(target: Target, unit: number, timeMs: number, value: number, form: number): void {
    const slot = this.#slotOf(target)
    const sample = this.#time.push(timeMs) - 1
    this.#value.push(value)
    this.#form.push(form)
    this.#unit.push(unit)
    this.#next.push(-1)
    const tail = this.#tail[slot] ?? -1
    if (tail < 0) {
      this.#head[slot] = sample
    } else {
      this.#next[tail] = sample
      if (timeMs <= (this.#time[tail] ?? 0)) this.#unsorted.add(slot)
    }
    this.#tail[slot] = sample
  }

  #slotOf(target: Target): number {
    if (target.request === this.#id) return target.slot
    target.request = this.#id
    target.slot = this.#targets.push(target) - 1
    this.#head.push(-1)
    this.#tail.push(-1)
    return target.slot
  }

  #settlePair(kept: number, later: number): void {
    const [keptUnit, unit] = [this.#unit[kept] ?? 0, this.#unit[later] ?? 0]
    // The same bucket bound or quantile twice in one point: the first stands for both.
    if (keptUnit === unit) return
    if (this.#unitOwner[keptUnit] !== this.#unitOwner[unit]) this.unitStatus[unit] = STATUS.collided
    else if (this.unitRecord[keptUnit] !== this.unitRecord[unit] && this.#same(kept, later))
      this.unitStatus[unit] = STATUS.alreadyPresent
    else this.unitStatus[unit] = STATUS.collapsed
  }

  #same(a: number, b: number): boolean {
    if (this.#form[a] !== this.#form[b]) return false
    if (this.#form[a] !== FORM.histogram) return Object.is(this.#value[a], this.#value[b])
    return (
      this.#histograms[this.#value[a] ?? 0]?.equals(this.#histograms[this.#value[b] ?? 0] ?? Buffer.alloc(0)) === true
    )
  }

  #relink(slot: number, samples: readonly number[]): void {
    this.#head[slot] = samples[0] ?? -1
    samples.forEach((sample, index) => {
      this.#next[sample] = samples[index + 1] ?? -1
    })
    this.#tail[slot] = samples.at(-1) ?? -1
  }

  #maxBytes(): number {
    let size = this.samples * 32
    for (const { labels } of this.#targets) size += labels.length + 12
    for (const histogram of this.#histograms) size += histogram.length
    for (const list of this.#exemplars.values()) for (const { bytes } of list) size += bytes.length + 6
    return size
  }

  #encodeSeries(
    slot: number,
    out: { bytes: Buffer; view: DataView; at: number; marked: Uint8Array | undefined },
  ): number {
    const { bytes, marked } = out
    let size = 0
    for (let sample = this.#head[slot] ?? -1; sample >= 0; sample = this.#next[sample] ?? -1) {
      if (this.#included(sample, marked)) size += this.#sampleSize(sample)
    }
    if (size === 0) return out.at
    const labels = this.#targets[slot]?.labels ?? Buffer.alloc(0)
    const exemplars = (this.#exemplars.get(slot) ?? []).filter(({ unit }) => this.#unitIncluded(unit, marked))
    for (const exemplar of exemplars) size += framed(exemplar.bytes.length)
    let at = out.at
    bytes[at++] = TAG.series
    at = writeVarint(bytes, at, labels.length + size)
    at += labels.copy(bytes, at)
    for (let sample = this.#head[slot] ?? -1; sample >= 0; sample = this.#next[sample] ?? -1) {
      if (this.#included(sample, marked)) at = this.#encodeSample(sample, bytes, out.view, at)
    }
    for (const exemplar of exemplars) at = writeFramed(bytes, at, TAG.exemplar, exemplar.bytes)
    return at
  }

  #included(sample: number, marked: Uint8Array | undefined): boolean {
    return this.#unitIncluded(this.#unit[sample] ?? 0, marked)
  }

  #unitIncluded(unit: number, marked: Uint8Array | undefined): boolean {
    return this.unitStatus[unit] === STATUS.open && (marked === undefined || marked[unit] === 1)
  }

  #sampleSize(sample: number): number {
    if (this.#form[sample] === FORM.histogram) return framed(this.#histograms[this.#value[sample] ?? 0]?.length ?? 0)
    return framed(10 + varintSize(this.#time[sample] ?? 0))
  }

  #encodeSample(sample: number, bytes: Buffer, view: DataView, offset: number): number {
    const histogram = this.#form[sample] === FORM.histogram ? this.#histograms[this.#value[sample] ?? 0] : undefined
    if (histogram !== undefined) return writeFramed(bytes, offset, TAG.histogram, histogram)
    const timeMs = this.#time[sample] ?? 0
    let at = offset
    bytes[at++] = TAG.sample
    bytes[at++] = 10 + varintSize(timeMs)
    bytes[at++] = TAG.value
    if (this.#form[sample] === FORM.stale) writeStaleNaN(view, at)
    else view.setFloat64(at, this.#value[sample] ?? 0, true)
    at += 8
    bytes[at++] = TAG.time
    return writeVarint(bytes, at, timeMs)
  }
}

/** Size of a length-delimited field with a one-byte tag. */
function framed(length: number): number {
  return 1 + varintSize(length) + length
}

function writeFramed(bytes: Buffer, offset: number, tag: number, content: Buffer): number {
  bytes[offset] = tag
  const at = writeVarint(bytes, offset + 1, content.length)
  return at + content.copy(bytes, at)
}
