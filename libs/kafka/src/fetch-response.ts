import { ByteReader } from './byte-reader.ts'

/** One partition's part of a fetch response, its records still encoded. */
export interface RawPartition {
  readonly topic: string
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: number
  readonly aborted: readonly { readonly producerId: number; readonly firstOffset: number }[]
  readonly recordSet: Buffer
}

export interface RawFetchResponse {
  readonly clientSideThrottleTime: number
  readonly errorCode: number
  readonly partitions: readonly RawPartition[]
}

/** The only version that kafkajs asks of any broker since Kafka 2.3. */
export const FETCH_VERSION = 11

/**
 * Reads Fetch response v11 without touching the records. kafkajs' own decoder inflates all partitions before it gives
 * any: one unreadable batch would stop them all, and a batch of 100,000 records overflows its stack.
 */
export function readFetchResponse(payload: Buffer): RawFetchResponse {
  const reader = new ByteReader(payload)
  const clientSideThrottleTime = reader.int32()
  const errorCode = reader.int16()
  reader.int32()
  const partitions: RawPartition[] = []
  const topics = reader.int32()
  for (let t = 0; t < topics; t++) {
    const topic = reader.string()
    const count = reader.int32()
    for (let p = 0; p < count; p++) partitions.push(readPartition(reader, topic))
  }
  return { clientSideThrottleTime, errorCode, partitions }
}

function readPartition(reader: ByteReader, topic: string): RawPartition {
  const partition = reader.int32()
  const errorCode = reader.int16()
  const highWatermark = reader.int64()
  reader.at += 16
  const aborted: { producerId: number; firstOffset: number }[] = []
  const transactions = reader.int32()
  for (let i = 0; i < transactions; i++) aborted.push({ producerId: reader.int64(), firstOffset: reader.int64() })
  reader.int32()
  const length = reader.int32()
  const recordSet = length < 0 ? Buffer.alloc(0) : reader.take(length)
  return { topic, partition, errorCode, highWatermark, aborted, recordSet }
}
