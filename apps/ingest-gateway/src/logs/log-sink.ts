import type { Attribute } from '@pegel/contracts'
import type { Instant } from '../ingest/point-sink.ts'
import type { LogRefusal } from './log-refusals.ts'

/** What the log records of a group share. */
export interface LogOrigin {
  /** service.name; empty when unknown. */
  readonly service: string
  /** Resource attributes but service.name. */
  readonly resource: readonly Attribute[]
  readonly scopeName: string
  readonly scopeVersion: string
}

/** A decoded log record. */
export interface DecodedLog {
  /** When it happened; 0, 0 when the client did not say. */
  readonly time: Instant
  /** When a collector saw it; 0, 0 when nobody said. */
  readonly observed: Instant
  /** OpenTelemetry's SeverityNumber, 0 when unknown. */
  readonly severity: number
  /** As the client wrote it. */
  readonly severityText: string
  readonly message: string
  readonly name: string
  /** Hexadecimal digits; an id of another length than OpenTelemetry's counts as none. */
  readonly traceId: string
  readonly spanId: string
  readonly attributes: readonly Attribute[]
}

/** What a decoder tells of a request with logs, in the order of the request. */
export interface LogSink {
  /** True when no more is taken: what follows is to be refused unread. */
  readonly isFull: boolean
  /** The following log records come from here. */
  group(origin: LogOrigin): void
  /** Why it was refused; undefined when it was taken. */
  log(log: DecodedLog): LogRefusal | undefined
  /** A log record that could not be read, while its neighbours can. */
  refuse(reason: LogRefusal, count?: number): void
}
