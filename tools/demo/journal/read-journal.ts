import { existsSync, readFileSync } from 'node:fs'
import type { JournalLine, JournalMetric, JournalPoint } from './format.ts'

/** One data point that a source sent, with all that names its series. */
export interface SentPoint extends JournalPoint {
  readonly tenant: string
  readonly resource: JournalLine['resource']
  readonly metric: Omit<JournalMetric, 'points'>
  readonly acknowledged: boolean
}

/** All points of a tenant's journal; none while the source has not exported yet. */
export function readJournal(tenant: string, file: string): SentPoint[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => pointsOf(tenant, JSON.parse(line) as JournalLine))
}

function pointsOf(tenant: string, { acknowledged, resource, metrics }: JournalLine): SentPoint[] {
  return metrics.flatMap(({ points, ...metric }) =>
    points.map((point) => ({ ...point, tenant, resource, metric, acknowledged })),
  )
}
