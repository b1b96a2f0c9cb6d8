/** The topic table: what exists, how it is kept, created at start by whoever needs it. Names are `pegel.<what>.v<major>`. */
export type TopicName =
  | 'pegel.ingest.v1'
  | 'pegel.ingest-direct.v1'
  | 'pegel.metrics.v1'
  | 'pegel.events.v1'
  | 'pegel.parked.v1'
  | 'pegel.anomalies.v1'
  | 'pegel.alerts.v1'
  | 'pegel.alert-state.v1'
  | 'pegel.detector-state.v1'
  | 'pegel.sink-state.v1'
  | 'pegel.tenants.v1'
  | 'pegel.schemas.v1'
  | 'pegel.ledger.v1'
  | 'pegel.dead-letters.v1'
  | 'pegel.audit.v1'
  | 'pegel.replay.v1'

export interface TopicSpec {
  readonly name: TopicName
  /** `data`: the fixed, equal partition count of the data topics; a number: just that many. */
  readonly partitions: 'data' | number
  readonly cleanup: 'delete' | 'compact'
  /** Days; `retention` means MONITORING_RETENTION_DAYS. Absent on compacted topics. */
  readonly retentionDays?: number | 'retention'
  readonly maxMessageBytes: number
  readonly timestampType: 'LogAppendTime' | 'CreateTime'
  /** What a record is and what its key is, for the reference page. */
  readonly value: string
  readonly key: string
}

const MIB = 1024 * 1024
const data = {
  partitions: 'data',
  cleanup: 'delete',
  retentionDays: 7,
  maxMessageBytes: MIB,
  timestampType: 'LogAppendTime',
  key: 'tenant',
} as const
const compact = { cleanup: 'compact', maxMessageBytes: MIB, timestampType: 'LogAppendTime' } as const

export const TOPICS: readonly TopicSpec[] = [
  { name: 'pegel.ingest.v1', ...data, value: 'MetricBatch' },
  { name: 'pegel.ingest-direct.v1', ...data, value: 'MetricBatch, signed (header pegel-signature)' },
  { name: 'pegel.metrics.v1', ...data, value: 'MetricBatch, isolated and enriched' },
  { name: 'pegel.events.v1', ...data, value: 'LogBatch: logs and security events' },
  {
    name: 'pegel.parked.v1',
    ...data,
    retentionDays: 'retention',
    maxMessageBytes: 4 * MIB,
    value: 'Parked: source records of parked lanes',
  },
  {
    name: 'pegel.sink-state.v1',
    ...compact,
    partitions: 'data',
    value: 'cumulative totals of delta series',
    key: 'sink, tenant, fingerprint',
  },
  { name: 'pegel.anomalies.v1', ...data, value: 'Anomaly: one opens or is resolved' },
  { name: 'pegel.alerts.v1', ...data, value: 'Alert and AlertAction: all that the alert-router acts on' },
  {
    name: 'pegel.alert-state.v1',
    ...compact,
    partitions: 'data',
    // A group of thousands of alerts that many channels were told of.
    maxMessageBytes: 4 * MIB,
    value: 'AlertState: alerts, groups and settings of the alert-router, with the source offset; transactional',
    key: 'tenant, kind, id',
  },
  {
    name: 'pegel.detector-state.v1',
    ...compact,
    partitions: 'data',
    value: 'DetectorState: what is learned of a series, with its source offset',
    key: 'tenant, fingerprint',
  },
  {
    name: 'pegel.tenants.v1',
    ...compact,
    partitions: 1,
    value: 'Tenant: one version of a tenant file',
    key: 'tenant@version',
  },
  { name: 'pegel.schemas.v1', ...compact, partitions: 1, value: 'Schema: an Avro schema', key: 'fingerprint, hex' },
  {
    name: 'pegel.ledger.v1',
    partitions: 'data',
    cleanup: 'delete',
    retentionDays: 'retention',
    maxMessageBytes: MIB,
    timestampType: 'LogAppendTime',
    value: 'LedgerEntry',
    key: 'stage, sink',
  },
  {
    name: 'pegel.dead-letters.v1',
    partitions: 'data',
    cleanup: 'delete',
    retentionDays: 'retention',
    maxMessageBytes: 4 * MIB,
    timestampType: 'LogAppendTime',
    value: 'DeadLetter',
    key: 'tenant',
  },
  {
    name: 'pegel.replay.v1',
    ...data,
    retentionDays: 'retention',
    value: 'MetricBatch or LogBatch: source records that a sink is to write again',
  },
  {
    name: 'pegel.audit.v1',
    // One: the order of all events, and what a new chain begins at, are then beyond doubt.
    partitions: 1,
    cleanup: 'delete',
    retentionDays: 400,
    maxMessageBytes: MIB,
    timestampType: 'LogAppendTime',
    value: 'AuditEvent: who did what, in one hash chain per writer',
    key: 'tenant',
  },
]

/** A record is split when its uncompressed value would pass this. */
export const MAX_BATCH_BYTES = 512 * 1024

/** Header of `ingest-direct`: base64 Ed25519 signature over key bytes, then value bytes. */
export const SIGNATURE_HEADER = 'pegel-signature'
