import type { ReasonCount } from '@pegel/contracts'
import type { LimitReason } from '@pegel/tenancy'
import type { PointProblem } from './point-sink.ts'

/** Why a point of a series that is new was refused: limits that the gateway keeps count for. */
export type SeriesReason = 'max_active_series' | 'new_series_per_second'

/** Why a point was refused for good. Immutable: clients, the ledger and dashboards know them. */
export type RefusalReason =
  | PointProblem
  | LimitReason
  | SeriesReason
  | 'name_missing'
  | 'label_name_missing'
  | 'time_missing'
  | 'time_out_of_range'
  | 'value_out_of_range'
  | 'too_many_buckets'
  | 'point_too_large'
  | 'line_malformed'
  | 'label_repeated'
  | 'samples_and_histograms'
  | 'series_empty'
  | 'histogram_schema'
  | 'string_field'
  | 'point_malformed'
  | 'tenant_mismatch'
  | 'counter_negative'
  | 'too_many_series'

/** What is wrong and what to change, for the sender of the points. */
const ADVICE: Readonly<Record<RefusalReason, string>> = {
  max_labels_per_series: 'more attributes than limits.max_labels_per_series',
  max_label_name_bytes: 'a metric or attribute name longer than limits.max_label_name_bytes',
  max_label_value_bytes: 'an attribute value longer than limits.max_label_value_bytes',
  max_active_series: 'of a new series beyond limits.max_active_series; send fewer different labels or raise it',
  new_series_per_second: 'of a new series beyond limits.new_series_per_second; raise it or limits.burst_new_series',
  max_point_age: 'older than limits.max_point_age',
  max_point_future: 'further in the future than limits.max_point_future; check the clock',
  max_points_per_request: 'beyond limits.max_points_per_request; send smaller batches',
  max_request_bytes: 'beyond limits.max_request_bytes; send smaller batches',
  value_missing: 'neither a number nor the flag for no recorded value; texts are not supported',
  value_out_of_range: 'a count that is too large',
  counts_inconsistent: 'a histogram needs ascending bounds and one bucket count more than bounds',
  temporality_missing: 'a sum or histogram needs an aggregation temporality, delta or cumulative',
  name_missing: 'a metric without a name',
  label_name_missing: 'an attribute without a key',
  time_missing: 'no time_unix_nano',
  time_out_of_range: 'a time or start time beyond the year 2116',
  too_many_buckets: 'more than 10000 buckets',
  point_too_large: 'a point that does not fit into a record with its attributes',
  label_repeated: 'a label name given twice',
  samples_and_histograms: 'samples and histograms in one TimeSeries',
  series_empty: 'a TimeSeries without samples, histograms and exemplars',
  histogram_schema: 'a native histogram of another schema than -4 to 8 and -53',
  line_malformed: 'a line that cannot be read',
  string_field: 'a field whose value is a text; only numbers and booleans are kept',
  point_malformed: 'a point that is not in the documented form',
  tenant_mismatch: 'its tenant_id is not the tenant of the credential',
  counter_negative: 'a counter that goes down',
  too_many_series: 'beyond PEGEL_STATSD_MAX_SERIES within one interval',
}

/** Counts of refused points by reason. */
export class Refusals {
  readonly #counts = new Map<RefusalReason, number>()

  add(reason: RefusalReason, count: number): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count)
  }

  counts(): readonly ReasonCount[] {
    return [...this.#counts].map(([reason, count]) => ({ reason, count }))
  }
}

/** What a refusal means and what would help, for the sender of the point. */
export function adviceOf(reason: RefusalReason): string {
  return ADVICE[reason]
}

/** One sentence for the sender: how many of how many, by reason, and what to change. */
export function describeRefusals(refused: readonly ReasonCount[], received: number): string {
  const total = refused.reduce((sum, { count }) => sum + count, 0)
  const parts = refused.map(({ reason, count }) => `${count} ${reason} (${ADVICE[reason as RefusalReason]})`)
  return `${total} of ${received} points refused: ${parts.join(', ')}`
}
