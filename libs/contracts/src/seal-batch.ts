import { ByteWriter } from './avro/byte-writer.ts'
import type { Allocate } from './avro/byte-writer.ts'
import { frameHeader } from './avro/framing.ts'
import { writeEnvelope } from './batch-envelope.ts'
import type { BatchEnvelope, PointsChunk } from './metric-batch.ts'
import { SCHEMAS } from './schemas.ts'

/** Header of a record that is written with the current schema. */
export const BATCH_HEADER = frameHeader(SCHEMAS.MetricBatch.fingerprint)

/** Room for an envelope without a reallocation. */
const ENVELOPE_BYTES = 512
/** What a chunk that is to be sealed in its place has before it: for all but an envelope with many reasons. */
export const ROOM_BYTES = ENVELOPE_BYTES
const POINTS = 0

/** What the writer of a batch says about it; counts and times are those of the points. */
export type BatchHead = Omit<BatchEnvelope, 'points' | 'minTimeMs' | 'maxTimeMs' | 'codec' | 'keyId'>

/**
 * One framed MetricBatch of the chunks' points, in order. Equal input gives equal bytes.
 * @throws contracts.encode_failed when the batch id is not 16 bytes
 */
export function sealBatch(
  head: BatchHead,
  chunks: readonly PointsChunk[],
  allocate: Allocate = (bytes) => Buffer.allocUnsafeSlow(bytes),
): Buffer {
  const filled = chunks.filter((chunk) => chunk.points > 0)
  const size = filled.reduce((sum, chunk) => sum + chunk.bytes.length + 10, ENVELOPE_BYTES)
  const out = new ByteWriter(allocate(size))
  writeHead(out, head, filled)
  for (const chunk of filled) {
    out.long(chunk.groups)
    out.raw(chunk.bytes)
  }
  out.byte(0)
  return out.bytes.subarray(0, out.pos)
}

const inPlace = new ByteWriter(ENVELOPE_BYTES)

/**
 * As sealBatch() of one chunk with points, in the memory that it lies in, which is the batch's from then on: a point is not copied once more.
 * Undefined when there is not enough room for that.
 * @throws as sealBatch
 */
export function sealInPlace(head: BatchHead, chunk: PointsChunk): Buffer | undefined {
  const { bytes, roomBytes = 0 } = chunk
  const out = inPlace
  out.pos = 0
  writeHead(out, head, [chunk])
  out.long(chunk.groups)
  if (out.pos > roomBytes) return undefined
  const batch = Buffer.from(bytes.buffer, bytes.byteOffset - out.pos, out.pos + bytes.length + 1)
  batch.set(out.bytes.subarray(0, out.pos))
  batch[batch.length - 1] = 0
  return batch
}

/** All that stands before the groups. */
function writeHead(out: ByteWriter, head: BatchHead, chunks: readonly PointsChunk[]): void {
  out.raw(BATCH_HEADER)
  writeEnvelope(out, {
    ...head,
    points: chunks.reduce((sum, chunk) => sum + chunk.points, 0),
    minTimeMs: chunks.reduce((min, chunk) => Math.min(min, chunk.minTimeMs), chunks[0]?.minTimeMs ?? 0),
    maxTimeMs: chunks.reduce((max, chunk) => Math.max(max, chunk.maxTimeMs), chunks[0]?.maxTimeMs ?? 0),
    codec: 'none',
    keyId: null,
  })
  out.long(POINTS)
}
