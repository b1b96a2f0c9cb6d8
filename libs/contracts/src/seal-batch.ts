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
  out.raw(BATCH_HEADER)
  writeEnvelope(out, {
    ...head,
    points: filled.reduce((sum, chunk) => sum + chunk.points, 0),
    minTimeMs: filled.reduce((min, chunk) => Math.min(min, chunk.minTimeMs), filled[0]?.minTimeMs ?? 0),
    maxTimeMs: filled.reduce((max, chunk) => Math.max(max, chunk.maxTimeMs), filled[0]?.maxTimeMs ?? 0),
    codec: 'none',
    keyId: null,
  })
  out.long(POINTS)
  for (const chunk of filled) {
    out.long(chunk.groups)
    out.raw(chunk.bytes)
  }
  out.byte(0)
  return out.bytes.subarray(0, out.pos)
}
