import type { ReasonCount } from './metric-batch.ts'

export type LedgerStage = 'gateway' | 'enricher' | 'sink' | 'replay'

/** Outcome counts of one source record at a sink, in source data points. */
export interface SinkCounts {
  readonly delivered: number
  readonly alreadyPresent: number
  readonly collapsed: number
  readonly collided: number
  readonly unsupported: number
  readonly notRouted: number
  readonly deadLettered: number
  readonly parked: number
  readonly expired: number
  readonly tenantDeleted: number
}

export const NO_COUNTS: SinkCounts = {
  delivered: 0,
  alreadyPresent: 0,
  collapsed: 0,
  collided: 0,
  unsupported: 0,
  notRouted: 0,
  deadLettered: 0,
  parked: 0,
  expired: 0,
  tenantDeleted: 0,
}

/** The outcomes as metrics and texts name them. */
export const OUTCOME_NAMES: Readonly<Record<keyof SinkCounts, string>> = {
  delivered: 'delivered',
  alreadyPresent: 'already_present',
  collapsed: 'collapsed',
  collided: 'collided',
  unsupported: 'unsupported',
  notRouted: 'not_routed',
  deadLettered: 'dead_lettered',
  parked: 'parked',
  expired: 'expired',
  tenantDeleted: 'tenant_deleted',
}

/** Key: (stage, sink, topic, partition, offset, part); topic, partition and offset are those of the ingest record. Readers keep the last per key. */
export interface LedgerRow {
  readonly tenant: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly part: number
  /** How many parts the source record has; 0 when the record was dead-lettered whole at the enricher. */
  readonly parts: number
  /** LogAppendTime of the ingest record. */
  readonly appendTimeMs: number
  readonly configVersion: number
  /**
   * Enricher: points the clients sent (part 0 carries it, others 0). Sinks: 0. Gateway: points of a minute that may be in Kafka though
   * the client got no success; its rows name no record, their offset is the minute.
   */
  readonly received: number
  /** Points of this part in `metrics`. */
  readonly produced: number
  /** Enricher: refused at the gateway and at the enricher, by reason. */
  readonly refused: readonly ReasonCount[]
  /** Enricher: dropped by the tenant's rules, by rule. */
  readonly dropped: readonly ReasonCount[]
  /** Sinks; null at the enricher. */
  readonly counts: SinkCounts | null
  /** Records (not points) that could not be decoded or verified: counted beside the balance. */
  readonly unreadable: number
  /** Enricher: points of a deleted tenant. */
  readonly tenantDeleted: number
  /** Sinks: ms from the earliest receive time of the record to its outcome, for freshness. */
  readonly latencyMs: number
  /** The replay that wrote this row; empty on the record's first way. */
  readonly replayId: string
  /** Of a record that went through the enricher again, by a newer version of the tenant's file: beside the balance of its first way. */
  readonly reprocessed: boolean
}

/** The counts of a row that books nothing. */
export const NOTHING_BOOKED = {
  received: 0,
  produced: 0,
  refused: [],
  dropped: [],
  counts: null,
  unreadable: 0,
  tenantDeleted: 0,
  latencyMs: 0,
  replayId: '',
  reprocessed: false,
} as const satisfies Partial<LedgerRow>

export interface LedgerEntry {
  readonly stage: LedgerStage
  /** Sink name, or empty at the gateway and the enricher. */
  readonly sink: string
  readonly instance: string
  readonly writtenAtMs: number
  readonly rows: readonly LedgerRow[]
}
