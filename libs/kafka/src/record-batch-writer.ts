import { crc32c } from '@node-rs/crc32'
import { buffers, discardAround } from '@pegel/buffers'
import { codecByType } from './codecs.ts'
import type { WireMessage } from './kafkajs-internals.ts'
import { FORMAT_V2, TRANSACTIONAL } from './record-batch.ts'
import { BATCH_OVERHEAD_BYTES, bodyBytes, varIntBytes } from './record-size.ts'

/** What the header of a record batch (format v2) says besides what follows from its records. */
export interface BatchWriting {
  /** Codec bits. */
  readonly compression: number
  readonly producerId: string
  readonly producerEpoch: number
  readonly firstSequence: number
  readonly transactional: boolean
  /** Of all records: the broker replaces it where the topic has LogAppendTime. */
  readonly timestampMs: number
}

/** Where the bytes begin that the checksum is of. */
const SUMMED_AT = 21

/** One record batch of these messages, compressed, in a buffer that is borrowed. */
export async function writeRecordBatch(messages: readonly WireMessage[], writing: BatchWriting): Promise<Buffer> {
  const codec = codecByType(writing.compression)
  const sizes = messages.map((message, index) => bodyBytes(message) - 1 + varIntBytes(index))
  const size = sizes.reduce((sum, body) => sum + varIntBytes(body) + body, 0)
  if (codec === null) {
    const batch = buffers.borrow(BATCH_OVERHEAD_BYTES + size)
    writeRecords(messages, sizes, batch, BATCH_OVERHEAD_BYTES)
    return finish(batch, messages.length, writing)
  }
  const scratch = buffers.borrow(size)
  writeRecords(messages, sizes, scratch, 0)
  const body = await codec.compress(scratch)
  buffers.giveBack(scratch)
  const batch = buffers.borrow(BATCH_OVERHEAD_BYTES + body.length)
  batch.set(body, BATCH_OVERHEAD_BYTES)
  if (!buffers.giveBack(body) && codec.ownsMemory === true) discardAround(body)
  return finish(batch, messages.length, writing)
}

function finish(batch: Buffer, count: number, writing: BatchWriting): Buffer {
  const { compression, producerId, producerEpoch, firstSequence, transactional, timestampMs } = writing
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(0, 12)
  batch.writeInt8(FORMAT_V2, 16)
  batch.writeInt16BE(compression | (transactional ? TRANSACTIONAL : 0), SUMMED_AT)
  batch.writeInt32BE(count - 1, 23)
  batch.writeBigInt64BE(BigInt(timestampMs), 27)
  batch.writeBigInt64BE(BigInt(timestampMs), 35)
  batch.writeBigInt64BE(BigInt(producerId), 43)
  batch.writeInt16BE(producerEpoch, 51)
  batch.writeInt32BE(firstSequence, 53)
  batch.writeInt32BE(count, 57)
  batch.writeUInt32BE(crc32c(batch.subarray(SUMMED_AT)), 17)
  return batch
}

function writeRecords(messages: readonly WireMessage[], sizes: readonly number[], into: Buffer, from: number): void {
  let at = from
  for (const [index, { key, value, headers }] of messages.entries()) {
    at = writeVarInt(into, at, sizes[index] ?? 0)
    into[at] = 0 // attributes
    into[at + 1] = 0 // timestamp delta
    at = writeVarInt(into, at + 2, index)
    at = writeBytes(into, at, key)
    at = writeBytes(into, at, value)
    const entries = Object.entries(headers)
    at = writeVarInt(into, at, entries.length)
    for (const [name, content] of entries) at = writeBytes(into, writeBytes(into, at, name), content)
  }
}

/** A length, then the bytes; -1 for none. */
function writeBytes(into: Buffer, from: number, value: Buffer | string | null): number {
  if (value === null) {
    into[from] = 1
    return from + 1
  }
  const length = Buffer.byteLength(value)
  const at = writeVarInt(into, from, length)
  if (typeof value === 'string') into.write(value, at, 'utf8')
  else into.set(value, at)
  return at + length
}

/** A number that is not negative, zig-zag. */
function writeVarInt(into: Buffer, from: number, value: number): number {
  let [at, rest] = [from, value * 2]
  for (; rest > 127; rest = Math.floor(rest / 128)) into[at++] = (rest & 127) | 128
  into[at] = rest
  return at + 1
}
