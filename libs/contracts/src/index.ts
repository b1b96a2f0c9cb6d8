export { EXPORTED_TENANT_LABEL, isTenantId, PEGEL_TENANT, TENANT_ID, TENANT_LABEL } from './tenant-id.ts'
export { INFLUX_MEASUREMENT } from './influx-names.ts'
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
export { forEachRun, ReadPoints } from './read-points.ts'
export { readBatch, readEnvelope, scanBatch } from './read-batch.ts'
export type { ReadBatch, ScannedBatch } from './read-batch.ts'
export { RunCopier } from './run-copier.ts'
export type { CopiedSeries } from './run-copier.ts'
export type { RunScanner } from './run-scanner.ts'
export { sealBatch, sealInPlace } from './seal-batch.ts'
export type { BatchHead } from './seal-batch.ts'
export { isFractional } from './complex-points-writer.ts'
export { ChunkMarks, ChunkTemplate } from './chunk-template.ts'
export { NO_FINGERPRINT, POINT_BRANCH, PointsWriter } from './points-writer.ts'
export type { PointMarks } from './point-marks.ts'
export type { SeriesStart, SlabSeries } from './points-writer.ts'
export { encodeGroupBlock, encodeSeriesBlock, kindOfSeriesBlock, parseGroupBlock, parseSeriesBlock } from './blocks.ts'
export { isRepresentableTime, MAX_TIME_MS } from './time.ts'
export { fingerprintHex, fingerprintKey, fingerprintOf, identityBytes, xxh64 } from './fingerprint.ts'
export type { Fingerprint } from './fingerprint.ts'
export { ContractError, contractErrors } from './errors.ts'
export { decodeRecord, encodeRecord, recordNameOf } from './record-codec.ts'
export type { PlainRecordName, RecordForms } from './record-codec.ts'
export type { SchemaLookup } from './schema-lookup.ts'
export { SCHEMAS } from './schemas.ts'
export type { RecordName, RecordSchema } from './schemas.ts'
export { ARENA_FIELDS, BlockArena } from './block-arena.ts'
export type { ArenaKey } from './block-arena.ts'
export { Slab } from './slab.ts'
export { equalWords, hashOf, readWords } from './words.ts'
export type { Viewed } from './words.ts'
export { SeriesCache } from './series-cache.ts'
export type { SeriesCacheOptions } from './series-cache.ts'
export { attributeValueToString } from './attribute-value.ts'
export type { AttributeValue } from './attribute-value.ts'
export { PROMETHEUS_SCOPE } from './prometheus-scope.ts'
export { isStaleNaN, STALE_NAN_HI, STALE_NAN_LO, writeStaleNaN } from './stale-nan.ts'
export type { LogBatch, LogEvent, LogGroup } from './log-batch.ts'
export { NO_COUNTS, NOTHING_BOOKED, OUTCOME_NAMES } from './ledger.ts'
export type { LedgerEntry, LedgerRow, LedgerStage, SinkCounts } from './ledger.ts'
export type {
  AuditParameter,
  AuditRecord,
  DeadLetterRecord,
  DeadLetterRefusal,
  KeptHeader,
  ParkedKind,
  ParkedRecord,
  SchemaRecord,
  SinkStateRecord,
  TenantRecord,
} from './records.ts'
export type {
  AlertEvidence,
  AlertForecast,
  AlertRecord,
  AnomalyForecast,
  AnomalyRecord,
  DerivedState,
  DetectorStateRecord,
  FirstMover,
  OpenAnomaly,
} from './detection-records.ts'
export type {
  Acknowledge,
  AlertActionRecord,
  AlertStateRecord,
  Heartbeat,
  PendingSend,
  Resolve,
  SetOverride,
  SetSilence,
  SilenceMatcher,
  StoredAcknowledgement,
  StoredAlert,
  StoredEscalation,
  StoredGroup,
  StoredOverride,
  StoredSettings,
  StoredSilence,
  ToldTarget,
} from './alert-records.ts'
export { INGEST_DESCRIPTORS } from './generated/ingest-proto.generated.ts'
