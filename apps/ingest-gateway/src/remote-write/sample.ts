import { isStaleNaN, NO_RECORDED_VALUE } from '@pegel/contracts'
import type { WireReader } from '../wire/wire-reader.ts'

const VALUE = 0x09 // Sample.value = 1
const TIMESTAMP = 0x10 // Sample.timestamp = 2
const START = 0x18 // Sample.start_timestamp = 3, in 2.0

/** The sample that was read last; one object for all, so that none is made per sample. */
export class SampleFields {
  value = 0
  timeMs = 0
  /** 0: not set. */
  startMs = 0
  flags = 0

  /** Reads a Sample, its length first. */
  read(reader: WireReader): void {
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
