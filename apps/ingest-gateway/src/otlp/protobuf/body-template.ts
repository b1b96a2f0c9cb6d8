import { buffers } from '@pegel/buffers'
import { ChunkMarks, ChunkTemplate } from '@pegel/contracts'
import type { RequestPoints } from '../../ingest/request-points.ts'
import type { WireReader } from '../../wire/wire-reader.ts'
import { restNs, wholeMs } from './point-head.ts'

const VALUE_AT = 9 // behind the 8 bytes of the time and the value's tag
const AS_INT = 0x31 // NumberDataPoint.as_int = 6

/** What a decoder notes of a body, and the writer of its points: enough for a template if the body is simple. */
export class BodyMarks {
  readonly chunk = new ChunkMarks()
  readonly #times: number[] = []

  reset(): void {
    this.chunk.reset()
    this.#times.length = 0
  }

  /** A number whose value follows its time, of which the first byte stands here, and that has neither flags nor exemplars. */
  point(timeAt: number): void {
    this.#times.push(timeAt)
  }

  /**
   * Undefined for a body that has anything else than such numbers of one time, or of which something was refused.
   * @param points of which the body is all, as it was decoded
   */
  template({ bytes, view }: WireReader, points: RequestPoints): BodyTemplate | undefined {
    const times = this.#times
    const [first] = times
    if (first === undefined || times.length !== this.chunk.values.length) return undefined
    const time = view.getBigInt64(first, true)
    if (!times.every((at) => view.getBigInt64(at, true) === time)) return undefined
    const encoded = points.encoded()
    const chunk = encoded === undefined ? undefined : ChunkTemplate.of(encoded, this.chunk)
    return chunk === undefined ? undefined : new BodyTemplate(bytes, Int32Array.from(times), chunk, points.stamp)
  }
}

/**
 * A body that a client sent before, and what became of it. A client that sends the same series again changes one time and the values: if all other bytes are
 * the same, so are all other bytes of what becomes of them.
 */
export class BodyTemplate {
  readonly stamp: number
  readonly sizeBytes: number
  /** When it was of use last, ms since the epoch. */
  usedAtMs = 0
  /** The body, with the times and values of whatever was compared last. */
  readonly #body: Buffer
  readonly #view: DataView
  readonly #times: Int32Array
  readonly #chunk: ChunkTemplate

  constructor(body: Buffer, times: Int32Array, chunk: ChunkTemplate, stamp: number) {
    this.#body = Buffer.allocUnsafeSlow(body.length)
    this.#body.set(body)
    this.#view = new DataView(this.#body.buffer)
    this.#times = times
    this.#chunk = chunk
    this.stamp = stamp
    this.sizeBytes = body.length + times.byteLength + chunk.sizeBytes
  }

  /** How long the bodies are that it stands for. */
  get bodyBytes(): number {
    return this.#body.length
  }

  /** Whether a body of the same length begins with the same bytes, up to the first time. */
  isLike(body: Buffer): boolean {
    const length = this.#times[0] ?? 0
    return body.compare(this.#body, 0, length, 0, length) === 0
  }

  /** Takes the points of a body of the same length. False, and nothing is taken, unless it differs in one time and in values alone. */
  take(reader: WireReader, points: RequestPoints): boolean {
    const { view } = reader
    reader.pos = this.#times[0] ?? 0
    reader.fixed64()
    const timeMs = wholeMs(reader)
    const timeNs = restNs(reader, timeMs)
    reader.pos = 0
    if (!points.isTimely(timeMs, timeNs) || !this.#move(view) || !reader.bytes.equals(this.#body)) return false
    if (!this.#chunk.retime(timeMs, timeNs)) return false
    points.takeEncoded(this.#chunk.copy(buffers.borrow))
    return true
  }

  /** Makes times and values those of the body; false if it has several times. */
  #move(view: DataView): boolean {
    const times = this.#times
    const own = this.#view
    const { values, view: encoded } = this.#chunk
    const time = view.getBigInt64(times[0] ?? 0, true)
    for (let index = 0; index < times.length; index += 1) {
      const at = times[index] ?? 0
      if (view.getBigInt64(at, true) !== time) return false
      own.setBigInt64(at, time, true)
      const valueAt = at + VALUE_AT
      const value = view.getBigInt64(valueAt, true)
      own.setBigInt64(valueAt, value, true)
      const encodedAt = values[index] ?? 0
      if (own.getUint8(valueAt - 1) === AS_INT) encoded.setFloat64(encodedAt, signedOf(view, valueAt), true)
      else encoded.setBigInt64(encodedAt, value, true)
    }
    return true
  }
}

/** As WireReader.signed(). */
function signedOf(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true)
}
