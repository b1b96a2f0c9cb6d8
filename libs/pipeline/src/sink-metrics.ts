import { OUTCOME_NAMES } from '@pegel/contracts'
import type { SinkCounts } from '@pegel/contracts'
import { declaredMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import { PARKED_METRICS } from './parking/parked-metrics.ts'
import type { Finished } from './sink-finish.ts'

const FRESHNESS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600]
const WRITE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** What every sink counts: for component manifests, and the one place where names and texts stand. */
export const SINK_METRICS = [
  { name: 'pegel_sink_points_total', type: 'counter', help: 'Source points by outcome; parked ones get another later' },
  { name: 'pegel_sink_records_total', type: 'counter', help: 'Source records booked' },
  { name: 'pegel_sink_freshness_seconds', type: 'histogram', help: 'From the receipt of a batch to its outcome' },
  { name: 'pegel_sink_write_duration_seconds', type: 'histogram', help: 'One write to the backend' },
  { name: 'pegel_sink_lane_records', type: 'gauge', help: 'Records waiting in a lane' },
  { name: 'pegel_sink_lane_bytes', type: 'gauge', help: 'Bytes waiting in a lane' },
  { name: 'pegel_sink_lane_breaker_open', type: 'gauge', help: '1 while a lane is not let through' },
  { name: 'pegel_sink_backend_up', type: 'gauge', help: '1 while the backend takes writes' },
  { name: 'pegel_sink_paused_partitions', type: 'gauge', help: 'Partitions not fetched now' },
  {
    name: 'pegel_sink_expired_records_total',
    type: 'counter',
    help: 'Offsets that retention removed before they were read',
  },
  ...PARKED_METRICS,
] as const

/** Counted per batch; the tenant only through the capped helper. */
export interface SinkMetrics {
  booked(finished: readonly Finished[]): void
  wrote(tenant: string, result: 'ok' | 'failed', seconds: number): void
  lane(tenant: string, state: { readonly records: number; readonly bytes: number; readonly breakerOpen: boolean }): void
  backend(up: boolean): void
  paused(partitions: number): void
  expired(partition: number, records: number): void
}

/** Declares the metrics that all sinks share. */
export function createSinkMetrics(metrics: Metrics, sink: string): SinkMetrics {
  const { counter, gauge, histogram } = declaredMetrics(metrics, SINK_METRICS)
  const points = counter('pegel_sink_points_total', ['sink', 'outcome', 'tenant'])
  const records = counter('pegel_sink_records_total', ['sink', 'tenant'])
  const freshness = histogram('pegel_sink_freshness_seconds', FRESHNESS_SECONDS, ['sink', 'tenant'])
  const duration = histogram('pegel_sink_write_duration_seconds', WRITE_SECONDS, ['sink', 'tenant', 'result'])
  const laneRecords = gauge('pegel_sink_lane_records', ['sink', 'tenant'])
  const laneBytes = gauge('pegel_sink_lane_bytes', ['sink', 'tenant'])
  const breaker = gauge('pegel_sink_lane_breaker_open', ['sink', 'tenant'])
  const backendUp = gauge('pegel_sink_backend_up', ['sink'])
  const paused = gauge('pegel_sink_paused_partitions', ['sink'])
  const expired = counter('pegel_sink_expired_records_total', ['sink', 'partition'])
  backendUp.set({ sink }, 1)
  return {
    booked(finished) {
      for (const { row } of finished) {
        const tenant = metrics.tenantLabel(row.tenant)
        records.inc({ sink, tenant })
        // What is parked has its outcome later, and is counted again then.
        if ((row.counts?.parked ?? 0) === 0) freshness.observe({ sink, tenant }, row.latencyMs / 1000)
        for (const [key, count] of Object.entries(row.counts ?? {}) as [keyof SinkCounts, number][]) {
          if (count > 0) points.inc({ sink, outcome: OUTCOME_NAMES[key], tenant }, count)
        }
      }
    },
    wrote: (tenant, result, seconds) =>
      duration.observe({ sink, tenant: metrics.tenantLabel(tenant), result }, seconds),
    lane(tenant, state) {
      const labels = { sink, tenant: metrics.tenantLabel(tenant) }
      laneRecords.set(labels, state.records)
      laneBytes.set(labels, state.bytes)
      breaker.set(labels, state.breakerOpen ? 1 : 0)
    },
    backend: (up) => backendUp.set({ sink }, up ? 1 : 0),
    paused: (partitions) => paused.set({ sink }, partitions),
    expired: (partition, count) => expired.inc({ sink, partition: String(partition) }, count),
  }
}
