import { buffers } from '@pegel/buffers'
import { Columns } from './columns.ts'
import { encodeRequest1 } from './encode-v1.ts'
import { encodeRequest2 } from './encode-v2.ts'
import type { ProtocolVersion } from './receiver.ts'
import { FORM, isIncluded } from './request-content.ts'
import type { RequestContent, SampleCounts } from './request-content.ts'
import { STATUS } from './status.ts'
import type { Status } from './status.ts'
import type { Target } from './target.ts'

/** Unit of what is no source point (target_info): its fate is nobody's loss. */
export const NO_RECORD = -1

const NOTHING = Buffer.alloc(0)

let requests = 0

/**
 * One request in the making, of remote write 1.0 or 2.0. Samples are flat columns, linked per series in arrival order; a unit is one source point with all
 * its samples (a histogram has many), which are stored or refused together. Encoding copies label bytes and touches no string.
 */
export class WriteRequest {
  #id = ++requests
  readonly #columns = new Columns()
  /** Of units and of slots; longer than those, since they are used again. */
  readonly #owners: object[] = []
  readonly #targets: Target[] = []
  readonly #unsorted = new Set<number>()
  readonly #histograms: Buffer[] = []
  readonly #exemplars = new Map<number, { readonly unit: number; readonly bytes: Buffer }[]>()
  /** What encode() gave last. */
  #encoded: Buffer = NOTHING
  #labelBytes = 0

  get units(): number {
    return this.#columns.units
  }

  /** Makes it a new request; its memory is used again. */
  clear(): void {
    this.#id = ++requests
    this.#columns.clear()
    this.#unsorted.clear()
    this.#histograms.length = 0
    this.#exemplars.clear()
    this.#giveBack()
    this.#labelBytes = 0
  }

  /** @param owner the source series: equal times of one owner collapse, those of two collide */
  addUnit(record: number, point: number, owner: object): number {
    const columns = this.#columns
    const unit = columns.addUnit()
    columns.record[unit] = record
    columns.point[unit] = point
    columns.status[unit] = STATUS.open
    this.#owners[unit] = owner
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

  /** Whether any unit is open. */
  isOpen(): boolean {
    const { status, units } = this.#columns
    return status.subarray(0, units).includes(STATUS.open)
  }

  /** Gives all open units this status. */
  settleOpen(to: Status): void {
    const { status, units } = this.#columns
    for (let unit = 0; unit < units; unit += 1) if (status[unit] === STATUS.open) status[unit] = to
  }

  /** @param startMs when it began to count; 0 when unknown */
  number(target: Target, unit: number, timeMs: number, value: number, startMs = 0): void {
    this.#sample(target, unit, timeMs, value, FORM.number, startMs)
  }

  stale(target: Target, unit: number, timeMs: number): void {
    this.#sample(target, unit, timeMs, Number.NaN, FORM.stale, 0)
  }

  /** @param bytes an encoded prompb.Histogram */
  histogram(target: Target, unit: number, timeMs: number, bytes: Buffer, startMs = 0): void {
    this.#sample(target, unit, timeMs, this.#histograms.push(bytes) - 1, FORM.histogram, startMs)
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

  /** Encodes the open units, or those of them that are marked. The bytes are valid until the next encode() or clear(). */
  encode(marked?: Uint8Array, version: ProtocolVersion = '1.0'): Buffer {
    this.#giveBack()
    this.#encoded = version === '1.0' ? encodeRequest1(this.#content, marked) : encodeRequest2(this.#content, marked)
    return this.#encoded
  }

  /** Samples and histograms that encode() writes. */
  counts(marked?: Uint8Array): SampleCounts {
    const { samples, unit, form } = this.#columns
    const counts = { samples: 0, histograms: 0 }
    const counted = this.#linked()
    for (let sample = 0; sample < samples; sample += 1) {
      if (counted[sample] !== 1 || !isIncluded(this.#columns, unit[sample] ?? 0, marked)) continue
      if (form[sample] === FORM.histogram) counts.histograms += 1
      else counts.samples += 1
    }
    return counts
  }

  /** Those that settle() took out of their series do not count, though another sample of their unit may be sent. */
  #linked(): Uint8Array {
    const { samples, series, head, next } = this.#columns
    const linked = new Uint8Array(samples)
    for (let slot = 0; slot < series; slot += 1) {
      for (let sample = head[slot] ?? -1; sample >= 0; sample = next[sample] ?? -1) linked[sample] = 1
    }
    return linked
  }

  #giveBack(): void {
    buffers.giveBack(this.#encoded)
    this.#encoded = NOTHING
  }

  get #content(): RequestContent {
    return {
      columns: this.#columns,
      targets: this.#targets,
      histograms: this.#histograms,
      exemplars: this.#exemplars,
      labelBytes: this.#labelBytes,
    }
  }

  // Hot: seven numbers are cheaper than an object for each sample.
  #sample(target: Target, unit: number, timeMs: number, value: number, form: number, startMs: number): void {
    const slot = this.#slotOf(target)
    const columns = this.#columns
    const sample = columns.addSample()
    columns.time[sample] = timeMs
    columns.value[sample] = value
    columns.form[sample] = form
    columns.start[sample] = startMs
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
    this.#targets[slot] = target
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
}
