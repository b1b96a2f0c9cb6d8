export type { Batch, MetricRecord, Outcome, Rejection, Sink, WriteResult } from './sink.ts'
