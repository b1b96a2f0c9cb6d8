import type { ReasonCount } from '@pegel/contracts'
import type { RefusalReason } from './request-points.ts'

/** What is wrong and what to change, for the sender of the points. */
const ADVICE: Readonly<Record<RefusalReason, string>> = {
  max_labels_per_series: 'more attributes than limits.max_labels_per_series',
  max_label_name_bytes: 'a metric or attribute name longer than limits.max_label_name_bytes',
  max_label_value_bytes: 'an attribute value longer than limits.max_label_value_bytes',
  max_point_age: 'older than limits.max_point_age',
  max_point_future: 'further in the future than limits.max_point_future; check the clock',
  max_points_per_request: 'beyond limits.max_points_per_request; send smaller batches',
  max_request_bytes: 'beyond limits.max_request_bytes; send smaller batches',
  value_missing: 'neither a number nor the flag for no recorded value; texts are not supported',
  value_out_of_range: 'a count that is too large',
  counts_inconsistent: 'a histogram needs ascending bounds and one bucket count more than bounds',
  temporality_missing: 'a sum or histogram needs an aggregation temporality, delta or cumulative',
  name_missing: 'a metric without a name',
  time_missing: 'no time_unix_nano',
  time_out_of_range: 'a time or start time beyond the year 2116',
  too_many_buckets: 'more than 10000 buckets',
}

/** One sentence for the sender: how many of how many, by reason, and what to change. */
export function describeRefusals(refused: readonly ReasonCount[], received: number): string {
  const total = refused.reduce((sum, { count }) => sum + count, 0)
  const parts = refused.map(({ reason, count }) => `${count} ${reason} (${ADVICE[reason as RefusalReason]})`)
  return `${total} of ${received} points refused: ${parts.join(', ')}`
}
