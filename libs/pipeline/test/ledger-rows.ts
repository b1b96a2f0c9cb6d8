import { NO_COUNTS, NOTHING_BOOKED } from '@pegel/contracts'
import type { LedgerEntry, LedgerRow, SinkCounts } from '@pegel/contracts'
import { answerFrom } from '../src/ledger-answer.ts'
import { LedgerBook } from '../src/ledger-book.ts'
import type { LedgerBookOptions } from '../src/ledger-book.ts'
import type { LedgerAnswer, LedgerPositions, LedgerQuestion } from '../src/ledger-types.ts'

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
export const replay = (name: string, ...rows: LedgerRow[]): LedgerEntry => ({ ...sink(name, ...rows), stage: 'replay' })
export const gateway = (instance: string, ...rows: LedgerRow[]): LedgerEntry => ({
  ...enricher(...rows),
  stage: 'gateway',
  instance,
})
export const counts = (over: Partial<SinkCounts>): Partial<LedgerRow> => ({ counts: { ...NO_COUNTS, ...over } })
export const delivered = (count: number): Partial<LedgerRow> => counts({ delivered: count })

/** Partition 0, in which the enricher has committed so far; these sinks have committed all of `metrics`. */
export function positions(committed: number, latest = committed, finished: string[] = ['influxdb']): LedgerPositions {
  return {
    ingest: [{ topic: TOPIC, partition: 0, earliest: 0, latest, committed }],
    finished: new Map(finished.map((name) => [name, new Set([0])])),
  }
}

/** Books of these sinks, with these entries in them. */
export function bookOf(entries: readonly LedgerEntry[], over: Partial<LedgerBookOptions> = {}): LedgerBook {
  const book = new LedgerBook({ sinceMs: 0, sinks: ['influxdb'], ...over })
  for (const entry of entries) book.add(entry)
  return book
}

export interface Asked extends Partial<LedgerQuestion> {
  /** Default: those that have finished something or have written a row. */
  readonly sinks?: readonly string[]
  readonly nowMs?: number
}

/** Folds entries from the beginning and judges them once. */
export function ask(entries: readonly LedgerEntry[], at: LedgerPositions, over: Asked = {}): LedgerAnswer {
  const { sinceMs = 0, nowMs = T0 + 5 * MINUTE, ...question } = over
  const writers = entries.filter(({ stage }) => stage === 'sink').map(({ sink: name }) => name)
  const sinks = question.sinks ?? [...new Set([...at.finished.keys(), ...writers])]
  const snapshot = bookOf(entries, { sinceMs, sinks }).judge(at, nowMs)
  return answerFrom(snapshot, { ...question, sinceMs })
}
