import { ByteWriter } from './avro/byte-writer.ts'
import type { Allocate } from './avro/byte-writer.ts'
import type { PointsChunk, SeriesRun } from './metric-batch.ts'
import { BLOCK_ITEMS } from './points-writer.ts'
import type { SlabSeries } from './points-writer.ts'
import type { RunScanner } from './run-scanner.ts'
import { ROOM_BYTES } from './seal-batch.ts'

/** What a run's series becomes. */
export type CopiedSeries = SlabSeries & Pick<SeriesRun, 'fingerprintHi' | 'fingerprintLo'>

/** Fingerprint, the long that a block may write beyond its end, and the ends of arrays: what is asked for beyond a run. */
const MARGIN_BYTES = 20
const CLOSING_BYTES = 2
/** Beyond that, a call into native code is worth its cost. */
const SHORT_BYTES = 96
const NOTHING = new Uint8Array(0)

/**
 * Copies runs from one batch into another under other labels: points, their times and exemplars stay the bytes that they are, since a group keeps
 * its base time. Groups without runs leave no trace.
 */
export class RunCopier {
  readonly #allocate: Allocate
  #out = new ByteWriter(0)
  /** Whether end() has given the memory away. */
  #isGiven = true
  #groupBlock: Uint8Array = NOTHING
  #isGroupOpen = false
  #runsInBlock = 0
  #runCountAt = 0
  #groups = 0
  #points = 0
  #minTimeMs = Infinity
  #maxTimeMs = -Infinity

  /** Bytes that end() would give now. A batch adds its envelope, some 200 bytes. */
  get sizeBytes(): number {
    return this.#out.pos - ROOM_BYTES + CLOSING_BYTES
  }

  /** @param allocate gives the memory of each chunk */
  constructor(allocate: Allocate = (bytes) => Buffer.allocUnsafeSlow(bytes)) {
    this.#allocate = allocate
  }

  /**
   * Forgets what was copied and not given.
   * @param expectedBytes of the chunk: if it becomes larger, it moves, and what was allocated is left to the collector
   */
  begin(expectedBytes: number): void {
    if (this.#isGiven) this.#out = new ByteWriter(this.#allocate(ROOM_BYTES + expectedBytes + MARGIN_BYTES))
    this.#isGiven = false
    this.#out.pos = ROOM_BYTES
    this.#isGroupOpen = false
    this.#groups = 0
    this.#points = 0
    this.#minTimeMs = Infinity
    this.#maxTimeMs = -Infinity
  }

  /** What is copied next belongs to the scanner's group, which becomes this one. */
  beginGroup(block: Uint8Array): void {
    this.#closeGroup()
    this.#groupBlock = block
  }

  /** Copies the scanner's run. */
  copy(run: RunScanner, series: CopiedSeries): void {
    if (run.points === 0) return
    if (!this.#isGroupOpen) this.#openGroup(run)
    else if (this.#runsInBlock === BLOCK_ITEMS) {
      this.#out.bytes[this.#runCountAt] = BLOCK_ITEMS * 2
      this.#openBlock()
    }
    this.#runsInBlock += 1
    const { pointsAt, pointsEnd } = run
    const { blockBytes } = series
    const out = this.#out
    out.reserve(blockBytes + pointsEnd - pointsAt + MARGIN_BYTES)
    out.view.setUint32(out.pos, series.fingerprintHi)
    out.view.setUint32(out.pos + 4, series.fingerprintLo)
    out.pos += 8
    series.slab.copyTo(out.view, out.pos, series.blockAt, blockBytes)
    out.pos += blockBytes
    if (pointsEnd - pointsAt > SHORT_BYTES) out.raw(run.bytes.subarray(pointsAt, pointsEnd))
    else copyShort(run.view, pointsAt, pointsEnd, out)
    this.#points += run.points
    if (run.minTimeMs < this.#minTimeMs) this.#minTimeMs = run.minTimeMs
    if (run.maxTimeMs > this.#maxTimeMs) this.#maxTimeMs = run.maxTimeMs
  }

  /** Everything since begin(), with room to seal it where it lies. Undefined when there is no point. */
  end(): PointsChunk | undefined {
    this.#closeGroup()
    if (this.#points === 0) return undefined
    const out = this.#out
    out.reserve(1)
    this.#isGiven = true
    return {
      bytes: out.bytes.subarray(ROOM_BYTES, out.pos),
      roomBytes: ROOM_BYTES,
      groups: this.#groups,
      points: this.#points,
      minTimeMs: this.#minTimeMs,
      maxTimeMs: this.#maxTimeMs,
    }
  }

  #openGroup({ bytes, baseAt, groupAt }: RunScanner): void {
    this.#out.raw(bytes.subarray(baseAt, groupAt))
    this.#out.raw(this.#groupBlock)
    this.#isGroupOpen = true
    this.#groups += 1
    this.#openBlock()
  }

  #openBlock(): void {
    this.#runCountAt = this.#out.pos
    this.#runsInBlock = 0
    this.#out.byte(0)
  }

  #closeGroup(): void {
    if (!this.#isGroupOpen) return
    this.#out.bytes[this.#runCountAt] = this.#runsInBlock * 2
    this.#out.byte(0)
    this.#isGroupOpen = false
  }
}

/** By longs: a point of a number has some 20 bytes. */
function copyShort(view: DataView, from: number, to: number, out: ByteWriter): void {
  let at = from
  let { pos } = out
  for (; at + 8 <= to; at += 8, pos += 8) out.view.setBigInt64(pos, view.getBigInt64(at, true), true)
  for (; at < to; at += 1, pos += 1) out.bytes[pos] = view.getUint8(at)
  out.pos = pos
}
