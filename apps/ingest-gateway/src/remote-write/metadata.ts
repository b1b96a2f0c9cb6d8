import type { WireReader } from '../wire/wire-reader.ts'

const TYPE = 0x08 // Metadata.type = 1
const HELP_REF = 0x18 // Metadata.help_ref = 3
const UNIT_REF = 0x20 // Metadata.unit_ref = 4

/** The metadata of the TimeSeries at hand; one object for all. */
export class MetadataFields {
  type = 0
  helpRef = 0
  unitRef = 0

  reset(): void {
    this.type = 0
    this.helpRef = 0
    this.unitRef = 0
  }

  /** Reads a Metadata, its length first. One that comes in parts is one, as protobuf has it. */
  read(reader: WireReader): void {
    const outer = reader.enter()
    while (reader.pos < reader.end) {
      const tag = reader.tag()
      if (tag === TYPE) {
        reader.varint()
        this.type = reader.lo
      } else if (tag === HELP_REF) {
        reader.varint()
        this.helpRef = reader.lo
      } else if (tag === UNIT_REF) {
        reader.varint()
        this.unitRef = reader.lo
      } else reader.skip(tag)
    }
    reader.leave(outer)
  }
}
