import { NO_COUNTS, NOTHING_BOOKED, PEGEL_TENANT } from '@pegel/contracts'
import type { BatchSource, DeadLetterRecord, DeadLetterRefusal, LedgerRow, SinkCounts } from '@pegel/contracts'
import type { Gap, KafkaRecord } from '@pegel/kafka'
import { letterOf } from './dead-letters/letter.ts'
import type { LaneItem, WriteItem } from './lane-item.ts'
import type { Verdict } from './sink-judge.ts'
import type { RecordEnvelope, Rejection } from './sink.ts'

/** A source record with its final outcome: what must be acknowledged by Kafka before its offset may be committed. */
export interface Finished {
  readonly item: LaneItem
  readonly row: LedgerRow
  readonly deadLetter: DeadLetterRecord | null
}

interface Booked {
  readonly envelope: RecordEnvelope
  readonly source: BatchSource
  readonly counts: SinkCounts
  readonly nowMs: number
}

/** One row per source record, keyed by where the ingest record stood. */
function ledgerRow({ envelope, source, counts, nowMs }: Booked): LedgerRow {
  return {
    ...emptyRow(envelope.tenant, nowMs - envelope.receivedAtMs),
    topic: source.topic,
    partition: source.partition,
    offset: source.offset,
    part: source.part,
    parts: source.parts,
    appendTimeMs: source.appendTimeMs,
    configVersion: envelope.configVersion,
    produced: envelope.points,
    counts,
  }
}

/** A record that cannot be believed: it has no source and no points to count, so it is counted itself, under its own offset. */
function unreadableRow(record: KafkaRecord, nowMs: number): LedgerRow {
  return {
    ...emptyRow(PEGEL_TENANT, nowMs - record.timestampMs),
    topic: record.topic,
    partition: record.partition,
    offset: record.offset,
    appendTimeMs: record.timestampMs,
    counts: NO_COUNTS,
    unreadable: 1,
  }
}

/** Records that retention removed before they were read: nobody knows their source or their points, so they are counted themselves. */
export function expiredRow({ topic, partition, from, to }: Gap, nowMs: number): LedgerRow {
  const counts = { ...NO_COUNTS, expired: to - from }
  return { ...emptyRow(PEGEL_TENANT, 0), topic, partition, offset: from, appendTimeMs: nowMs, counts }
}

/** Backends quote what they refuse; thousands of long quotes would not fit into one dead letter. */
const MAX_MESSAGE_CHARS = 200

function refusalsOf(rejected: readonly Rejection[]): DeadLetterRefusal[] {
  return rejected
    .map(({ point, reason, message }) => ({ point, reason, message: message.slice(0, MAX_MESSAGE_CHARS) }))
    .sort((a, b) => a.point - b.point)
}

function emptyRow(tenant: string, latencyMs: number): LedgerRow {
  return {
    ...NOTHING_BOOKED,
    tenant,
    topic: '',
    partition: 0,
    offset: 0,
    part: 0,
    parts: 1,
    appendTimeMs: 0,
    configVersion: 0,
    latencyMs: Math.max(0, latencyMs),
  }
}

/** The final outcome of a record whose points were all answered for. */
export function finishWritten(write: WriteItem, sinkName: string, nowMs: number): Finished {
  const { item, record, tally } = write
  const { envelope, source } = record
  const row = ledgerRow({ envelope, source, counts: tally.counts(), nowMs })
  if (tally.rejected.length === 0) return { item, row, deadLetter: null }
  const refusals = refusalsOf(tally.rejected)
  const letter = letterOf({
    record: item.record,
    tenant: envelope.tenant,
    stage: 'sink',
    sink: sinkName,
    refusals,
    nowMs,
  })
  return { item, row, deadLetter: letter }
}

/** A record that was put aside, or that was lost where it was put. */
export function finishAside(
  item: LaneItem,
  { envelope, source }: { readonly envelope: RecordEnvelope; readonly source: BatchSource },
  { as, nowMs }: { readonly as: 'parked' | 'expired'; readonly nowMs: number },
): Finished {
  const counts = { ...NO_COUNTS, [as]: envelope.points }
  return { item, deadLetter: null, row: ledgerRow({ envelope, source, counts, nowMs }) }
}

/** The outcome of a record that needs no write, or must not be written. */
export function finishUnwritten(
  item: LaneItem,
  verdict: Exclude<Verdict, { kind: 'write' | 'wait' }>,
  { sinkName, nowMs }: { readonly sinkName: string; readonly nowMs: number },
): Finished {
  const { envelope, source } = verdict
  if (verdict.kind === 'skip') {
    const counts = { ...NO_COUNTS, [verdict.as]: verdict.envelope.points }
    return {
      item,
      deadLetter: null,
      row: ledgerRow({ envelope: verdict.envelope, source: verdict.source, counts, nowMs }),
    }
  }
  const { reason, message } = verdict
  const letter = letterOf({
    record: item.record,
    tenant: envelope?.tenant ?? PEGEL_TENANT,
    stage: 'sink',
    sink: sinkName,
    refusals: [{ point: -1, reason, message }],
    nowMs,
  })
  if (envelope === null || source === null) return { item, row: unreadableRow(item.record, nowMs), deadLetter: letter }
  const counts = { ...NO_COUNTS, deadLettered: envelope.points }
  return { item, row: ledgerRow({ envelope, source, counts, nowMs }), deadLetter: letter }
}
