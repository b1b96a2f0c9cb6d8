import { malformed } from '../../otlp/errors.ts'
import { describeRefusals } from '../../ingest/refusals.ts'
import type { IngestAnswer } from '../../ingest/ingest.ts'
import { WireReader } from '../../wire/wire-reader.ts'
import type { GrpcRefusal } from '../grpc/grpc-status.ts'
import { encodeMessage } from '../otlp-http/protobuf-writer.ts'

/** Messages of pegel.ingest.v1 (libs/contracts/proto/pegel/ingest/v1/ingest.proto) that are not points. */

const SEQUENCE = 0x10 // StreamRequest.sequence = 2

/**
 * The sequence of a StreamRequest, the last one given, as protobuf has it; 0 when there is none. Rounded beyond 2^53, which is
 * out of range anyway. Everything else is stepped over.
 * @throws otlp.malformed
 */
export function sequenceOf(message: Buffer): number {
  const reader = new WireReader(message, malformed)
  let sequence = 0
  while (reader.pos < reader.end) {
    const tag = reader.tag()
    if (tag === SEQUENCE) {
      reader.varint()
      sequence = reader.unsigned()
    } else reader.skip(tag)
  }
  return sequence
}

/** ExportResponse */
export function exportResponse({ received, accepted, refused }: IngestAnswer): Buffer {
  const reasons = refused.map(({ reason, count }) => {
    const points = encodeMessage([
      [1, reason],
      [2, count],
    ])
    return [3, points] as const
  })
  const message = received === accepted ? '' : describeRefusals(refused, received)
  return encodeMessage([[1, received], [2, accepted], ...reasons, [4, message]])
}

/** How much of a stream may be outstanding. */
export interface Window {
  readonly batches: number
  readonly bytes: number
  readonly batchBytes: number
}

/** StreamResponse.window */
export function windowEvent({ batches, bytes, batchBytes }: Window): Buffer {
  const window = encodeMessage([
    [1, batches],
    [2, bytes],
    [3, batchBytes],
  ])
  return encodeMessage([[1, window]])
}

/** StreamResponse.ack @param result an ExportResponse */
export function ackEvent(sequence: number, result: Buffer): Buffer {
  const ack = encodeMessage([
    [1, sequence],
    [2, result],
  ])
  return encodeMessage([[2, ack]])
}

/** StreamResponse.nack */
export function nackEvent(sequence: number, { code, reason, details, retryAfterS }: GrpcRefusal): Buffer {
  const delay = retryAfterS === undefined ? '' : encodeMessage([[1, retryAfterS]])
  const nack = encodeMessage([
    [1, sequence],
    [2, code],
    [3, reason],
    [4, details],
    [5, delay],
  ])
  return encodeMessage([[3, nack]])
}

/** StreamResponse.closing */
export function closingEvent(message: string): Buffer {
  return encodeMessage([[4, encodeMessage([[1, message]])]])
}
