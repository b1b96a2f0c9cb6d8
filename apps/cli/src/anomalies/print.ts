import type { AlertRecord, AnomalyRecord } from '@pegel/contracts'
import { formatTable } from '../table.ts'

/** One row an anomaly, newest last; repetitions after a crash have the same id and are one. */
export function formatAnomalies(records: readonly AnomalyRecord[], alerts: readonly AlertRecord[]): string {
  const opened = new Map<string, AnomalyRecord>()
  const resolved = new Map<string, AnomalyRecord>()
  for (const record of records) {
    const kept = record.status === 'opened' ? opened : resolved
    if (!kept.has(record.id)) kept.set(record.id, record)
  }
  const severities = new Map(alerts.map(({ id, severity }) => [id, severity]))
  const rows = [...opened.values()]
    .sort((a, b) => a.openedAtMs - b.openedAtMs)
    .map((anomaly) => [
      anomaly.tenant,
      new Date(anomaly.openedAtMs).toISOString(),
      anomaly.kind,
      resolved.get(anomaly.id)?.resolution ?? 'open',
      severities.get(anomaly.id) ?? '–',
      seriesOf(anomaly),
      anomaly.reason,
    ])
  return formatTable(['TENANT', 'SINCE', 'KIND', 'STATE', 'ALERT', 'SERIES', 'WHY'], rows)
}

function seriesOf({ metric, labels, derived }: AnomalyRecord): string {
  const shown = Object.entries(labels)
    .filter(([key]) => key !== 'tenant')
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  const series = shown.length === 0 ? metric : `${metric}{${shown.join(',')}}`
  return derived === 'value' ? series : `${derived} of ${series}`
}
