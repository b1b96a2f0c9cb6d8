import { crc32c } from '@node-rs/crc32'
import { ByteReader } from './byte-reader.ts'
import { MAX_INFLATED_BYTES, codecByType } from './codecs.ts'
import { memoryOf } from './record-memory.ts'
import type { InflatedMemory, Memory } from './record-memory.ts'
import { BATCH_OVERHEAD_BYTES } from './record-size.ts'

/** A record as it lies in a record batch (format v2), before it is given a topic and a partition. */
export interface BatchRecord {
  readonly offset: number
  readonly timestampMs: number
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
  readonly memory?: Memory | undefined
}

export interface BatchHeader {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly magic: number
  readonly attributes: number
  readonly firstTimestampMs: number
  readonly maxTimestampMs: number
  readonly producerId: number
  readonly count: number
  /** CRC-32C of `summed`, as the producer made it. */
  readonly checksum: number
  readonly summed: Buffer
  /** The records, as they are compressed. */
  readonly body: Buffer
}

export const FORMAT_V2 = 2
const CODEC_BITS = 0x07
const LOG_APPEND_TIME = 0x08
export const TRANSACTIONAL = 0x10
const CONTROL = 0x20
const NO_HEADERS: Readonly<Record<string, Buffer>> = Object.freeze({})

export const isControl = (header: BatchHeader): boolean => (header.attributes & CONTROL) !== 0
export const isTransactional = (header: BatchHeader): boolean => (header.attributes & TRANSACTIONAL) !== 0

/** The batches of a record set; a last one that was cut off by the fetch limit is left out. */
export function* batchesOf(recordSet: Buffer): Generator<BatchHeader> {
  const reader = new ByteReader(recordSet)
  while (reader.left >= BATCH_OVERHEAD_BYTES) {
    const start = reader.at
    const firstOffset = reader.int64()
    const length = reader.int32()
    if (length < BATCH_OVERHEAD_BYTES - 12 || length > reader.left) return
    const end = reader.at + length
    reader.at += 4
    const magic = reader.int8()
    const checksum = reader.int32() >>> 0
    const summed = recordSet.subarray(reader.at, end)
    const attributes = reader.int16()
    const lastOffset = firstOffset + reader.int32()
    const [firstTimestampMs, maxTimestampMs, producerId] = [reader.int64(), reader.int64(), reader.int64()]
    reader.at += 6
    const count = reader.int32()
    const body = recordSet.subarray(start + BATCH_OVERHEAD_BYTES, end)
    reader.at = end
    yield {
      ...{ firstOffset, lastOffset, magic, attributes, firstTimestampMs, maxTimestampMs, producerId, count, body },
      ...{ checksum, summed },
    }
  }
}

/**
 * Records of a batch. Rejects when its bytes are not those that were produced (a broker sends what is on its disk, without a
 * look), when it inflates beyond MAX_INFLATED_BYTES or is not what its header says; the caller knows from the header which
 * offsets that concerns.
 */
export async function recordsOf(header: BatchHeader): Promise<BatchRecord[]> {
  if (header.magic !== FORMAT_V2) throw new Error(`record format ${header.magic} is not supported`)
  if (crc32c(header.summed) !== header.checksum) throw new Error('the batch is damaged: its checksum is wrong')
  if (header.count <= 0) return []
  const codec = codecByType(header.attributes & CODEC_BITS)
  const bytes = codec === null ? header.body : await codec.decompress(header.body)
  if (bytes.length > MAX_INFLATED_BYTES) throw new Error('the batch inflates beyond the bound')
  const reader = new ByteReader(bytes)
  const memory = codec?.ownsMemory === true ? memoryOf(bytes) : undefined
  const records: BatchRecord[] = []
  for (let i = 0; i < header.count; i++) records.push(readRecord(reader, header, memory))
  return records
}

/** True for the marker that ends an aborted transaction: key = version, type 0. */
export async function isAbortMarker(header: BatchHeader): Promise<boolean> {
  const [marker] = await recordsOf(header)
  return marker?.key?.length === 4 && marker.key.readInt16BE(2) === 0
}

function readRecord(reader: ByteReader, header: BatchHeader, memory: InflatedMemory | undefined): BatchRecord {
  const length = reader.varint()
  const end = reader.at + length
  if (length <= 0 || end > reader.bytes.length) throw new RangeError('a record is cut off')
  reader.at += 1
  const timestampDelta = reader.varint()
  const offset = header.firstOffset + reader.varint()
  const key = reader.varBytes()
  const value = reader.varBytes()
  const headers = readHeaders(reader)
  reader.at = end
  const appended = (header.attributes & LOG_APPEND_TIME) !== 0
  const timestampMs = appended ? header.maxTimestampMs : header.firstTimestampMs + timestampDelta
  return { offset, timestampMs, key, value, headers, memory: memory?.share() }
}

/** Of a repeated header the last one counts. */
function readHeaders(reader: ByteReader): Readonly<Record<string, Buffer>> {
  const count = reader.varint()
  if (count <= 0) return NO_HEADERS
  const headers = Object.create(null) as Record<string, Buffer>
  for (let i = 0; i < count; i++) {
    const key = reader.varBytes()?.toString('utf8') ?? ''
    headers[key] = reader.varBytes() ?? Buffer.alloc(0)
  }
  return headers
}
