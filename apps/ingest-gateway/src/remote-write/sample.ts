import { isStaleNaN, NO_RECORDED_VALUE } from '@pegel/contracts'
import type { WireReader } from '../wire/wire-reader.ts'

const VALUE = 0x09 // Sample.value = 1
const TIMESTAMP = 0x10 // Sample.timestamp = 2
const START = 0x18 // Sample.start_timestamp = 3, in 2.0

/** Of the usual sample, which has its value and then its time: where the tag of the time stands behind its length, and the most digits of base 128 that are read at once. */
const TIME_AT = 9
const MAX_TIME_DIGITS = 7
const LOW_DIGITS = 4
const TWO_28 = 2 ** 28

/** The sample that was read last; one object for all, so that none is made per sample. */
export class SampleFields {
  value = 0
  timeMs = 0
  /** 0: not set. */
  startMs = 0
  flags = 0

  /** Reads a Sample, its length first. */
  read(reader: WireReader): void {
    if (!this.#readUsual(reader)) this.#readAny(reader)
  }

  /** Reads what nearly every writer sends, without a call for each field. False, with nothing read, for everything else. */
  #readUsual(reader: WireReader): boolean {
    const { view, pos } = reader
    if (pos + 1 > reader.end) return false
    const length = view.getUint8(pos)
    const from = pos + 1
    const to = from + length
    const digits = length - TIME_AT - 1
    if (to > reader.end || digits < 1 || digits > MAX_TIME_DIGITS) return false
    if (view.getUint8(from) !== VALUE || view.getUint8(from + TIME_AT) !== TIMESTAMP) return false
    let [low, high] = [0, 0]
    for (let index = 0; index < digits; index++) {
      const byte = view.getUint8(to - digits + index)
      // Its last digit is the one below 128.
      if (byte < 128 !== (index === digits - 1)) return false
      if (index < LOW_DIGITS) low |= (byte & 127) << (index * 7)
      else high |= (byte & 127) << ((index - LOW_DIGITS) * 7)
    }
    const value = view.getFloat64(from + 1, true)
    this.value = value
    this.timeMs = high * TWO_28 + low
    this.startMs = 0
    this.flags = Number.isNaN(value) && isStaleNaN(view, from + 1) ? NO_RECORDED_VALUE : 0
    reader.pos = to
    return true
  }

  #readAny(reader: WireReader): void {
    const outer = reader.enter()
    this.value = 0
    this.timeMs = 0
    this.startMs = 0
    this.flags = 0
    while (reader.pos < reader.end) {
      const tag = reader.tag()
      if (tag === VALUE) {
        const at = reader.pos
        this.value = reader.double()
        this.flags = isStaleNaN(reader.view, at) ? NO_RECORDED_VALUE : 0
      } else if (tag === TIMESTAMP) {
        reader.varint()
        this.timeMs = reader.signed()
      } else if (tag === START) {
        reader.varint()
        this.startMs = reader.signed()
      } else reader.skip(tag)
    }
    reader.leave(outer)
  }
}
