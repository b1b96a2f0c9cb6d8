/** TypeScript forms of the other Avro records in schemas/. */
export type { AuditEvent as AuditRecord, AuditParameter } from './generated/audit-event.generated.ts'

/** One version of a tenant's file, key `tenant@version`. The settings travel as the YAML source, validated before it was published. */
export interface TenantRecord {
  readonly tenant: string
  readonly version: number
  readonly deleted: boolean
  readonly yaml: string
  readonly appliedAtMs: number
}

export interface DeadLetterRefusal {
  /** Index of the point in the source record; -1 for the whole record. */
  readonly point: number
  readonly reason: string
  readonly message: string
}

/** A header of a source record that is kept with it. */
export interface KeptHeader {
  readonly key: string
  readonly value: Uint8Array
}

/** One per source record: its original value once, the refused indices with reasons. Or that it is settled. */
export interface DeadLetterRecord {
  readonly tenant: string
  readonly stage: string
  readonly sink: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array
  readonly refusals: readonly DeadLetterRefusal[]
  readonly failedAtMs: number
  /** LogAppendTime of the source record; 0 when not known. */
  readonly timestampMs: number
  readonly headers: readonly KeptHeader[]
  /** Empty in a letter; `replayed` or `dropped` says that the letter of this source record needs nobody any more. */
  readonly settled: string
  /** The replay that wrote this; empty on the record's first way. */
  readonly replayId: string
}

/** What a record of the parked topic is. */
export type ParkedKind = 'record' | 'fence' | 'stop' | 'resume' | 'drained'

/** A source record of a parked lane, unchanged; or, by its kind, what became of the lane. */
export interface ParkedRecord {
  readonly sink: string
  readonly tenant: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestampMs: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array
  readonly headers: readonly KeptHeader[]
  readonly reason: string
  readonly parkedAtMs: number
  /** A `ParkedKind`, or one of a newer program. */
  readonly kind: string
  /** The assignment that wrote it; empty for an operator. */
  readonly owner: string
  /** Of the owner's fence: the highest one holds. */
  readonly seq: number
  /** stop: what was refused. resume: reasons that may become dead letters until the lane is drained, by comma. */
  readonly detail: string
  /** record: its points. drained: points still parked. */
  readonly points: number
  /** drained: records still parked; none ends the parking. */
  readonly records: number
  /** drained: bytes still parked, of source values. */
  readonly sizeBytes: number
  /** drained: the lane's records before this offset of the parked topic have their outcome. */
  readonly upTo: number
}

/** An Avro schema, key: its CRC-64-AVRO fingerprint in hex. */
export interface SchemaRecord {
  readonly fingerprint: string
  readonly name: string
  readonly schema: string
  readonly publishedAtMs: number
}

/** The running total of one delta series at a sink that needs cumulative values. */
export interface SinkStateRecord {
  readonly sink: string
  readonly tenant: string
  readonly fingerprint: string
  readonly digest: string
  readonly shape: string
  readonly values: readonly number[]
  readonly lastTimeMs: number
  readonly lastTimeNs: number
  readonly marks: readonly {
    readonly topic: string
    readonly partition: number
    readonly offset: number
    readonly part: number
  }[]
}
