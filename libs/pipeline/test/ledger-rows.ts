import { NO_COUNTS, NOTHING_BOOKED } from '@pegel/contracts'
import type { LedgerEntry, LedgerRow } from '@pegel/contracts'
import type { LedgerPositions } from '../src/ledger-types.ts'

export const TOPIC = 'pegel.ingest.v1'
export const MINUTE = 60_000
/** The start of a window. */
export const T0 = 100 * MINUTE

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
    ...NOTHING_BOOKED,
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
export const delivered = (count: number): Partial<LedgerRow> => ({ counts: { ...NO_COUNTS, delivered: count } })

/** Partition 0, in which the enricher has committed so far; these sinks have committed all of `metrics`. */
export function positions(committed: number, latest = committed, finished: string[] = ['influxdb']): LedgerPositions {
  return {
    ingest: [{ topic: TOPIC, partition: 0, earliest: 0, latest, committed }],
    finished: new Map(finished.map((name) => [name, new Set([0])])),
  }
}
