import type { KafkaRecord } from '@pegel/kafka'
import type { Span } from '@pegel/telemetry'
import type { TenantConfig } from '@pegel/tenancy'
import type { Ticket } from './offset-tracker.ts'
import type { OutcomeTally } from './outcome-tally.ts'
import type { SinkRecord } from './sink.ts'

/** A source record on its way through a lane. */
export interface LaneItem {
  readonly record: KafkaRecord
  /** As it was fetched, when that is not the record itself: a replay's. It is what is parked, and what its place in the lane goes by. */
  readonly stored?: KafkaRecord
  /** Null for one that was read back from the parked topic: its offset was committed when it was parked. */
  readonly ticket: Ticket | null
  /** Its share of the bounds: the value and a flat charge for everything around it. */
  readonly sizeBytes: number
  /** From the moment it is taken until its outcome is booked; undefined when tracing is off. */
  readonly span?: Span | undefined
}

/** A record that was decoded and found to be this sink's to write. */
export interface WriteItem<R extends SinkRecord = SinkRecord> {
  readonly item: LaneItem
  readonly record: R
  readonly config: TenantConfig
  readonly tally: OutcomeTally
}

const RECORD_OVERHEAD_BYTES = 1024

export function sizeOf(record: KafkaRecord): number {
  return (record.value?.length ?? 0) + RECORD_OVERHEAD_BYTES
}

export function storedOf({ stored, record }: LaneItem): KafkaRecord {
  return stored ?? record
}
