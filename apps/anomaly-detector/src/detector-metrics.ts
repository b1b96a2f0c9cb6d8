import type { Metrics } from '@pegel/telemetry'
import type { Finding } from './series/finding.ts'

export const DETECTOR_METRICS = [
  {
    name: 'pegel_detector_points_total',
    type: 'counter',
    help: 'Points of watched series by tenant and outcome: scored, late, duplicate, stale, not_a_number, replayed',
  },
  { name: 'pegel_detector_events_total', type: 'counter', help: 'Anomalies by tenant, kind and status' },
  { name: 'pegel_detector_series', type: 'gauge', help: 'Series watched by this process' },
  {
    name: 'pegel_detector_evictions_total',
    type: 'counter',
    help: 'Series forgotten to make room: PEGEL_DETECTOR_MAX_SERIES, or the tenant’s detection.max_series',
  },
  {
    name: 'pegel_detector_refused_series_total',
    type: 'counter',
    help: 'Times that a series was not watched, by tenant and reason: tenant_limit, collision',
  },
  {
    name: 'pegel_detector_skipped_records_total',
    type: 'counter',
    help: 'Records without points to score, by reason: unreadable, unknown_tenant, tenant_deleted, foreign_tenant, internal_error',
  },
  {
    name: 'pegel_detector_waiting_partitions',
    type: 'gauge',
    help: 'Partitions that wait for a schema or a tenant version',
  },
  { name: 'pegel_detector_state_bytes_total', type: 'counter', help: 'Bytes of state written to Kafka' },
  {
    name: 'pegel_detector_checkpoint_age_seconds',
    type: 'gauge',
    help: 'Since the oldest checkpoint of an assigned partition that has records after it; 0 when there is none',
  },
  { name: 'pegel_detector_restored_series_total', type: 'counter', help: 'Series whose state was read back' },
  { name: 'pegel_detector_restore_seconds', type: 'gauge', help: 'How long the last restore took' },
  {
    name: 'pegel_detector_lag_seconds',
    type: 'gauge',
    help: 'Age of the record scored last, over all partitions the oldest',
  },
] as const

export type SkipReason = 'unreadable' | 'unknown_tenant' | 'tenant_deleted' | 'foreign_tenant' | 'internal_error'

/** All that the detector counts; per record, never per point. */
export interface DetectorMeter {
  points(tenant: string, outcome: string, count: number): void
  found(finding: Finding): void
  series(count: number): void
  evicted(tenant: string): void
  refused(tenant: string, reason: string): void
  skipped(reason: SkipReason): void
  waiting(partitions: number): void
  stateBytes(bytes: number): void
  checkpointAge(seconds: number): void
  restored(series: number, seconds: number): void
  lag(seconds: number): void
}

export function createMeter(metrics: Metrics): DetectorMeter {
  const [points, events, series, evictions, refused, skipped, waiting, bytes, age, restored, took, lag] =
    DETECTOR_METRICS
  const pointsTotal = metrics.counter(points.name, points.help, ['tenant', 'outcome'])
  const eventsTotal = metrics.counter(events.name, events.help, ['tenant', 'kind', 'status'])
  const seriesNow = metrics.gauge(series.name, series.help)
  const evictionsTotal = metrics.counter(evictions.name, evictions.help, ['tenant'])
  const refusedTotal = metrics.counter(refused.name, refused.help, ['tenant', 'reason'])
  const skippedTotal = metrics.counter(skipped.name, skipped.help, ['reason'])
  const waitingNow = metrics.gauge(waiting.name, waiting.help)
  const bytesTotal = metrics.counter(bytes.name, bytes.help)
  const ageNow = metrics.gauge(age.name, age.help)
  const restoredTotal = metrics.counter(restored.name, restored.help)
  const tookNow = metrics.gauge(took.name, took.help)
  const lagNow = metrics.gauge(lag.name, lag.help)
  const label = (tenant: string): string => metrics.tenantLabel(tenant)
  return {
    points: (tenant, outcome, count) => {
      pointsTotal.inc({ tenant: label(tenant), outcome }, count)
    },
    found: ({ state, anomaly, status }) => {
      eventsTotal.inc({ tenant: label(state.identity.tenant), kind: anomaly.kind, status })
    },
    series: (count) => {
      seriesNow.set(count)
    },
    evicted: (tenant) => {
      evictionsTotal.inc({ tenant: label(tenant) })
    },
    refused: (tenant, reason) => {
      refusedTotal.inc({ tenant: label(tenant), reason })
    },
    skipped: (reason) => {
      skippedTotal.inc({ reason })
    },
    waiting: (partitions) => {
      waitingNow.set(partitions)
    },
    stateBytes: (written) => {
      bytesTotal.inc(written)
    },
    checkpointAge: (seconds) => {
      ageNow.set(seconds)
    },
    restored: (count, seconds) => {
      restoredTotal.inc(count)
      tookNow.set(seconds)
    },
    lag: (seconds) => {
      lagNow.set(seconds)
    },
  }
}
