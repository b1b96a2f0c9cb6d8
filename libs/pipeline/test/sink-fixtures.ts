import type { KafkaRecord } from '@pegel/kafka'
import { batchOf, fakeTenants, gauge, tenantConfig } from '@pegel/testing'
import type { FakeTenants } from '@pegel/testing'
import { readBatch, readEnvelope } from '@pegel/contracts'
import type { BatchHead } from '@pegel/contracts'
import type { Logger } from '@pegel/telemetry'
import type { LaneItem } from '../src/lane-item.ts'
import { sizeOf } from '../src/lane-item.ts'
import { metricRecords } from '../src/metric-records.ts'
import { SinkJudge } from '../src/sink-judge.ts'
import type { JudgeOptions } from '../src/sink-judge.ts'
import type { MetricRecord, Outcome, WriteResult } from '../src/sink.ts'

export const TENANT = 'acme'

export const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quiet,
}

export interface RecordSpec {
  readonly tenant?: string
  readonly key?: string | null
  readonly offset?: number
  readonly partition?: number
  /** Points of one gauge; the first has this number as its value, and so on. */
  readonly points?: number
  /** Of the record that it was made from; default 3. */
  readonly ingestPartition?: number
  readonly head?: Partial<BatchHead>
}

/** A record of `metrics`. */
export function metricsRecord(spec: RecordSpec = {}): KafkaRecord {
  const { tenant = TENANT, key = tenant, offset = 0, partition = 0, points = 2, ingestPartition = 3, head = {} } = spec
  const values = Array.from({ length: points }, (_, index) => [1_000 + index, index] as const)
  const source = {
    ...{ topic: 'pegel.ingest.v1', partition: ingestPartition, offset: offset + 100 },
    ...{ appendTimeMs: 5, part: 0, parts: 1 },
  }
  const { value } = batchOf(tenant, points > 0 ? [gauge('g', values)] : [], { source, ...head })
  const keyBytes = key === null ? null : Buffer.from(key)
  return { topic: 'pegel.metrics.v1', partition, offset, timestampMs: 7, key: keyBytes, value, headers: {} }
}

export function laneItem(record: KafkaRecord): LaneItem {
  const { topic, partition, offset } = record
  return { record, ticket: { topic, partition, offset, epoch: 1 }, sizeBytes: sizeOf(record) }
}

export function tenantsOf(...tenants: string[]): FakeTenants {
  return fakeTenants(tenants.map((tenant) => tenantConfig(tenant)))
}

export function judgeOf(tenants: JudgeOptions<MetricRecord>['tenants'] = tenantsOf(TENANT)): SinkJudge<MetricRecord> {
  const decoder = { envelope: (value: Buffer) => readEnvelope(value), batch: (value: Buffer) => readBatch(value) }
  return new SinkJudge({ sinkName: 'prometheus', tenants, kind: metricRecords(decoder) })
}

export const NOTHING: Outcome = {
  delivered: 0,
  alreadyPresent: 0,
  unsupported: 0,
  collapsed: 0,
  collided: 0,
  rejected: [],
  retry: [],
}

export const delivered = (points: number): Outcome => ({ ...NOTHING, delivered: points })

/** Everything stored. */
export function stored(batch: {
  readonly records: readonly { readonly points: { readonly columns: { readonly length: number } } }[]
}): WriteResult {
  return { outcomes: batch.records.map(({ points }) => delivered(points.columns.length)) }
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}
