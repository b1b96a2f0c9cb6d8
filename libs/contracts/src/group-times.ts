import type { ByteReader } from './avro/byte-reader.ts'

/** Time ranges as the writer's: beyond +-2^62 ns a difference could leave 64 bits. */
const MAX_NS = 1n << 62n
/** 2^52: below it, a sum of ns within a millisecond and a delta is exact as a double. */
const EXACT_NS = 4_503_599_627_370_496

/** Reads the times of a group: its base, and what differs from it. */
export class GroupTimes {
  #baseMs = 0
  #baseNs = 0
  /** The bytes of the start time that was read last, the first four of them and the rest, and what they say. None when their number is 0. */
  #startBytes = 0
  #startHead = 0
  #startTail = 0
  #startTailMask = 0
  #startMs = 0
  #startNs = 0
  /** What was read last: whole ms since the epoch, and the ns within it, 0 .. 999,999. */
  timeMs = 0
  timeNs = 0

  /** Whole ms of the group's base. */
  get baseMs(): number {
    return this.#baseMs
  }

  /** The ns within them. */
  get baseNs(): number {
    return this.#baseNs
  }

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
    this.#startBytes = 0
  }

  /** As read(), of when a run began: most runs of a group began at one time, so its bytes are those that were read last. @throws contracts.decode_failed */
  readStart(reader: ByteReader): void {
    const { pos, view } = reader
    if (pos + 8 > reader.end) {
      this.read(reader)
      return
    }
    const head = view.getInt32(pos, true)
    const tail = view.getInt32(pos + 4, true)
    if (this.#startBytes > 0 && head === this.#startHead && (tail & this.#startTailMask) === this.#startTail) {
      reader.pos = pos + this.#startBytes
      this.timeMs = this.#startMs
      this.timeNs = this.#startNs
      return
    }
    this.read(reader)
    const bytes = reader.pos - pos
    // A shorter one is read as fast, and a longer one is rare.
    this.#startBytes = bytes >= 4 && bytes <= 8 ? bytes : 0
    this.#startTailMask = bytes === 8 ? -1 : 2 ** ((bytes - 4) * 8) - 1
    this.#startHead = head
    this.#startTail = tail & this.#startTailMask
    this.#startMs = this.timeMs
    this.#startNs = this.timeNs
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
