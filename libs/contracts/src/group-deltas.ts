import type { ByteWriter } from './avro/byte-writer.ts'

/** 46 days: their ns, doubled, are exact as a double. */
const EXACT_MS = 4_000_000_000
/** What is copied at once. */
const LONG_BYTES = 8

/** Writes the times of a group, as GroupTimes reads them: its base, and what differs from it. */
export class GroupDeltas {
  #baseMs = 0
  #baseNs = 0
  /** The start time that was written last, where it stands, and in how many bytes. */
  #lastMs = NaN
  #lastNs = 0
  #lastAt = 0
  #lastBytes = 0

  /** Begins a group in the writer that its times are written to. */
  base(out: ByteWriter, timeMs: number, timeNs: number): void {
    this.#baseMs = timeMs
    this.#baseNs = timeNs
    this.#lastMs = NaN
    out.bigLong(BigInt(timeMs) * 1_000_000n + BigInt(timeNs))
  }

  write(out: ByteWriter, timeMs: number, timeNs: number): void {
    const ms = timeMs - this.#baseMs
    const ns = timeNs - this.#baseNs
    if (ms >= -EXACT_MS && ms <= EXACT_MS) out.long(ms * 1_000_000 + ns)
    else out.bigLong(BigInt(ms) * 1_000_000n + BigInt(ns))
  }

  /** A start time. The series of a process began together: mostly its bytes are those of the one before, which must still be there. */
  writeStart(out: ByteWriter, timeMs: number, timeNs: number): void {
    out.reserve(LONG_BYTES)
    const { pos } = out
    if (timeMs === this.#lastMs && timeNs === this.#lastNs && this.#lastBytes <= LONG_BYTES) {
      out.view.setBigInt64(pos, out.view.getBigInt64(this.#lastAt, true), true)
      out.pos = pos + this.#lastBytes
      return
    }
    this.write(out, timeMs, timeNs)
    this.#lastMs = timeMs
    this.#lastNs = timeNs
    this.#lastAt = pos
    this.#lastBytes = out.pos - pos
  }
}
