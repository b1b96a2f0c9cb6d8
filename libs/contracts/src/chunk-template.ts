import { ByteWriter } from './avro/byte-writer.ts'
import type { Allocate } from './avro/byte-writer.ts'
import { GroupDeltas } from './group-deltas.ts'
import type { PointsChunk } from './metric-batch.ts'
import type { PointMarks } from './point-marks.ts'

/** A longer difference is rare, and a template is an offer. */
const MAX_START_BYTES = 8
/** Different start times of one chunk: each is encoded anew for each time. */
const MAX_STARTS = 256
const SCRATCH_BYTES = 32

interface Start {
  readonly timeMs: number
  readonly timeNs: number
  readonly bytes: number
}

/** Notes where in a chunk that stands which differs between requests of one client. */
export class ChunkMarks implements PointMarks {
  /** Position and length of each base. */
  readonly bases: number[] = []
  /** Position of each start, and which of `starts` it is. */
  readonly startsAt: number[] = []
  readonly starts: Start[] = []
  readonly values: number[] = []

  reset(): void {
    this.bases.length = 0
    this.startsAt.length = 0
    this.starts.length = 0
    this.values.length = 0
  }

  base(at: number, bytes: number): void {
    this.bases.push(at, bytes)
  }

  start(at: number, bytes: number, timeMs: number, timeNs: number): void {
    this.startsAt.push(at, this.#numberOf(timeMs, timeNs, bytes))
  }

  value(at: number): void {
    this.values.push(at)
  }

  #numberOf(timeMs: number, timeNs: number, bytes: number): number {
    const last = this.starts.at(-1)
    if (last?.timeMs === timeMs && last.timeNs === timeNs && last.bytes === bytes) return this.starts.length - 1
    return this.starts.push({ timeMs, timeNs, bytes }) - 1
  }
}

/** An encoded chunk of numbers that all have one time, to be encoded again with another time and other values. */
export class ChunkTemplate {
  /** Where each value stands in `view`, a double. */
  readonly values: Int32Array
  readonly view: DataView
  readonly #bytes: Buffer
  readonly #chunk: Pick<PointsChunk, 'groups' | 'points'>
  readonly #bases: Int32Array
  readonly #startsAt: Int32Array
  readonly #starts: readonly Start[]
  /** The starts' bytes for the time at hand: the first four, and the rest. */
  readonly #heads: Int32Array
  readonly #tails: Int32Array
  readonly #scratch = new ByteWriter(SCRATCH_BYTES)
  readonly #deltas = new GroupDeltas()
  #timeMs = 0

  private constructor({ bytes, groups, points }: PointsChunk, marks: ChunkMarks) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes.length + MAX_START_BYTES)
    this.#bytes.set(bytes)
    this.view = new DataView(this.#bytes.buffer)
    this.#chunk = { groups, points }
    this.values = Int32Array.from(marks.values)
    this.#bases = Int32Array.from(marks.bases)
    this.#startsAt = Int32Array.from(marks.startsAt)
    this.#starts = [...marks.starts]
    this.#heads = new Int32Array(this.#starts.length)
    this.#tails = new Int32Array(this.#starts.length)
  }

  /** Undefined for a chunk that has other points than numbers, or very different start times. All of its points must have one time. */
  static of(chunk: PointsChunk, marks: ChunkMarks): ChunkTemplate | undefined {
    const isSimple = marks.starts.length <= MAX_STARTS && marks.starts.every(({ bytes }) => bytes <= MAX_START_BYTES)
    return isSimple && marks.values.length === chunk.points ? new ChunkTemplate(chunk, marks) : undefined
  }

  get sizeBytes(): number {
    const { values } = this
    return this.#bytes.length + values.byteLength + this.#bases.byteLength + this.#startsAt.byteLength
  }

  /** Gives all points this time. False if it needs more or fewer bytes than the time before: then the template is of no use any more. */
  retime(timeMs: number, timeNs: number): boolean {
    this.#timeMs = timeMs
    const scratch = this.#scratch
    scratch.pos = 0
    this.#deltas.base(scratch, timeMs, timeNs)
    const bases = this.#bases
    for (let index = 0; index < bases.length; index += 2) {
      if (bases[index + 1] !== scratch.pos) return false
      scratch.bytes.copy(this.#bytes, bases[index], 0, scratch.pos)
    }
    return this.#restart()
  }

  /** A copy of it as it is now. */
  copy(allocate: Allocate): PointsChunk {
    const length = this.#bytes.length - MAX_START_BYTES
    const bytes = allocate(length)
    this.#bytes.copy(bytes, 0, 0, length)
    return { bytes, ...this.#chunk, minTimeMs: this.#timeMs, maxTimeMs: this.#timeMs }
  }

  /** Start times stand as differences from the base. */
  #restart(): boolean {
    for (const [number, { timeMs, timeNs, bytes }] of this.#starts.entries()) {
      const scratch = this.#scratch
      scratch.pos = 0
      this.#deltas.write(scratch, timeMs, timeNs)
      if (scratch.pos !== bytes) return false
      this.#heads[number] = scratch.view.getInt32(0, true)
      this.#tails[number] = scratch.view.getInt32(4, true)
    }
    const { view } = this
    const startsAt = this.#startsAt
    for (let index = 0; index < startsAt.length; index += 2) {
      const at = startsAt[index] ?? 0
      const number = startsAt[index + 1] ?? 0
      const bits = (this.#starts[number]?.bytes ?? 0) * 8
      put(view, at, this.#heads[number] ?? 0, Math.min(bits, 32))
      if (bits > 32) put(view, at + 4, this.#tails[number] ?? 0, bits - 32)
    }
    return true
  }
}

/** Puts so many bits, 8 to 32, of a number there, and leaves what stands behind them. */
function put(view: DataView, at: number, value: number, bits: number): void {
  const mask = bits === 32 ? -1 : (1 << bits) - 1
  view.setInt32(at, (value & mask) | (view.getInt32(at, true) & ~mask), true)
}
