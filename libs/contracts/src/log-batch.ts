import type { Attribute, ReasonCount } from './metric-batch.ts'

/** Log events of ONE tenant (schemas/log-batch.v1.avsc): the record of `pegel.events.v1`. */
export interface LogBatch {
  readonly tenant: string
  /** 16 random bytes. */
  readonly batchId: Uint8Array
  /** Version of the tenant's file that the gateway judged by; 0 for the tenant `pegel`, which has none. */
  readonly configVersion: number
  readonly receivedAtMs: number
  /** For example `otlp_http`, `json`, `gateway`. */
  readonly protocol: string
  /** Events that the client sent: those here and those refused. */
  readonly received: number
  readonly refused: readonly ReasonCount[]
  /** Events of all groups together. */
  readonly events: number
  readonly groups: readonly LogGroup[]
}

/** Events of one service, resource and scope. */
export interface LogGroup {
  /** service.name; empty when unknown. */
  readonly service: string
  /** Resource attributes but service.name. */
  readonly resource: readonly Attribute[]
  readonly scopeName: string
  readonly scopeVersion: string
  readonly events: readonly LogEvent[]
}

export interface LogEvent {
  /** When it happened, ms since the epoch, and the nanoseconds within. */
  readonly timeMs: number
  readonly timeNs: number
  /** When a collector or Pegel saw it, ms since the epoch; 0 when unknown. */
  readonly observedMs: number
  /** OpenTelemetry's SeverityNumber, 1 to 24; 0 when unknown. */
  readonly severity: number
  /** trace, debug, info, warn, error, fatal, or what the client wrote, in lower case. */
  readonly level: string
  readonly message: string
  /** 32 and 16 hexadecimal digits, or empty. */
  readonly traceId: string
  readonly spanId: string
  /** Of the kind of event, where it has one. */
  readonly name: string
  /** ECS event.category, event.outcome and source.ip; Pegel's own events alone. */
  readonly category: string
  readonly outcome: string
  readonly sourceAddress: string
  readonly attributes: readonly Attribute[]
}
