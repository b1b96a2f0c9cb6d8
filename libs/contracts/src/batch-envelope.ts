import type { ByteReader } from './avro/byte-reader.ts'
import type { ByteWriter } from './avro/byte-writer.ts'
import { contractErrors } from './errors.ts'
import type { BatchEnvelope, BatchSource, ReasonCount } from './metric-batch.ts'

const BATCH_ID_BYTES = 16
/** The least bytes of a ReasonCount. */
const REASON_BYTES = 2

/** The fields before `body`, in the schema's order. */
export function writeEnvelope(out: ByteWriter, envelope: BatchEnvelope): void {
  if (envelope.batchId.length !== BATCH_ID_BYTES) {
    throw contractErrors.encode_failed({
      record: 'MetricBatch',
      problem: `a batch id of ${envelope.batchId.length} bytes`,
    })
  }
  out.string(envelope.tenant)
  out.raw(envelope.batchId)
  out.long(envelope.configVersion)
  out.long(envelope.receivedAtMs)
  out.string(envelope.protocol)
  out.long(envelope.received)
  if (envelope.refused.length > 0) out.long(envelope.refused.length)
  for (const { reason, count } of envelope.refused) {
    out.string(reason)
    out.long(count)
  }
  out.byte(0)
  out.long(envelope.points)
  out.long(envelope.minTimeMs)
  out.long(envelope.maxTimeMs)
  writeSource(out, envelope.source)
  out.string(envelope.codec)
  out.byte(envelope.keyId === null ? 0 : 2)
  if (envelope.keyId !== null) out.string(envelope.keyId)
}

function writeSource(out: ByteWriter, source: BatchSource | null): void {
  out.byte(source === null ? 0 : 2)
  if (source === null) return
  out.string(source.topic)
  out.long(source.partition)
  out.long(source.offset)
  out.long(source.appendTimeMs)
  out.long(source.part)
  out.long(source.parts)
}

/** Leaves the reader at the body. @throws contracts.decode_failed */
export function readEnvelopeFields(reader: ByteReader): BatchEnvelope {
  return {
    tenant: reader.string(),
    batchId: Buffer.from(reader.raw(BATCH_ID_BYTES)),
    configVersion: reader.long(),
    receivedAtMs: reader.long(),
    protocol: reader.string(),
    received: reader.long(),
    refused: readReasons(reader),
    points: reader.long(),
    minTimeMs: reader.long(),
    maxTimeMs: reader.long(),
    source: isPresent(reader) ? readSource(reader) : null,
    codec: reader.string(),
    keyId: isPresent(reader) ? reader.string() : null,
  }
}

function readReasons(reader: ByteReader): ReasonCount[] {
  const reasons: ReasonCount[] = []
  for (let count = reader.arrayBlock(REASON_BYTES); count > 0; count = reader.arrayBlock(REASON_BYTES)) {
    const { blockEnd } = reader
    for (let index = 0; index < count; index++) reasons.push({ reason: reader.string(), count: reader.long() })
    reader.endBlock(blockEnd)
  }
  return reasons
}

function readSource(reader: ByteReader): BatchSource {
  return {
    topic: reader.string(),
    partition: reader.int(),
    offset: reader.long(),
    appendTimeMs: reader.long(),
    part: reader.int(),
    parts: reader.int(),
  }
}

/** Branch of a union with null first. */
function isPresent(reader: ByteReader): boolean {
  const branch = reader.long()
  if (branch !== 0 && branch !== 1) reader.fail('an unknown union branch')
  return branch === 1
}
