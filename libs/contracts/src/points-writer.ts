import { ByteWriter } from './avro/byte-writer.ts'
import type { Allocate } from './avro/byte-writer.ts'
import { kindOfSeriesBlock, writeAttributes } from './blocks.ts'
import { writeComplexPoint } from './complex-points-writer.ts'
import { contractErrors } from './errors.ts'
import type { ComplexPoint, Exemplar, MetricKind, PointsChunk, SeriesRun } from './metric-batch.ts'
import type { PointMarks } from './point-marks.ts'
import type { Slab } from './slab.ts'
import { GroupDeltas } from './group-deltas.ts'
import { isRepresentableTime } from './time.ts'

type Fingerprint = Pick<SeriesRun, 'fingerprintHi' | 'fingerprintLo'>

/** What names a series in a batch. */
type SeriesName = Fingerprint & Pick<SeriesRun, 'block'>

/** What begins a run of points: a SeriesRun that was read will do as it is. */
export type SeriesStart = SeriesName & Pick<SeriesRun, 'startTimeMs' | 'startTimeNs'>

/** Whoever reads these points makes the fingerprint, if it needs one: eight bytes of noise for each series are most of a compressed record. */
export const NO_FINGERPRINT: Fingerprint = { fingerprintHi: 0, fingerprintLo: 0 }

/** A series whose block lies among others, from this index of the slab's `ints` on. */
export interface SlabSeries {
  /** POINT_BRANCH of its kind. */
  readonly branch: number
  readonly slab: Slab
  readonly blockAt: number
  readonly blockBytes: number
}

/** Index of a kind's branch in the union of points. */
export const POINT_BRANCH: Readonly<Record<MetricKind, number>> = {
  gauge: 0,
  sum: 0,
  histogram: 1,
  exponential_histogram: 2,
  summary: 3,
}

/** An Avro array may come in several blocks. With at most 63 items a block's count is one byte, which is filled in afterwards. */
export const BLOCK_ITEMS = 63
/** Delta (10), double (8), flags (2). */
const NUMBER_BYTES = 20
/** What take() may still add: the ends of arrays and the count of exemplars. */
const CLOSING_BYTES = 8
const NOTHING = new Uint8Array(0)

/**
 * Writes points column by column into encoded groups: label blocks are copied, nothing is allocated per point. Groups and
 * series without points leave no trace. After take() the group and series stay begun, so that a batch can be split anywhere.
 */
export class PointsWriter {
  readonly #out = new ByteWriter()
  readonly #exemplarBytes = new ByteWriter()
  #groupBlock: Uint8Array | null = null
  #groupOpen = false
  readonly #deltas = new GroupDeltas()
  #seriesInBlock = 0
  #seriesCountAt = 0
  #block: Uint8Array | null = null
  #slab: Slab | null = null
  #blockAt = 0
  #blockBytes = 0
  #fingerprintHi = 0
  #fingerprintLo = 0
  #startTimeMs = 0
  #startTimeNs = 0
  #branch = 0
  #runOpen = false
  #pointsInRun = 0
  #pointsInBlock = 0
  #pointCountAt = 0
  #exemplars = 0
  #groups = 0
  #points = 0
  #minTimeMs = Infinity
  #maxTimeMs = -Infinity
  #marks: PointMarks | null = null

  /** Points since the last take(). */
  get points(): number {
    return this.#points
  }

  /** Bytes that take() would give now, or a few less. A batch adds its envelope, some 200 bytes. */
  get sizeBytes(): number {
    return this.#points === 0 ? 0 : this.#out.pos + this.#exemplarBytes.pos + CLOSING_BYTES
  }

  /** Until the next take(). To be called before a group begins. */
  markTo(marks: PointMarks): void {
    this.#marks = marks
  }

  /** @param block of encodeGroupBlock, or of a group that was read */
  beginGroup(block: Uint8Array): void {
    this.#closeGroup()
    this.#groupBlock = block
    this.#block = null
    this.#slab = null
  }

