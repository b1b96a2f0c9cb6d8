// Made by `npm run generate` from schemas/log-batch.v1.avsc; do not edit.

export type LogBatchId = Uint8Array

export interface LogReasonCount {
  /** Stable snake_case code. */
  readonly reason: string
  /** Events. */
  readonly count: number
}

export interface LogAttribute {
  readonly key: string
  readonly value: string
}

export interface LogEvent {
  /** When it happened, ms since the Unix epoch. */
  readonly timeMs: number
  /** Nanoseconds within that ms. */
  readonly timeNs: number
  /** When a collector or Pegel saw it, ms since the Unix epoch; 0 when unknown. */
  readonly observedMs: number
  /** OpenTelemetry's SeverityNumber, 1 to 24; 0 when unknown. */
  readonly severity: number
  /** trace, debug, info, warn, error, fatal, or what the client wrote, in lower case. */
  readonly level: string
  readonly message: string
  /** 32 hexadecimal digits, or empty. */
  readonly traceId: string
  /** 16 hexadecimal digits, or empty. */
  readonly spanId: string
  /** Of the kind of event, where it has one; for example authentication_failed. */
  readonly name: string
  /** ECS event.category; Pegel's own events alone. */
  readonly category: string
  /** ECS event.outcome; Pegel's own events alone. */
  readonly outcome: string
  /** ECS source.ip; Pegel's own events alone. */
  readonly sourceAddress: string
  /** A log record's attributes, or a JSON line's metadata, as texts. */
  readonly attributes: readonly LogAttribute[]
}

/** Events of one service, resource and scope. An event's index counts through all groups of the record. */
export interface LogGroup {
  /** service.name; empty when unknown. */
  readonly service: string
  /** Resource attributes but service.name. */
  readonly resource: readonly LogAttribute[]
  readonly scopeName: string
  readonly scopeVersion: string
  readonly events: readonly LogEvent[]
}

/** Log events of ONE tenant, those of security among them. The fields before `groups` are what limits, ledger and routing read. */
export interface LogBatch {
  /** Tenant id, the same as the record's key; `pegel` for events with no known tenant. */
  readonly tenant: string
  /** Random bytes given by the writer. */
  readonly batchId: LogBatchId
  /** Version of the tenant's file that the gateway judged by; 0 for the tenant `pegel`, which has none. */
  readonly configVersion: number
  /** When the request arrived, ms since the Unix epoch. */
  readonly receivedAtMs: number
  /** How it came in, for example otlp_http, json, gateway. */
  readonly protocol: string
  /** Events that the client sent: those here and those refused. */
  readonly received: number
  /** Events refused before Kafka, by reason. */
  readonly refused: readonly LogReasonCount[]
  /** Events of all groups together. */
  readonly events: number
  readonly groups: readonly LogGroup[]
}

export const LOG_BATCH_SCHEMA = {
  name: "LogBatch",
  fullName: "pegel.v1.LogBatch",
  fingerprint: "f9f306b44f85f809",
  json: "{\"type\":\"record\",\"name\":\"LogBatch\",\"namespace\":\"pegel.v1\",\"doc\":\"Log events of ONE tenant, those of security among them. The fields before `groups` are what limits, ledger and routing read.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\",\"doc\":\"Tenant id, the same as the record's key; `pegel` for events with no known tenant.\"},{\"name\":\"batchId\",\"type\":{\"type\":\"fixed\",\"name\":\"LogBatchId\",\"size\":16},\"doc\":\"Random bytes given by the writer.\"},{\"name\":\"configVersion\",\"type\":\"long\",\"doc\":\"Version of the tenant's file that the gateway judged by; 0 for the tenant `pegel`, which has none.\",\"default\":0},{\"name\":\"receivedAtMs\",\"type\":\"long\",\"doc\":\"When the request arrived, ms since the Unix epoch.\",\"default\":0},{\"name\":\"protocol\",\"type\":\"string\",\"doc\":\"How it came in, for example otlp_http, json, gateway.\",\"default\":\"\"},{\"name\":\"received\",\"type\":\"long\",\"doc\":\"Events that the client sent: those here and those refused.\",\"default\":0},{\"name\":\"refused\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"LogReasonCount\",\"fields\":[{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\"},{\"name\":\"count\",\"type\":\"long\",\"doc\":\"Events.\"}]}},\"doc\":\"Events refused before Kafka, by reason.\",\"default\":[]},{\"name\":\"events\",\"type\":\"long\",\"doc\":\"Events of all groups together.\"},{\"name\":\"groups\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"LogGroup\",\"doc\":\"Events of one service, resource and scope. An event's index counts through all groups of the record.\",\"fields\":[{\"name\":\"service\",\"type\":\"string\",\"doc\":\"service.name; empty when unknown.\",\"default\":\"\"},{\"name\":\"resource\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"LogAttribute\",\"fields\":[{\"name\":\"key\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"string\"}]}},\"doc\":\"Resource attributes but service.name.\",\"default\":[]},{\"name\":\"scopeName\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"scopeVersion\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"events\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"LogEvent\",\"fields\":[{\"name\":\"timeMs\",\"type\":\"long\",\"doc\":\"When it happened, ms since the Unix epoch.\"},{\"name\":\"timeNs\",\"type\":\"int\",\"doc\":\"Nanoseconds within that ms.\",\"default\":0},{\"name\":\"observedMs\",\"type\":\"long\",\"doc\":\"When a collector or Pegel saw it, ms since the Unix epoch; 0 when unknown.\",\"default\":0},{\"name\":\"severity\",\"type\":\"int\",\"doc\":\"OpenTelemetry's SeverityNumber, 1 to 24; 0 when unknown.\",\"default\":0},{\"name\":\"level\",\"type\":\"string\",\"doc\":\"trace, debug, info, warn, error, fatal, or what the client wrote, in lower case.\",\"default\":\"\"},{\"name\":\"message\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"traceId\",\"type\":\"string\",\"doc\":\"32 hexadecimal digits, or empty.\",\"default\":\"\"},{\"name\":\"spanId\",\"type\":\"string\",\"doc\":\"16 hexadecimal digits, or empty.\",\"default\":\"\"},{\"name\":\"name\",\"type\":\"string\",\"doc\":\"Of the kind of event, where it has one; for example authentication_failed.\",\"default\":\"\"},{\"name\":\"category\",\"type\":\"string\",\"doc\":\"ECS event.category; Pegel's own events alone.\",\"default\":\"\"},{\"name\":\"outcome\",\"type\":\"string\",\"doc\":\"ECS event.outcome; Pegel's own events alone.\",\"default\":\"\"},{\"name\":\"sourceAddress\",\"type\":\"string\",\"doc\":\"ECS source.ip; Pegel's own events alone.\",\"default\":\"\"},{\"name\":\"attributes\",\"type\":{\"type\":\"array\",\"items\":\"LogAttribute\"},\"doc\":\"A log record's attributes, or a JSON line's metadata, as texts.\",\"default\":[]}]}}}]}}}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
