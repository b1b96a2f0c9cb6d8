import { frameHeader, readFrame } from './avro/framing.ts'
import { resolveFrame } from './avro/resolve.ts'
import { typeOf } from './avro/types.ts'
import type { AlertRecord, AnomalyRecord, DetectorStateRecord } from './detection-records.ts'
import type { AlertActionRecord, AlertStateRecord, StoredGroup } from './alert-records.ts'
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
  readonly AlertAction: AlertActionRecord
  readonly AlertState: AlertStateRecord
  readonly DetectorState: DetectorStateRecord
  readonly AuditEvent: AuditRecord
}

export type PlainRecordName = keyof RecordForms

/** A framed record. @throws contracts.encode_failed when the value does not fit the schema */
export function encodeRecord<N extends PlainRecordName>(name: N, value: RecordForms[N]): Buffer {
  try {
    return encodeFrame(name, withBuffers(name, value))
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw contractErrors.encode_failed({ record: name, problem }, error)
  }
}

/** Most records fit: they are written once, the others twice, since a size is only known by writing. */
const USUAL_BYTES = 1024

/** A large frame has its memory to itself. */
function encodeFrame(name: PlainRecordName, value: unknown): Buffer {
  const [type, head] = [typeOf(name), frameHeader(SCHEMAS[name].fingerprint)]
  let frame = Buffer.allocUnsafe(head.length + USUAL_BYTES)
  let end = type.encode(value, frame, head.length)
  if (end < 0) {
    // So many bytes short.
    frame = Buffer.allocUnsafeSlow(frame.length - end)
    end = type.encode(value, frame, head.length)
  }
  head.copy(frame)
  return frame.subarray(0, end)
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

/**
 * Which of these a framed record is, for topics that hold several. Undefined: another one.
 * @throws contracts.decode_failed, contracts.unknown_schema (retryable)
 */
export function recordNameOf<N extends PlainRecordName>(
  names: readonly N[],
  bytes: Uint8Array,
  lookup?: SchemaLookup,
): N | undefined {
  const { fingerprint, registryId } = readFrame(bytes)
  const known = names.find((name) => fingerprint !== null && isOwn(name, fingerprint))
  if (known !== undefined) return known
  const json = fingerprint === null ? lookup?.byRegistryId?.(registryId ?? 0) : lookup?.byFingerprint(fingerprint)
  if (json === undefined)
    throw contractErrors.unknown_schema({
      schema: fingerprint ?? `registry id ${registryId ?? 0}`,
      record: names.join(),
    })
  const { name, namespace = '' } = JSON.parse(json) as { readonly name: string; readonly namespace?: string }
  return names.find((each) => SCHEMAS[each].fullName === (namespace === '' ? name : `${namespace}.${name}`))
}

function isOwn(name: PlainRecordName, fingerprint: string): boolean {
  return SCHEMAS[name].fingerprint === fingerprint || fingerprint in SCHEMAS[name].history
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
  if (name === 'AlertState') {
    const state = value as AlertStateRecord
    return state.group === null ? state : { ...state, group: withGroupBuffers(state.group) }
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

function withGroupBuffers(group: StoredGroup): unknown {
  const buffers = <T extends { readonly firing: Uint8Array; readonly resolved: Uint8Array }>(item: T): T => ({
    ...item,
    firing: asBuffer(item.firing),
    resolved: asBuffer(item.resolved),
  })
  return { ...group, told: group.told.map(buffers), pending: group.pending.map(buffers) }
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
