import type { ReasonCount } from '@pegel/contracts'

/** Why a log record was refused for good. Immutable: clients and dashboards know them. */
export type LogRefusal =
  'invalid_line' | 'tenant_mismatch' | 'max_log_bytes' | 'max_point_age' | 'max_point_future' | 'max_points_per_request'

/** What is wrong and what to change, for the sender of the logs. */
const ADVICE: Readonly<Record<LogRefusal, string>> = {
  invalid_line: 'not a log line of the documented shape',
  tenant_mismatch: 'tenant_id is not the tenant of the credential; leave it out or use a key of that tenant',
  max_log_bytes: 'larger than limits.max_log_bytes with its attributes',
  max_point_age: 'older than limits.max_point_age',
  max_point_future: 'further in the future than limits.max_point_future; check the clock',
  max_points_per_request: 'beyond limits.max_points_per_request; send smaller batches',
}

/** What is wrong with one log record, as a sentence. */
export function adviceOn(reason: LogRefusal): string {
  return ADVICE[reason]
}

/** One sentence for the sender: how many of how many, by reason, and what to change. */
export function describeLogRefusals(refused: readonly ReasonCount[], received: number): string {
  const total = refused.reduce((sum, { count }) => sum + count, 0)
  const parts = refused.map(({ reason, count }) => `${count} ${reason} (${ADVICE[reason as LogRefusal]})`)
  return `${total} of ${received} log records refused: ${parts.join(', ')}`
}
