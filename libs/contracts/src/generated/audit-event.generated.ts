// Made by `npm run generate` from schemas/audit-event.v1.avsc; do not edit.

export type Sha256 = Uint8Array

export interface AuditParameter {
  readonly name: string
  readonly value: string
}

/** Who did what, when, and how it ended. The events of one writer are a chain: each holds the hash of the one before. */
export interface AuditEvent {
  /** Of one chain: the service and a random part. */
  readonly writer: string
  /** Within the chain, from 0. */
  readonly sequence: number
  /** Of the event before in the chain; at 0: of the newest event of the topic when the chain began, or zeros when there was none. */
  readonly previousHash: Sha256
  /** By the writer's clock, ms since the Unix epoch. */
  readonly atMs: number
  /** The program that did it. */
  readonly service: string
  /** Who asked for it. */
  readonly actor: string
  /** The host that it was asked from. */
  readonly origin: string
  /** Stable name, for example tenants.update. */
  readonly action: string
  /** `pegel` when it is about no single tenant. */
  readonly tenant: string
  /** What it was done to. */
  readonly target: string
  readonly parameters: readonly AuditParameter[]
  /** started, succeeded, failed or refused. */
  readonly outcome: string
  /** How it ended, in a sentence. */
  readonly message: string
  /** SHA-256 of all bytes of this value before this field, the frame included. It stays the last field. */
  readonly hash: Sha256
}

export const AUDIT_EVENT_SCHEMA = {
  name: "AuditEvent",
  fullName: "pegel.v1.AuditEvent",
  fingerprint: "7b74b4949693ddb3",
  json: "{\"type\":\"record\",\"name\":\"AuditEvent\",\"namespace\":\"pegel.v1\",\"doc\":\"Who did what, when, and how it ended. The events of one writer are a chain: each holds the hash of the one before.\",\"fields\":[{\"name\":\"writer\",\"type\":\"string\",\"doc\":\"Of one chain: the service and a random part.\"},{\"name\":\"sequence\",\"type\":\"long\",\"doc\":\"Within the chain, from 0.\"},{\"name\":\"previousHash\",\"type\":{\"type\":\"fixed\",\"name\":\"Sha256\",\"size\":32},\"doc\":\"Of the event before in the chain; at 0: of the newest event of the topic when the chain began, or zeros when there was none.\"},{\"name\":\"atMs\",\"type\":\"long\",\"doc\":\"By the writer's clock, ms since the Unix epoch.\"},{\"name\":\"service\",\"type\":\"string\",\"doc\":\"The program that did it.\"},{\"name\":\"actor\",\"type\":\"string\",\"doc\":\"Who asked for it.\"},{\"name\":\"origin\",\"type\":\"string\",\"doc\":\"The host that it was asked from.\",\"default\":\"\"},{\"name\":\"action\",\"type\":\"string\",\"doc\":\"Stable name, for example tenants.update.\"},{\"name\":\"tenant\",\"type\":\"string\",\"doc\":\"`pegel` when it is about no single tenant.\"},{\"name\":\"target\",\"type\":\"string\",\"doc\":\"What it was done to.\",\"default\":\"\"},{\"name\":\"parameters\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"AuditParameter\",\"fields\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"string\"}]}},\"default\":[]},{\"name\":\"outcome\",\"type\":\"string\",\"doc\":\"started, succeeded, failed or refused.\"},{\"name\":\"message\",\"type\":\"string\",\"doc\":\"How it ended, in a sentence.\",\"default\":\"\"},{\"name\":\"hash\",\"type\":\"Sha256\",\"doc\":\"SHA-256 of all bytes of this value before this field, the frame included. It stays the last field.\"}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {} as Readonly<Record<string, string>>,
} as const
