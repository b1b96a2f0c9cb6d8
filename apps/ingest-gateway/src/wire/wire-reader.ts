import { isUtf8 } from 'node:buffer'

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const GROUP_START = 3
const GROUP_END = 4
const FIXED32 = 5

/** Groups are obsolete and nobody has any; those of unknown fields are skipped, but not for ever deeper. */
const MAX_GROUPS = 16
const TWO_32 = 0x1_0000_0000

/** Throws the caller's own error for a body that is none of its messages. `problem` completes "it is malformed: …". */
export type Malformed = (problem: string) => never

/**
 * Reads the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) out of a body, checked against the end of
 * the message at hand at every step: no input reads beyond it, and every loop moves on. Nothing is copied but texts.
 * Hot: one of these per request, fields rather than return objects.
 */
export class WireReader {
  readonly bytes: Buffer
  readonly view: DataView
  readonly malformed: Malformed
  pos = 0
  /** End of the message at hand. */
  end: number
  /** The last 64-bit value, as two unsigned halves. */
  lo = 0
  hi = 0

  constructor(bytes: Buffer, malformed: Malformed) {
    this.bytes = bytes
    this.malformed = malformed
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.end = bytes.length
  }

  /** The next field's tag; the caller has seen that pos < end. */
  tag(): number {
    const first = this.view.getUint8(this.pos)
    if (first < 128) {
      this.pos += 1
      if (first < 8) this.malformed('field number 0')
      return first
    }
    this.varint()
    if (this.hi !== 0 || this.lo < 8) this.malformed('a field number out of range')
    return this.lo
  }

  /** Reads a varint of up to 64 bits into lo and hi. */
  varint(): void {
    let lo = 0
    let hi = 0
    for (let index = 0; index < 10; index++) {
      if (this.pos >= this.end) this.malformed('it ends within a number')
      const byte = this.view.getUint8(this.pos++)
      const bits = byte & 127
      if (index < 4) lo |= bits << (index * 7)
      else if (index === 4) {
        lo |= bits << 28
        hi = bits >>> 4
      } else hi |= bits << (index * 7 - 32)
      if (byte < 128) {
        this.lo = lo >>> 0
        this.hi = hi >>> 0
        return
      }
    }
    this.malformed('a number of more than 64 bits')
  }

  /** Reads 8 bytes into lo and hi. */
  fixed64(): void {
    if (this.pos + 8 > this.end) this.malformed('it ends within a number')
    this.lo = this.view.getUint32(this.pos, true)
    this.hi = this.view.getUint32(this.pos + 4, true)
    this.pos += 8
  }

  double(): number {
    if (this.pos + 8 > this.end) this.malformed('it ends within a number')
    const value = this.view.getFloat64(this.pos, true)
    this.pos += 8
    return value
  }

  /** lo and hi as an unsigned number, rounded once beyond 2^53. */
  unsigned(): number {
    return this.hi * TWO_32 + this.lo
  }

  /** lo and hi as a signed number, rounded once beyond 2^53. */
  signed(): number {
    return (this.hi | 0) * TWO_32 + this.lo
  }

  signedBig(): bigint {
    return BigInt(this.hi | 0) * 0x1_0000_0000n + BigInt(this.lo)
  }

  /** Reads a length and gives the position of what ends there. */
  lengthEnd(): number {
    let length: number
    const first = this.pos < this.end ? this.view.getUint8(this.pos) : this.malformed('it ends within a length')
    const second = first < 128 || this.pos + 1 >= this.end ? 0 : this.view.getUint8(this.pos + 1)
    if (first < 128) {
      this.pos += 1
      length = first
    } else if (second > 0 && second < 128) {
      // Most messages have 128 bytes to 16 KiB.
      this.pos += 2
      length = (first & 127) | (second << 7)
    } else {
      this.varint()
      length = this.unsigned()
    }
    if (length > this.end - this.pos) this.malformed('a length beyond the end')
    return this.pos + length
  }

  /** Enters an embedded message: reads its length, narrows `end` to it and gives the outer end for leave(). */
  enter(): number {
    const outer = this.end
    this.end = this.lengthEnd()
    return outer
  }

  leave(outerEnd: number): void {
    this.end = outerEnd
  }

  /** A text. @throws as malformed() unless it is UTF-8: replacing what is not could make two series one. */
  string(): string {
    const end = this.lengthEnd()
    const text = this.textAt(this.pos, end)
    this.pos = end
    return text
  }

  /** The text at a range, with the same check. */
  textAt(from: number, to: number): string {
    if (from === to) return ''
    const bytes = this.bytes.subarray(from, to)
    if (!isUtf8(bytes)) this.malformed('a text is not UTF-8')
    return bytes.toString('utf8')
  }

  /** A view of a bytes field. */
  take(): Buffer {
    const end = this.lengthEnd()
    const taken = this.bytes.subarray(this.pos, end)
    this.pos = end
    return taken
  }

  skip(tag: number): void {
    const wireType = tag & 7
    if (wireType === BYTES) this.pos = this.lengthEnd()
    else if (wireType === VARINT) this.varint()
    else if (wireType === FIXED64) this.#step(8)
    else if (wireType === FIXED32) this.#step(4)
    else this.#skipGroup(tag)
  }

  /**
   * Where the messages of this tag, which has one byte, end that stand here: at the first field that is none, or that is longer than 16 KiB or the message at
   * hand. The reader stays.
   */
  messagesEnd(tag: number): number {
    const { view, end, pos } = this
    let at = pos
    while (at + 2 < end && view.getUint8(at) === tag) {
      const first = view.getUint8(at + 1)
      const second = first < 128 ? 0 : view.getUint8(at + 2)
      if (second > 127) break
      const next = first < 128 ? at + 2 + first : at + 3 + (first & 127) + (second << 7)
      if (next > end) break
      at = next
    }
    return at
  }

  #step(size: number): void {
    if (this.pos + size > this.end) this.malformed('it ends within a number')
    this.pos += size
  }

  #skipGroup(tag: number): void {
    if ((tag & 7) !== GROUP_START) this.malformed('an unknown wire type')
    const open = [tag]
    while (open.length > 0) {
      if (this.pos >= this.end) this.malformed('it ends within a group')
      const next = this.tag()
      if ((next & 7) === GROUP_START) {
        open.push(next)
        if (open.length > MAX_GROUPS) this.malformed('groups nested too deep')
      } else if ((next & 7) === GROUP_END) {
        if (open.pop() !== next - 1) this.malformed('the end of another group')
      } else this.skip(next)
    }
  }
}
