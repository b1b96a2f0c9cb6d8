import type { WireMessage } from './kafkajs-internals.ts'
import type { OutgoingRecord } from './port.ts'

type Sized = Pick<OutgoingRecord, 'key' | 'value' | 'headers'> | WireMessage

/** Bytes of a record batch before its records: Kafka's RECORD_BATCH_OVERHEAD. */
export const BATCH_OVERHEAD_BYTES = 61

/** More would hold up the event loop while they are encoded. */
export const MAX_BATCH_RECORDS = 10_000

/**
 * Upper bound of a record's bytes within a batch: record format v2, with the longest timestamp and offset deltas.
 * Exact for the first record of a batch up to 4 bytes.
 */
export function recordBytes(record: OutgoingRecord): number {
  return framed(bodyBytes(record) + 4)
}

/** Exact bytes of a batch that holds this one record uncompressed: what a broker compares with max.message.bytes. */
export function loneBatchBytes(record: OutgoingRecord): number {
  return BATCH_OVERHEAD_BYTES + framed(bodyBytes(record))
}

/** As many records from the start as certainly fit into one batch together, one at least. */
export function takeFitting(records: readonly OutgoingRecord[], maxBatchBytes: number): readonly OutgoingRecord[] {
  let bytes = BATCH_OVERHEAD_BYTES + expansionBytes(maxBatchBytes)
  const end = records.findIndex((record, index) => {
    bytes += recordBytes(record)
    return index > 0 && (bytes > maxBatchBytes || index >= MAX_BATCH_RECORDS)
  })
  return end === -1 ? records : records.slice(0, end)
}

/** What compressing the incompressible can add, over all codecs; so several records never fail for it together. */
export function expansionBytes(bytes: number): number {
  return Math.ceil(bytes / 128) + 512
}

/** Attributes, timestamp delta 0, offset delta 0, key, value, headers. */
export function bodyBytes(record: Sized): number {
  const headers = Object.entries(record.headers ?? {})
  let bytes = 3 + framed(Buffer.byteLength(record.key))
  bytes += record.value === null ? 1 : framed(record.value.length)
  bytes += varIntBytes(headers.length)
  for (const [key, value] of headers) bytes += framed(Buffer.byteLength(key)) + framed(Buffer.byteLength(value))
  return bytes
}

function framed(length: number): number {
  return varIntBytes(length) + length
}

/** Zig-zag varint of a non-negative number. */
export function varIntBytes(value: number): number {
  let rest = value * 2
  let bytes = 1
  while (rest >= 128) {
    rest = Math.floor(rest / 128)
    bytes++
  }
  return bytes
}
