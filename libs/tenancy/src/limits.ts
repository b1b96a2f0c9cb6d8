import type { Attribute, GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import type { TenantLimits } from './tenant-config.ts'

const HOUR_MS = 3_600_000
const MIB = 1024 * 1024

/** What a tenant has when its file says nothing. */
export const DEFAULT_LIMITS: TenantLimits = {
  pointsPerSecond: 100_000,
  burstPoints: 500_000,
  bytesPerSecond: 32 * MIB,
  burstBytes: 160 * MIB,
  maxActiveSeries: 150_000,
  newSeriesPerSecond: 1000,
  burstNewSeries: 150_000,
  maxRequestBytes: 16 * MIB,
  maxPointsPerRequest: 100_000,
  maxLabelsPerSeries: 64,
  maxLabelNameBytes: 512,
  maxLabelValueBytes: 2048,
  maxPointAgeMs: 7 * 24 * HOUR_MS,
  maxPointFutureMs: HOUR_MS / 6,
  logEventsPerSecond: 10_000,
  logBytesPerSecond: 10 * MIB,
  maxLogBytes: 64 * 1024,
  alertsPerSecond: 100,
}

/** Stable ids of refusals by limits that need no state; each is the name of the setting to raise. */
export type LimitReason =
  | 'max_labels_per_series'
  | 'max_label_name_bytes'
  | 'max_label_value_bytes'
  | 'max_point_age'
  | 'max_point_future'
  | 'max_points_per_request'
  | 'max_request_bytes'

/**
 * Which limit a series breaks, if any: the same answer at the gateway and, for `ingest-direct`, at the enricher.
 * Labels are the point attributes; lengths count in UTF-8 and hold for resource, scope and metric name too.
 */
export function checkSeries(
  limits: TenantLimits,
  group: GroupIdentity,
  series: SeriesIdentity,
): LimitReason | undefined {
  if (series.attributes.length > limits.maxLabelsPerSeries) return 'max_labels_per_series'
  if (!fits(series.name, limits.maxLabelNameBytes)) return 'max_label_name_bytes'
  return checkAttributes(limits, series.attributes) ?? checkGroup(limits, group)
}

/** The part of checkSeries that is the same for all series of a group. */
export function checkGroup(limits: TenantLimits, group: GroupIdentity): LimitReason | undefined {
  if (group.resource.length > limits.maxLabelsPerSeries) return 'max_labels_per_series'
  if (!fits(group.scope.name, limits.maxLabelValueBytes)) return 'max_label_value_bytes'
  return checkAttributes(limits, group.resource) ?? checkAttributes(limits, group.scope.attributes)
}

/** Which limit a point's own time breaks against the receive time, if any. */
export function checkTime(limits: TenantLimits, timeMs: number, receivedAtMs: number): LimitReason | undefined {
  if (timeMs < receivedAtMs - limits.maxPointAgeMs) return 'max_point_age'
  return timeMs > receivedAtMs + limits.maxPointFutureMs ? 'max_point_future' : undefined
}

function checkAttributes(limits: TenantLimits, attributes: readonly Attribute[]): LimitReason | undefined {
  for (const { key, value } of attributes) {
    if (!fits(key, limits.maxLabelNameBytes)) return 'max_label_name_bytes'
    if (!fits(value, limits.maxLabelValueBytes)) return 'max_label_value_bytes'
  }
  return undefined
}

/** A UTF-16 unit is at most three bytes in UTF-8, so most texts need no count. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes
}
