import type { SinkCounts } from '@pegel/contracts'

/** Offsets from (inclusive) to (exclusive) of an ingest partition. */
export interface OffsetRange {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
}

/** How far Kafka and the consumers are; taken before the end of the ledger was read, see `foldLedger`. */
export interface LedgerPositions {
  /** Ingest partitions: what is there and what the enricher has committed (-1: nothing). */
  readonly ingest: readonly {
    readonly topic: string
    readonly partition: number
    readonly earliest: number
    readonly latest: number
    readonly committed: number
  }[]
  /**
   * Per sink, partitions of `metrics` in which it has committed everything that was there when `ingest` was taken.
   * A sink that is not named here has no partition finished; one that is named takes part, whether it has written rows or not.
   */
  readonly finished: ReadonlyMap<string, ReadonlySet<number>>
}

export interface LedgerQuestion {
  readonly positions: LedgerPositions
  /** Windows that begin earlier are left out. */
  readonly sinceMs: number
  readonly nowMs: number
  /** Only this tenant; all when undefined. */
  readonly tenant?: string
  /** Only these sinks; all that take part when undefined. */
  readonly sinks?: readonly string[]
}

export interface SinkBalance extends SinkCounts {
  readonly sink: string
  readonly produced: number
  /** Produced and without an outcome yet. In a closed window that is missing. */
  readonly inFlight: number
  /** When the oldest of these was appended to `ingest`, ms since the epoch; null when none is in flight. */
  readonly oldestInFlightMs: number | null
  /** Slowest way from receipt to outcome, ms. */
  readonly maxLatencyMs: number
  /** Points in closed windows that the books do not account for, or account for twice. */
  readonly unbalanced: number
}

export interface TenantBalance {
  readonly tenant: string
  readonly records: number
  readonly received: number
  readonly produced: number
  readonly dropped: number
  readonly refused: number
  readonly tenantDeleted: number
  /** Records, not points. */
  readonly unreadable: number
  readonly droppedBy: Readonly<Record<string, number>>
  readonly refusedBy: Readonly<Record<string, number>>
  /** received - produced - dropped - refused - tenantDeleted. */
  readonly unbalanced: number
  readonly sinks: readonly SinkBalance[]
}

export interface WindowBalance {
  /** Start of the minute. */
  readonly startMs: number
  readonly closed: boolean
  readonly balanced: boolean
  readonly tenants: readonly TenantBalance[]
}

export interface MissingPart {
  /** Append time of the ingest record, ms since the epoch. */
  readonly appendTimeMs: number
  readonly sink: string
  readonly tenant: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly part: number
  readonly points: number
}

export interface LedgerReport {
  /** All windows together. */
  readonly tenants: readonly TenantBalance[]
  /** Ascending. */
  readonly windows: readonly WindowBalance[]
  /** Ingest records that the enricher has committed past without a row for each of their parts. */
  readonly missingRecords: readonly OffsetRange[]
  /** Ingest records not yet committed by the enricher. */
  readonly waitingRecords: number
  /** Parts in closed windows without a row of the sink, or with one that does not add up to the part's points. */
  readonly missingParts: readonly MissingPart[]
  /** False when a closed window does not balance or a record is missing. */
  readonly balanced: boolean
}
