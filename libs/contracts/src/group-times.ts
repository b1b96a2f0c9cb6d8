import type { ByteReader } from './avro/byte-reader.ts'

/** Time ranges as the writer's: beyond +-2^62 ns a difference could leave 64 bits. */
const MAX_NS = 1n << 62n
/** 2^52: below it, a sum of ns within a millisecond and a delta is exact as a double. */
const EXACT_NS = 4_503_599_627_370_496

/** Reads the times of a group: its base, and what differs from it. */
export class GroupTimes {
  #baseMs = 0
  #baseNs = 0
  /** What was read last: whole ms since the epoch, and the ns within it, 0 .. 999,999. */
  timeMs = 0
  timeNs = 0

  /** @throws contracts.decode_failed */
  readBase(reader: ByteReader): void {
    const base = reader.bigLong()
    if (base > MAX_NS || base < -MAX_NS) reader.fail('a time beyond 2^62 ns')
    this.#baseMs = Number(base / 1_000_000n)
    this.#baseNs = Number(base % 1_000_000n)
    if (this.#baseNs < 0) {
      this.#baseMs -= 1
      this.#baseNs += 1_000_000
    }
  }

  /** Reads a difference. @throws contracts.decode_failed */
  read(reader: ByteReader): void {
    const { pos } = reader
    if (pos < reader.end && reader.bytes[pos] === 0) {
      reader.pos = pos + 1
      this.timeMs = this.#baseMs
      this.timeNs = this.#baseNs
      return
    }
    const delta = reader.longOrNaN()
    if (delta > -EXACT_NS && delta < EXACT_NS) {
      const ns = this.#baseNs + delta
      const ms = Math.floor(ns / 1_000_000)
      this.timeMs = this.#baseMs + ms
      this.timeNs = ns - ms * 1_000_000
      return
    }
    reader.pos = pos
    this.#readExact(reader)
  }

  #readExact(reader: ByteReader): void {
    const time = BigInt(this.#baseMs) * 1_000_000n + BigInt(this.#baseNs) + reader.bigLong()
    if (time > MAX_NS || time < -MAX_NS) reader.fail('a time beyond 2^62 ns')
    const ns = ((time % 1_000_000n) + 1_000_000n) % 1_000_000n
    this.timeMs = Number((time - ns) / 1_000_000n)
    this.timeNs = Number(ns)
  }
}
