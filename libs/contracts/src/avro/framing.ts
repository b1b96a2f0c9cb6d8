import { contractErrors } from '../errors.ts'

/** Bytes before the record in Avro's single-object encoding: C3 01 and the schema's fingerprint, little-endian. */
export const FRAME_BYTES = 10
const CONFLUENT_FRAME_BYTES = 5

/** How the schema of a record is named: by fingerprint (Avro single-object encoding) or by a registry's id (Confluent framing). */
export interface Frame {
  readonly fingerprint: string | null
  readonly registryId: number | null
  /** Where the record begins. */
  readonly start: number
}

/** The header of a record that is written with this schema. */
export function frameHeader(fingerprint: string): Buffer {
  return Buffer.concat([Buffer.of(0xc3, 0x01), Buffer.from(fingerprint, 'hex').reverse()])
}

/** True when the bytes begin with this header; costs no string, unlike readFrame. */
export function hasHeader(value: Uint8Array, header: Uint8Array): boolean {
  if (value.length < FRAME_BYTES) return false
  for (let index = 0; index < FRAME_BYTES; index++) if (value[index] !== header[index]) return false
  return true
}

/** @throws contracts.decode_failed when the bytes begin with neither framing */
export function readFrame(value: Uint8Array): Frame {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.length)
  if (bytes.length >= FRAME_BYTES && bytes[0] === 0xc3 && bytes[1] === 0x01) {
    const fingerprint = Buffer.from(bytes.subarray(2, FRAME_BYTES)).reverse().toString('hex')
    return { fingerprint, registryId: null, start: FRAME_BYTES }
  }
  if (bytes.length >= CONFLUENT_FRAME_BYTES && bytes[0] === 0) {
    return { fingerprint: null, registryId: bytes.readUInt32BE(1), start: CONFLUENT_FRAME_BYTES }
  }
  throw contractErrors.decode_failed({ record: 'framed record', problem: 'it begins with neither C3 01 nor 00' })
}
