import type { KafkaRecord } from '@pegel/kafka'
import type { TenantConfig } from '@pegel/tenancy'
import type { Ticket } from './offset-tracker.ts'
import type { OutcomeTally } from './outcome-tally.ts'
import type { MetricRecord } from './sink.ts'

/** A source record on its way through a lane. */
export interface LaneItem {
  readonly record: KafkaRecord
  readonly ticket: Ticket
  /** Its share of the bounds: the value and a flat charge for everything around it. */
  readonly sizeBytes: number
}

/** A record that was decoded and found to be this sink's to write. */
export interface WriteItem {
  readonly item: LaneItem
  readonly record: MetricRecord
  readonly config: TenantConfig
  readonly tally: OutcomeTally
}

const RECORD_OVERHEAD_BYTES = 1024

export function sizeOf(record: KafkaRecord): number {
  return (record.value?.length ?? 0) + RECORD_OVERHEAD_BYTES
}
