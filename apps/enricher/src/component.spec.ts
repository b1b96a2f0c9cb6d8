import { describe, expect, it } from '@jest/globals'
import { createMetrics } from '@pegel/telemetry'
import { component } from './component.ts'
import { createObserver } from './enricher-metrics.ts'

const CACHE = { hits: 0, misses: 4, evictions: 0, collisions: 0, entries: 3, bytes: 99 }
const ROW = {
  tenant: 'acme',
  topic: '',
  partition: 0,
  offset: 0,
  part: 0,
  parts: 1,
  appendTimeMs: 0,
  configVersion: 1,
  received: 9,
  produced: 4,
  refused: [{ reason: 'x', count: 3 }],
  dropped: [{ reason: 'r', count: 2 }],
  counts: null,
  unreadable: 0,
  tenantDeleted: 0,
  latencyMs: 0,
  replayId: '',
  reprocessed: false,
}

describe('component', () => {
  it('has defaults for every setting', () => {
    expect(component.config.parse({})).toEqual({
      PEGEL_ENRICHER_IN_FLIGHT_BYTES: 16 * 1024 * 1024,
      PEGEL_ENRICHER_CACHE_BYTES: 128 * 1024 * 1024,
      PEGEL_WORKERS: 1,
    })
  })

  it('counts every metric that it names', async () => {
    const metrics = createMetrics({ service: 'test', defaults: false })
    const observe = createObserver(metrics)
    observe({ status: 'wait', reason: 'x' }, { cache: CACHE })
    observe(
      { status: 'processed', outputs: [], rows: [ROW, { ...ROW, unreadable: 1, tenantDeleted: 5 }] },
      { cache: CACHE },
    )
    const text = await metrics.expose()
    for (const { name } of component.metrics) expect(text).toContain(name)
    expect(text).toContain('pegel_enricher_points_total{tenant="acme",outcome="produced",service="test"} 8')
    expect(text).toContain('pegel_enricher_points_total{tenant="acme",outcome="dropped",service="test"} 4')
    expect(text).toContain('pegel_enricher_points_total{tenant="acme",outcome="refused",service="test"} 6')
    expect(text).toContain('pegel_enricher_points_total{tenant="acme",outcome="tenant_deleted",service="test"} 5')
    expect(text).toContain('pegel_enricher_unreadable_records_total{tenant="acme",service="test"} 1')
  })
})
