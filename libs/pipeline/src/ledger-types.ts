import type { SinkCounts } from '@pegel/contracts'

/** Offsets from (inclusive) to (exclusive) of an ingest partition. */
export interface OffsetRange {
  readonly topic: string
  readonly partition: number
  readonly from: number
  readonly to: number
}

/** How far Kafka and the consumers are; taken before the end of the ledger was read, see `LedgerBook.judge`. */
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

/** What is asked of the books. */
export interface LedgerQuestion {
  /** Minutes that end earlier are left out, ms since the epoch. */
  readonly sinceMs: number
  /** Only this tenant; all when undefined. */
  readonly tenant?: string
  /** Only these sinks; all that have a share when undefined. */
  readonly sinks?: readonly string[]
}

export interface SinkBalance extends SinkCounts {
  readonly sink: string
  readonly produced: number
  /** Produced and without an outcome yet. In a closed window that is missing. */
  readonly inFlight: number
  /**
   * When the oldest point that is in flight or parked was appended to `ingest`, ms since the epoch; null when there is none.
   * To the minute where the records themselves are no longer kept.
   */
  readonly oldestUndeliveredMs: number | null
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
  /**
   * Points that may be in Kafka though the client got no success, as far as the gateways could tell: beside the balance. Those that are
   * there are among the received.
   */
  readonly unconfirmed: number
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

/** Records that retention removed before a sink, or the enricher, had read them. */
export interface ExpiredRecords extends OffsetRange {
  /** Empty for the enricher: then they are ingest records, and no stage knew their points. */
  readonly sink: string
  /** When that was found out, ms since the epoch. */
  readonly atMs: number
}

export interface LedgerReport {
  /** All windows together. */
  readonly tenants: readonly TenantBalance[]
  /** Ascending. */
  readonly windows: readonly WindowBalance[]
  /** Ingest records that the enricher has committed past without a row for each of their parts. */
  readonly missingRecords: readonly OffsetRange[]
  /** Parts in closed windows without a row of the sink, or with one that does not add up to the part's points. */
  readonly missingParts: readonly MissingPart[]
  /** Accounted for, and lost to the sink: their points are among its `expired`, as far as their parts are known. */
  readonly expiredRecords: readonly ExpiredRecords[]
  /** Ingest records not yet committed by the enricher. */
  readonly waitingRecords: number
  /** False when a closed window does not balance or a record is missing. */
  readonly balanced: boolean
}

/** All that a keeper of the books knows, as plain data that no later row changes. */
export interface LedgerSnapshot extends Omit<LedgerReport, 'balanced'> {
  /** Sums of the minutes that are no longer kept, since the books were opened. */
  readonly gone: readonly TenantBalance[]
  readonly takenAtMs: number
  /** Windows that begin earlier are not in it. */
  readonly sinceMs: number
  /** Records that are kept because an outcome is lacking or may still change. */
  readonly keptRecords: number
  /** Windows whose records had to be let go for want of memory: what is under way in them stays so until the books are read again. */
  readonly sealedWindows: number
}

/** What a keeper of the books answers. */
export interface LedgerAnswer extends LedgerReport {
  readonly takenAtMs: number
  readonly sinceMs: number
}

/** True when nothing of the tenant's points is unaccounted for. */
export function isBalanced(tenant: TenantBalance): boolean {
  return tenant.unbalanced === 0 && tenant.sinks.every((sink) => sink.unbalanced === 0)
}