  /** Begins a run of one series with one start time. @throws contracts.encode_failed when the start time is out of range */
  beginSeries(series: SeriesStart): void {
    this.beginRun(series, series.startTimeMs, series.startTimeNs)
  }

  /** As beginSeries(), of what is kept of a series from batch to batch: nothing is made for a run. */
  beginRun(series: SeriesName, startTimeMs: number, startTimeNs: number): void {
    this.#begin(series, startTimeMs, startTimeNs)
    this.#block = series.block
    this.#slab = null
    this.#blockBytes = series.block.length
    this.#branch = POINT_BRANCH[kindOfSeriesBlock(series.block)]
  }

  /** As beginSeries() without a fingerprint, of a block that lies in a slab: nothing is read of it until its first point, when it must still be there. */
  beginInSlab(series: SlabSeries, startTimeMs: number, startTimeNs: number): void {
    this.#begin(NO_FINGERPRINT, startTimeMs, startTimeNs)
    this.#block = null
    this.#slab = series.slab
    this.#blockAt = series.blockAt
    this.#blockBytes = series.blockBytes
    this.#branch = series.branch
  }

  /**
   * A point of a gauge or sum. `timeMs` is whole, `timeNs` 0..999999.
   * @throws contracts.encode_failed when the time is out of range; the writer is as it was
   */
  number(timeMs: number, timeNs: number, value: number, flags: number): void {
    if (this.#branch !== 0) throw new TypeError('number() on a series of another kind')
    this.#beginPoint(timeMs, timeNs)
    const out = this.#out
    out.reserve(NUMBER_BYTES)
    this.#deltas.write(out, timeMs, timeNs)
    this.#marks?.value(out.pos)
    out.view.setFloat64(out.pos, value, true)
    out.pos += 8
    out.long(flags & 255)
  }

  /** A histogram or summary, of the kind of its series. @throws contracts.encode_failed when a time or count is out of range */
  complex(timeMs: number, timeNs: number, point: ComplexPoint, flags: number): void {
    if (POINT_BRANCH[point.kind] !== this.#branch)
      throw new TypeError(`complex(${point.kind}) on a series of another kind`)
    const body = writeComplexPoint(point)
    this.#beginPoint(timeMs, timeNs)
    this.#deltas.write(this.#out, timeMs, timeNs)
    this.#out.long(flags & 255)
    this.#out.raw(body)
  }

  /** An exemplar of the point that was written last. */
  exemplar(exemplar: Omit<Exemplar, 'point'>): void {
    if (!this.#runOpen) throw new TypeError('exemplar() before a point')
    if (!isRepresentableTime(exemplar.timeMs)) throw outOfRange(exemplar.timeMs)
    const out = this.#exemplarBytes
    out.long(this.#pointsInRun - 1)
    this.#deltas.write(out, exemplar.timeMs, exemplar.timeNs)
    out.double(exemplar.value)
    out.lengthPrefixed(Buffer.from(exemplar.traceId, 'hex'))
    out.lengthPrefixed(Buffer.from(exemplar.spanId, 'hex'))
    writeAttributes(out, exemplar.attributes)
    this.#exemplars++
  }

  /** Everything since the last take(), as a copy; the writer's own buffer is used again. */
  take(allocate?: Allocate): PointsChunk {
    this.#closeGroup()
    const empty = this.#points === 0
    const chunk = {
      bytes: this.#out.copy(0, allocate),
      groups: this.#groups,
      points: this.#points,
      minTimeMs: empty ? 0 : this.#minTimeMs,
      maxTimeMs: empty ? 0 : this.#maxTimeMs,
    }
    this.#marks = null
    this.#out.pos = 0
    this.#groups = 0
    this.#points = 0
    this.#minTimeMs = Infinity
    this.#maxTimeMs = -Infinity
    return chunk
  }

  #begin({ fingerprintHi, fingerprintLo }: Fingerprint, startTimeMs: number, startTimeNs: number): void {
    this.#closeRun()
    if (!isRepresentableTime(startTimeMs)) throw outOfRange(startTimeMs)
    this.#fingerprintHi = fingerprintHi
    this.#fingerprintLo = fingerprintLo
    this.#startTimeMs = startTimeMs
    this.#startTimeNs = startTimeNs
  }

  #beginPoint(timeMs: number, timeNs: number): void {
    if (!isRepresentableTime(timeMs)) throw outOfRange(timeMs)
    if (!this.#runOpen) this.#openRun(timeMs, timeNs)
    else if (this.#pointsInBlock === BLOCK_ITEMS) {
      this.#out.bytes[this.#pointCountAt] = BLOCK_ITEMS * 2
      this.#openPointBlock()
    }
    this.#pointsInBlock++
    this.#pointsInRun++
    this.#points++
    if (timeMs < this.#minTimeMs) this.#minTimeMs = timeMs
    if (timeMs > this.#maxTimeMs) this.#maxTimeMs = timeMs
  }

  #openRun(timeMs: number, timeNs: number): void {
    if (this.#block === null && this.#slab === null) throw new TypeError('a point before beginSeries()')
    if (this.#slab?.isFreed === true) throw new TypeError('the slab of the series was freed since beginInSlab()')
    if (!this.#groupOpen) this.#openGroup(timeMs, timeNs)
    else if (this.#seriesInBlock === BLOCK_ITEMS) {
      this.#out.bytes[this.#seriesCountAt] = BLOCK_ITEMS * 2
      this.#openSeriesBlock()
    }
    this.#seriesInBlock++
    const out = this.#out
    out.reserve(this.#blockBytes + 25)
    out.view.setUint32(out.pos, this.#fingerprintHi)
    out.view.setUint32(out.pos + 4, this.#fingerprintLo)
    out.pos += 8
    if (this.#slab === null) out.bytes.set(this.#block ?? NOTHING, out.pos)
    else this.#slab.copyTo(out.view, out.pos, this.#blockAt, this.#blockBytes)
    out.pos += this.#blockBytes
    const started = this.#startTimeMs !== 0 || this.#startTimeNs !== 0
    out.byte(started ? 2 : 0)
    if (started) {
      const at = out.pos
      this.#deltas.writeStart(out, this.#startTimeMs, this.#startTimeNs)
      this.#marks?.start(at, out.pos - at, this.#startTimeMs, this.#startTimeNs)
    }
    out.byte(this.#branch * 2)
    this.#openPointBlock()
    this.#runOpen = true
    this.#pointsInRun = 0
  }

  #openGroup(timeMs: number, timeNs: number): void {
    if (this.#groupBlock === null) throw new TypeError('a point before beginGroup()')
    const at = this.#out.pos
    this.#deltas.base(this.#out, timeMs, timeNs)
    this.#marks?.base(at, this.#out.pos - at)
    this.#out.raw(this.#groupBlock)
    this.#openSeriesBlock()
    this.#groupOpen = true
    this.#groups++
  }

  #openSeriesBlock(): void {
    this.#seriesCountAt = this.#out.pos
    this.#seriesInBlock = 0
    this.#out.byte(0)
  }

  #openPointBlock(): void {
    this.#pointCountAt = this.#out.pos
    this.#pointsInBlock = 0
    this.#out.byte(0)
  }

  #closeRun(): void {
    if (!this.#runOpen) return
    const out = this.#out
    out.bytes[this.#pointCountAt] = this.#pointsInBlock * 2
    out.byte(0)
    if (this.#exemplars > 0) {
      out.long(this.#exemplars)
      out.raw(this.#exemplarBytes.bytes.subarray(0, this.#exemplarBytes.pos))
      this.#exemplars = 0
      this.#exemplarBytes.pos = 0
    }
    out.byte(0)
    this.#runOpen = false
  }

  #closeGroup(): void {
    this.#closeRun()
    if (!this.#groupOpen) return
    this.#out.bytes[this.#seriesCountAt] = this.#seriesInBlock * 2
    this.#out.byte(0)
    this.#groupOpen = false
  }
}

function outOfRange(timeMs: number): Error {
  return contractErrors.encode_failed({
    record: 'MetricBatch',
    problem: `${timeMs} ms since the epoch is out of range`,
  })
}
