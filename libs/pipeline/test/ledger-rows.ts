import type { LedgerEntry, LedgerRow, SinkCounts } from '@pegel/contracts'
import type { LedgerPositions } from '../src/ledger-types.ts'

export const TOPIC = 'pegel.ingest.v1'
export const MINUTE = 60_000
/** The start of a window. */
export const T0 = 100 * MINUTE

export const COUNTS: SinkCounts = {
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

/** A row of partition 0 of acme at T0, with nothing in it. */
export function row(offset: number, over: Partial<LedgerRow> = {}): LedgerRow {
  return {
    tenant: 'acme',
    topic: TOPIC,
    partition: 0,
    offset,
    part: 0,
    parts: 1,
    appendTimeMs: T0,
    configVersion: 1,
    received: 0,
    produced: 0,
    refused: [],
    dropped: [],
    counts: null,
    unreadable: 0,
    tenantDeleted: 0,
    latencyMs: 0,
    ...over,
  }
}

export const enricher = (...rows: LedgerRow[]): LedgerEntry => ({
  stage: 'enricher',
  sink: '',
  instance: 'e',
  writtenAtMs: 0,
  rows,
})
export const sink = (name: string, ...rows: LedgerRow[]): LedgerEntry => ({
  ...enricher(...rows),
  stage: 'sink',
  sink: name,
})
export const delivered = (count: number): Partial<LedgerRow> => ({ counts: { ...COUNTS, delivered: count } })

/** Partition 0, in which the enricher has committed so far; these sinks have committed all of `metrics`. */
export function positions(committed: number, latest = committed, finished: string[] = ['influxdb']): LedgerPositions {
  return {
    ingest: [{ topic: TOPIC, partition: 0, earliest: 0, latest, committed }],
    finished: new Map(finished.map((name) => [name, new Set([0])])),
  }
}
