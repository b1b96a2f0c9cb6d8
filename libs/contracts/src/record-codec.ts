import { frameHeader } from './avro/framing.ts'
import { resolveFrame } from './avro/resolve.ts'
import { typeOf } from './avro/types.ts'
import type { AlertRecord, AnomalyRecord, DetectorStateRecord } from './detection-records.ts'
import { contractErrors } from './errors.ts'
import type { LedgerEntry } from './ledger.ts'
import type { LogBatch } from './log-batch.ts'
import type {
  AuditRecord,
  DeadLetterRecord,
  ParkedRecord,
  SchemaRecord,
  SinkStateRecord,
  TenantRecord,
} from './records.ts'
import type { SchemaLookup } from './schema-lookup.ts'
import { SCHEMAS } from './schemas.ts'

/** The in-memory form of each record but MetricBatch, which has a writer and a reader of its own. */
export interface RecordForms {
  readonly LogBatch: LogBatch
  readonly Tenant: TenantRecord
  readonly LedgerEntry: LedgerEntry
  readonly DeadLetter: DeadLetterRecord
  readonly Parked: ParkedRecord
  readonly Schema: SchemaRecord
  readonly SinkState: SinkStateRecord
  readonly Anomaly: AnomalyRecord
  readonly Alert: AlertRecord
  readonly DetectorState: DetectorStateRecord
  readonly AuditEvent: AuditRecord
}

export type PlainRecordName = keyof RecordForms

/** A framed record. @throws contracts.encode_failed when the value does not fit the schema */
export function encodeRecord<N extends PlainRecordName>(name: N, value: RecordForms[N]): Buffer {
  try {
    const body = typeOf(name).toBuffer(withBuffers(name, value))
    return Buffer.concat([frameHeader(SCHEMAS[name].fingerprint), body])
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw contractErrors.encode_failed({ record: name, problem }, error)
  }
}

/**
 * A framed record of the current, an older or a foreign schema.
 * @throws contracts.decode_failed, contracts.unknown_schema (retryable), contracts.incompatible_schema
 */
export function decodeRecord<N extends PlainRecordName>(
  name: N,
  bytes: Uint8Array,
  lookup?: SchemaLookup,
): RecordForms[N] {
  return resolveFrame(name, bytes, lookup) as RecordForms[N]
}

/** avsc takes Buffers only. These views copy nothing. */
function withBuffers(name: PlainRecordName, value: RecordForms[PlainRecordName]): unknown {
  if (name === 'DeadLetter') {
    const letter = value as DeadLetterRecord
    return { ...letter, ...sourceBuffers(letter) }
  }
  if (name === 'LogBatch') {
    const batch = value as LogBatch
    return { ...batch, batchId: asBuffer(batch.batchId) }
  }
  if (name === 'Parked') {
    const parked = value as ParkedRecord
    return { ...parked, ...sourceBuffers(parked) }
  }
  if (name === 'AuditEvent') {
    const event = value as AuditRecord
    return { ...event, previousHash: asBuffer(event.previousHash), hash: asBuffer(event.hash) }
  }
  if (name === 'DetectorState') {
    const state = value as DetectorStateRecord
    return { ...state, values: state.values.map(withStateBuffers) }
  }
  return value
}

function sourceBuffers({ key, value, headers }: Pick<ParkedRecord, 'key' | 'value' | 'headers'>): object {
  return {
    key: key === null ? null : asBuffer(key),
    value: asBuffer(value),
    headers: headers.map((header) => ({ key: header.key, value: asBuffer(header.value) })),
  }
}

function withStateBuffers(value: DetectorStateRecord['values'][number]): unknown {
  const buffer = (bytes: Uint8Array | null): Buffer | null => (bytes === null ? null : asBuffer(bytes))
  return {
    ...value,
    detector: buffer(value.detector),
    drift: buffer(value.drift),
    forecast: buffer(value.forecast),
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
