import { decodeRecord, PEGEL_TENANT } from '@pegel/contracts'
import type { BatchSource, LogBatch, SchemaLookup } from '@pegel/contracts'
import { PEGEL_CONFIG } from '@pegel/tenancy'
import type { FilledRecord, RecordKind } from './record-kind.ts'
import { sinkErrors } from './sink-errors.ts'
import type { LogRecord } from './sink.ts'

/** LogBatches of `events`. Nothing stands between the gateway and the sinks, so a record is its own source. */
export function logRecords(schemas?: SchemaLookup): RecordKind<LogRecord> {
  return {
    topic: 'pegel.events.v1',
    open(record) {
      const batch = decodeRecord('LogBatch', record.value, schemas)
      const { tenant, configVersion, receivedAtMs, events: points } = batch
      const envelope = { tenant, configVersion, receivedAtMs, points }
      return { envelope, source: sourceOf(record), read: (place) => ({ ...place, envelope, batch: checked(batch) }) }
    },
    builtIn: (tenant) => (tenant === PEGEL_TENANT ? PEGEL_CONFIG : undefined),
  }
}

function sourceOf({ topic, partition, offset, timestampMs: appendTimeMs }: FilledRecord): BatchSource {
  return { topic, partition, offset, appendTimeMs, part: 0, parts: 1 }
}

function checked(batch: LogBatch): LogBatch {
  const counted = batch.groups.reduce((sum, group) => sum + group.events.length, 0)
  if (counted !== batch.events) throw sinkErrors.count_mismatch({ named: batch.events, counted })
  return batch
}
