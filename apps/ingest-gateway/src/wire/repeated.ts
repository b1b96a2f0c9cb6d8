import type { WireReader } from './wire-reader.ts'

/** Appends a packed run of fixed64. */
export function readPackedFixed64(reader: WireReader, into: number[]): void {
  const outer = enterWords(reader)
  while (reader.pos < reader.end) {
    reader.fixed64()
    into.push(reader.unsigned())
  }
  reader.leave(outer)
}

/** Appends a packed run of double. */
export function readPackedDoubles(reader: WireReader, into: number[]): void {
  const outer = enterWords(reader)
  while (reader.pos < reader.end) into.push(reader.double())
  reader.leave(outer)
}

/** Appends a packed run of uint64. */
export function readPackedVarints(reader: WireReader, into: number[]): void {
  const outer = reader.enter()
  while (reader.pos < reader.end) {
    reader.varint()
    into.push(reader.unsigned())
  }
  reader.leave(outer)
}

/** A sint32 as zigzag varint. */
export function readSint32(reader: WireReader): number {
  reader.varint()
  return (reader.lo >>> 1) ^ -(reader.lo & 1)
}

function enterWords(reader: WireReader): number {
  const outer = reader.enter()
  if ((reader.end - reader.pos) % 8 !== 0) reader.malformed('a packed list that ends within a number')
  return outer
}
