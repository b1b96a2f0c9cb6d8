import { ByteReader } from './avro/byte-reader.ts'
import { FRAME_BYTES, hasHeader } from './avro/framing.ts'
import { readEnvelopeFields } from './batch-envelope.ts'
import { contractErrors } from './errors.ts'
import { translateBatch } from './foreign-batch.ts'
import type { BatchEnvelope } from './metric-batch.ts'
import { PointsReader } from './points-reader.ts'
import type { ReadPoints } from './read-points.ts'
import { RunScanner } from './run-scanner.ts'
import type { SchemaLookup } from './schema-lookup.ts'
import { BATCH_HEADER } from './seal-batch.ts'

const POINTS = 0
const SEALED = 1

/** A batch that was read. Views into the record: it stays in memory as long as they do. */
export interface ReadBatch {
  readonly envelope: BatchEnvelope
  readonly points: ReadPoints
}

/** A batch that can be walked over, once. */
export interface ScannedBatch {
  readonly envelope: BatchEnvelope
  readonly runs: RunScanner
}

/**
 * The envelope of a framed MetricBatch; the points are not touched. Records of the current schema are read directly,
 * those of another schema through it, found by `lookup`.
 * @throws contracts.decode_failed; contracts.unknown_schema (retryable); contracts.incompatible_schema
 */
export function readEnvelope(value: Uint8Array, lookup?: SchemaLookup): BatchEnvelope {
  return readEnvelopeFields(open(value, lookup))
}

/**
 * A framed MetricBatch with a clear body.
 * @throws as readEnvelope; contracts.sealed_body when the points are encrypted
 */
export function readBatch(value: Uint8Array, lookup?: SchemaLookup): ReadBatch {
  const { envelope, reader } = openPoints(value, lookup)
  const points = new PointsReader(reader, envelope.points).read()
  reader.atEnd()
  return { envelope, points }
}

/**
 * As readBatch(), for whoever walks over the runs as they lie there: what is wrong with them shows on the way.
 * @throws as readEnvelope; contracts.sealed_body when the points are encrypted
 */
export function scanBatch(value: Uint8Array, lookup?: SchemaLookup): ScannedBatch {
  const { envelope, reader } = openPoints(value, lookup)
  return { envelope, runs: new RunScanner(reader) }
}

function openPoints(value: Uint8Array, lookup: SchemaLookup | undefined) {
  const reader = open(value, lookup)
  const envelope = readEnvelopeFields(reader)
  const branch = reader.long()
  if (branch === SEALED) throw contractErrors.sealed_body({ keyId: envelope.keyId ?? '' })
  if (branch !== POINTS) reader.fail('an unknown union branch')
  return { envelope, reader }
}

function open(value: Uint8Array, lookup: SchemaLookup | undefined): ByteReader {
  if (hasHeader(value, BATCH_HEADER)) return new ByteReader(value, { record: 'MetricBatch', start: FRAME_BYTES })
  return new ByteReader(translateBatch(value, lookup), { record: 'MetricBatch' })
}
