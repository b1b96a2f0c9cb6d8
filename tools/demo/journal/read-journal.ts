import { existsSync, readFileSync } from 'node:fs'
import type { JournalLine, JournalMetric, JournalPoint, JournalRequest } from './format.ts'

/** One data point that a source sent, with all that names its series. */
export interface SentPoint extends JournalPoint {
  readonly tenant: string
  readonly resource: JournalRequest['resource']
  readonly metric: Omit<JournalMetric, 'points'>
  readonly acknowledged: boolean
}

/** All points of a tenant's journal; none while the source has not exported yet. What was never answered was not acknowledged. */
export function readJournal(tenant: string, file: string): SentPoint[] {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as JournalLine)
  const acknowledged = new Set(lines.flatMap((line) => ('acknowledged' in line && line.acknowledged ? [line.id] : [])))
  return lines.flatMap((line) =>
    'acknowledged' in line ? [] : pointsOf(line, { tenant, acknowledged: acknowledged.has(line.id) }),
  )
}

function pointsOf(
  { resource, metrics }: JournalRequest,
  fate: Pick<SentPoint, 'tenant' | 'acknowledged'>,
): SentPoint[] {
  return metrics.flatMap(({ points, ...metric }) => points.map((point) => ({ ...point, ...fate, resource, metric })))
}
