export type {
  Batch,
  LogRecord,
  MetricRecord,
  Outcome,
  RecordEnvelope,
  RecordPosition,
  Rejection,
  Sink,
  SinkRecord,
  WriteResult,
} from './sink.ts'
export { runLogSink, runSink } from './run-sink.ts'
export type { SinkRunner, SinkRunnerOptions } from './run-sink.ts'
export { DEFAULT_SINK_LIMITS } from './sink-limits.ts'
export type { SinkLimits } from './sink-limits.ts'
export { SINK_METRICS } from './sink-metrics.ts'
export { sinkErrors } from './sink-errors.ts'
export { OffsetTracker } from './offset-tracker.ts'
export type { Ticket } from './offset-tracker.ts'
export { createLedgerWriter, LEDGER_TOPIC } from './ledger-writer.ts'
export type { LedgerWriter, LedgerWriterOptions } from './ledger-writer.ts'
export { createDeadLetterWriter, DEAD_LETTER_TOPIC } from './dead-letter-writer.ts'
export type { DeadLetterWriter, DeadLetterWriterOptions } from './dead-letter-writer.ts'
export { DeadLetterBook, settlementOf } from './dead-letters/dead-letter-book.ts'
export type { LetterSummary } from './dead-letters/dead-letter-book.ts'
export { keptRecord } from './kept-record.ts'
export {
  behindEnricher,
  fromReplay,
  REPLAY_TOPIC,
  throughEnricher,
  toReplay,
  toReprocessed,
} from './replay/replay-record.ts'
export type { ReplayNote } from './replay/replay-record.ts'
export { Pace } from './replay/pace.ts'
export { readCompacted } from './read-compacted.ts'
export type { ReadCompactedOptions } from './read-compacted.ts'
export { AUDIT_TOPIC, createAuditWriter } from './audit/audit-writer.ts'
export type { AuditAction, AuditOutcome, AuditWriter, AuditWriterOptions } from './audit/audit-writer.ts'
export { AuditVerifier } from './audit/audit-verifier.ts'
export type { AuditProblem, AuditVerdict } from './audit/audit-verifier.ts'
export { createTenantDirectory, parseTenantKey, TENANT_TOPIC, tenantKey } from './tenant-topic.ts'
export type { HostedTenantDirectory, TenantDirectoryOptions } from './tenant-topic.ts'
export { retry } from './processor-retry.ts'
export { pipelineErrors } from './processor-errors.ts'
export { OffsetCommitter } from './offset-tracker-commit.ts'
export type { OffsetCommitterOptions } from './offset-tracker-commit.ts'
export { runProcessor } from './processor.ts'
export { unreadable } from './processor-unreadable.ts'
export type { Unreadable } from './processor-unreadable.ts'
export type { Processor, ProcessorOptions, ProcessResult, RunningProcessor } from './processor-types.ts'
export { INGEST_TOPICS, METRICS_TOPIC } from './ledger-positions.ts'
export { LedgerBooks } from './ledger-books.ts'
export type { LedgerBooksOptions } from './ledger-books.ts'
export { answerFrom } from './ledger-answer.ts'
export { LedgerBook } from './ledger-book.ts'
export type { LedgerBookOptions } from './ledger-book.ts'
export { WINDOW_MS } from './ledger-window.ts'
export { isBalanced } from './ledger-types.ts'
export type {
  ExpiredRecords,
  LedgerAnswer,
  LedgerPositions,
  LedgerQuestion,
  LedgerReport,
  LedgerSnapshot,
  MissingPart,
  OffsetRange,
  SinkBalance,
  TenantBalance,
  WindowBalance,
} from './ledger-types.ts'
export { laneName, PARKED_TOPIC, parkedGroup } from './parking/parked-record.ts'
export type { LaneKey, ParkReason } from './parking/parked-record.ts'
export { ParkedFold } from './parking/parked-fold.ts'
export type { ParkedLaneState } from './parking/parked-fold.ts'
export { readParkedLanes, resumeLane } from './parking/parked-lanes.ts'
export type { ParkedLaneView, ReadParkedLanesOptions, ResumeRequest } from './parking/parked-lanes.ts'
