import { ALERT_ACTION_SCHEMA } from './generated/alert-action.generated.ts'
import { ALERT_STATE_SCHEMA } from './generated/alert-state.generated.ts'
import { ALERT_SCHEMA } from './generated/alert.generated.ts'
import { ANOMALY_SCHEMA } from './generated/anomaly.generated.ts'
import { AUDIT_EVENT_SCHEMA } from './generated/audit-event.generated.ts'
import { DEAD_LETTER_SCHEMA } from './generated/dead-letter.generated.ts'
import { DETECTOR_STATE_SCHEMA } from './generated/detector-state.generated.ts'
import { LEDGER_ENTRY_SCHEMA } from './generated/ledger-entry.generated.ts'
import { LOG_BATCH_SCHEMA } from './generated/log-batch.generated.ts'
import { METRIC_BATCH_SCHEMA } from './generated/metric-batch.generated.ts'
import { PARKED_SCHEMA } from './generated/parked.generated.ts'
import { SCHEMA_SCHEMA } from './generated/schema.generated.ts'
import { SINK_STATE_SCHEMA } from './generated/sink-state.generated.ts'
import { TENANT_SCHEMA } from './generated/tenant.generated.ts'

/** A record's current schema. */
export interface RecordSchema {
  readonly name: RecordName
  readonly fullName: string
  /** CRC-64-AVRO of the Parsing Canonical Form: 16 hexadecimal digits, most significant first; the key in `pegel.schemas.v1`. */
  readonly fingerprint: string
  readonly json: string
  /** Older schemas of the record as JSON, by fingerprint. They are always readable. */
  readonly history: Readonly<Record<string, string>>
}

export type RecordName =
  | 'MetricBatch'
  | 'LogBatch'
  | 'Tenant'
  | 'LedgerEntry'
  | 'DeadLetter'
  | 'Parked'
  | 'Schema'
  | 'SinkState'
  | 'Anomaly'
  | 'Alert'
  | 'AlertAction'
  | 'AlertState'
  | 'DetectorState'
  | 'AuditEvent'

/** Every record that Pegel writes to Kafka. */
export const SCHEMAS: Readonly<Record<RecordName, RecordSchema>> = {
  MetricBatch: METRIC_BATCH_SCHEMA,
  LogBatch: LOG_BATCH_SCHEMA,
  Tenant: TENANT_SCHEMA,
  LedgerEntry: LEDGER_ENTRY_SCHEMA,
  DeadLetter: DEAD_LETTER_SCHEMA,
  Parked: PARKED_SCHEMA,
  Schema: SCHEMA_SCHEMA,
  SinkState: SINK_STATE_SCHEMA,
  Anomaly: ANOMALY_SCHEMA,
  Alert: ALERT_SCHEMA,
  AlertAction: ALERT_ACTION_SCHEMA,
  AlertState: ALERT_STATE_SCHEMA,
  DetectorState: DETECTOR_STATE_SCHEMA,
  AuditEvent: AUDIT_EVENT_SCHEMA,
}
