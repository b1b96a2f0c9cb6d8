import type { MetricRecord } from '@pegel/pipeline'
import type { Booking } from './deliver.ts'
import type { LineSheet } from './line-sheet.ts'
import { newDraft } from './outcome-draft.ts'
import type { OutcomeDraft } from './outcome-draft.ts'

/** Books lines with the records and points that they stand for. */
export function bookingOf(sheet: LineSheet, outcomes: readonly OutcomeDraft[]): Booking {
  const at = (line: number): OutcomeDraft => outcomes[sheet.recordOf(line)] ?? newDraft()
  return {
    delivered: (line) => (at(line).delivered += 1),
    rejected: (line, reason, message) => at(line).rejected.push({ point: sheet.pointOf(line), reason, message }),
    retry: (line) => at(line).retry.push(sheet.pointOf(line)),
  }
}

/** Nanoseconds since the epoch. */
export function timeOf(record: MetricRecord | undefined, point: number): bigint {
  const columns = record?.points.columns
  return BigInt(columns?.timeMs[point] ?? 0) * 1_000_000n + BigInt(columns?.timeNs[point] ?? 0)
}
