export { EXPORTED_TENANT_LABEL, isTenantId, PEGEL_TENANT, TENANT_ID, TENANT_LABEL } from './tenant-id.ts'
export { MAX_BATCH_BYTES, SIGNATURE_HEADER, TOPICS } from './topics.ts'
export type { TopicName, TopicSpec } from './topics.ts'
export { NO_RECORDED_VALUE } from './metric-batch.ts'
export type {
  Attribute,
  BatchEnvelope,
  BatchSource,
  ComplexPoint,
  Exemplar,
  ExponentialBuckets,
  ExponentialHistogramPoint,
  GroupIdentity,
  HistogramPoint,
  MetricKind,
  MetricPoints,
  PointColumns,
  PointGroup,
  PointsChunk,
  ReasonCount,
  Scope,
  SeriesIdentity,
  SeriesRun,
  SummaryPoint,
  Temporality,
} from './metric-batch.ts'
export type { LedgerEntry, LedgerRow, LedgerStage, SinkCounts } from './ledger.ts'
export type { DeadLetterRecord, DeadLetterRefusal, ParkedRecord, SchemaRecord, TenantRecord } from './records.ts'
