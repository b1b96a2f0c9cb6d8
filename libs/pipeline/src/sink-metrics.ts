import type { SinkCounts } from '@pegel/contracts'
import type { Metrics } from '@pegel/telemetry'
import type { Finished } from './sink-finish.ts'

const FRESHNESS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600]
const WRITE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

const OUTCOMES: Readonly<Record<keyof SinkCounts, string>> = {
  delivered: 'delivered',
  alreadyPresent: 'already_present',
  collapsed: 'collapsed',
  collided: 'collided',
  unsupported: 'unsupported',
  notRouted: 'not_routed',
  deadLettered: 'dead_lettered',
  parked: 'parked',
  expired: 'expired',
  tenantDeleted: 'tenant_deleted',
}

/** What every sink counts, per batch; the tenant only through the capped helper. */
export interface SinkMetrics {
  booked(finished: readonly Finished[]): void
  wrote(tenant: string, result: 'ok' | 'failed', seconds: number): void
  lane(tenant: string, records: number, bytes: number, breakerOpen: boolean): void
  backend(up: boolean): void
  paused(partitions: number): void
  expired(partition: number, records: number): void
}

/** Declares the metrics that all sinks share. */
export function createSinkMetrics(metrics: Metrics, sink: string): SinkMetrics {
  const points = metrics.counter('pegel_sink_points_total', 'Source points by final outcome', [
    'sink',
    'outcome',
    'tenant',
  ])
  const records = metrics.counter('pegel_sink_records_total', 'Source records booked', ['sink', 'tenant'])
  const freshness = metrics.histogram(
    'pegel_sink_freshness_seconds',
    'From the receipt of a batch at the gateway to its outcome',
    FRESHNESS_SECONDS,
    ['sink', 'tenant'],
  )
  const duration = metrics.histogram('pegel_sink_write_duration_seconds', 'One write to the backend', WRITE_SECONDS, [
    'sink',
    'tenant',
    'result',
  ])
  const laneRecords = metrics.gauge('pegel_sink_lane_records', 'Records waiting in a lane', ['sink', 'tenant'])
  const laneBytes = metrics.gauge('pegel_sink_lane_bytes', 'Bytes waiting in a lane', ['sink', 'tenant'])
  const breaker = metrics.gauge('pegel_sink_lane_breaker_open', '1 while a lane is not let through', ['sink', 'tenant'])
  const up = metrics.gauge('pegel_sink_backend_up', '1 while the backend takes writes', ['sink'])
  const paused = metrics.gauge('pegel_sink_paused_partitions', 'Partitions not fetched now', ['sink'])
  const expired = metrics.counter(
    'pegel_sink_expired_records_total',
    'Offsets that retention removed before they were read',
    ['sink', 'partition'],
  )
  up.set({ sink }, 1)
  return {
    booked(finished) {
      for (const { row } of finished) {
        const tenant = metrics.tenantLabel(row.tenant)
        records.inc({ sink, tenant })
        freshness.observe({ sink, tenant }, row.latencyMs / 1000)
        for (const [key, count] of Object.entries(row.counts ?? {}) as [keyof SinkCounts, number][]) {
          if (count > 0) points.inc({ sink, outcome: OUTCOMES[key], tenant }, count)
        }
      }
    },
    wrote: (tenant, result, seconds) =>
      duration.observe({ sink, tenant: metrics.tenantLabel(tenant), result }, seconds),
    lane(tenant, waiting, bytes, breakerOpen) {
      const labels = { sink, tenant: metrics.tenantLabel(tenant) }
      laneRecords.set(labels, waiting)
      laneBytes.set(labels, bytes)
      breaker.set(labels, breakerOpen ? 1 : 0)
    },
    backend: (isUp) => up.set({ sink }, isUp ? 1 : 0),
    paused: (partitions) => paused.set({ sink }, partitions),
    expired: (partition, count) => expired.inc({ sink, partition: String(partition) }, count),
  }
}
