import type { LedgerRow } from '@pegel/contracts'
import type { ProcessResult } from '@pegel/pipeline'
import type { Metrics } from '@pegel/telemetry'
import type { Enricher } from './enricher.ts'

export const ENRICHER_METRICS = [
  {
    name: 'pegel_enricher_points_total',
    type: 'counter',
    help: 'Points by tenant and outcome: produced, dropped, refused, tenant_deleted',
  },
  {
    name: 'pegel_enricher_unreadable_records_total',
    type: 'counter',
    help: 'Records that could not be decoded or verified',
  },
  { name: 'pegel_enricher_series_cache_entries', type: 'gauge', help: 'Series in the cache' },
  { name: 'pegel_enricher_series_cache_bytes', type: 'gauge', help: 'Memory of the cache of series' },
  { name: 'pegel_enricher_series_cache_misses', type: 'gauge', help: 'Series looked up in vain since the start' },
] as const

/** Counts what was processed, per record; a record that comes again after a crash is counted again (the ledger does not). */
export function createObserver(metrics: Metrics): (result: ProcessResult, enricher: Pick<Enricher, 'cache'>) => void {
  const [points, unreadable, entries, bytes, misses] = ENRICHER_METRICS
  const pointsTotal = metrics.counter(points.name, points.help, ['tenant', 'outcome'])
  const unreadableTotal = metrics.counter(unreadable.name, unreadable.help, ['tenant'])
  const cacheEntries = metrics.gauge(entries.name, entries.help)
  const cacheBytes = metrics.gauge(bytes.name, bytes.help)
  const cacheMisses = metrics.gauge(misses.name, misses.help)

  function count(row: LedgerRow): void {
    const tenant = metrics.tenantLabel(row.tenant)
    const sum = (reasons: LedgerRow['refused']): number => reasons.reduce((total, reason) => total + reason.count, 0)
    const byOutcome = {
      produced: row.produced,
      dropped: sum(row.dropped),
      refused: sum(row.refused),
      tenant_deleted: row.tenantDeleted,
    }
    for (const [outcome, number] of Object.entries(byOutcome))
      if (number > 0) pointsTotal.inc({ tenant, outcome }, number)
    if (row.unreadable > 0) unreadableTotal.inc({ tenant }, row.unreadable)
  }

  return (result, { cache }) => {
    if (result.status === 'processed') result.rows.forEach(count)
    cacheEntries.set(cache.entries)
    cacheBytes.set(cache.bytes)
    cacheMisses.set(cache.misses)
  }
}
