import { describe, expect, it } from '@jest/globals'
import { createMetrics } from '@pegel/telemetry'
import type { ParkedLaneState } from './parked-fold.ts'
import { ParkedMetrics } from './parked-metrics.ts'

function lane(tenant: string, over: Partial<ParkedLaneState> = {}): ParkedLaneState {
  return {
    ...{ tenant, topic: 'pegel.metrics.v1', anchor: 0, end: 1, firstOffset: 0, lastOffset: 0, doneOffset: -1 },
    ...{ records: 2, points: 6, sizeBytes: 100, reason: 'breaker_open', sinceMs: 1000, oldestMs: 5000 },
    ...{ stop: null, accepts: [] },
    ...over,
  }
}

describe('ParkedMetrics', () => {
  it('shows what is parked, and no longer what is not', async () => {
    const metrics = createMetrics({ service: 'test', defaults: false })
    const parked = new ParkedMetrics(metrics, 'influxdb', 86_400_000)
    const other = new ParkedMetrics(metrics, 'prometheus', 1000)
    other.show([lane('acme')])
    parked.show([lane('acme'), lane('beta', { stop: { detail: 'too_old', sinceMs: 1 }, reason: 'dead_letter_rule' })])
    const shown = await metrics.expose()
    expect(shown).toContain(
      'pegel_sink_lane_parked{sink="influxdb",tenant="acme",reason="breaker_open",service="test"} 1',
    )
    expect(shown).toContain('pegel_sink_lane_stopped{sink="influxdb",tenant="beta",reason="too_old",service="test"} 1')
    expect(shown).toContain('pegel_sink_parked_points{sink="influxdb",tenant="acme",service="test"} 6')
    expect(shown).toContain(
      'pegel_sink_parked_oldest_timestamp_seconds{sink="influxdb",tenant="acme",service="test"} 5',
    )
    expect(shown).toContain('pegel_sink_parked_retention_seconds{sink="influxdb",service="test"} 86400')
    parked.show([lane('beta', { records: 0 })])
    parked.lost(7)
    const later = await metrics.expose()
    expect(later).not.toContain('sink="influxdb",tenant="acme"')
    expect(later).not.toContain('pegel_sink_lane_stopped{')
    expect(later).not.toContain('pegel_sink_parked_oldest_timestamp_seconds{sink="influxdb"')
    expect(later).toContain('pegel_sink_parked_points{sink="prometheus",tenant="acme",service="test"} 6')
    expect(later).toContain('pegel_sink_parked_lost_offsets_total{sink="influxdb",service="test"} 7')
  })

  it('adds up lanes that share a label', async () => {
    const metrics = createMetrics({ service: 'test', defaults: false, maxTenants: 0 })
    const parked = new ParkedMetrics(metrics, 'influxdb', 1)
    parked.show([lane('acme', { oldestMs: 9000 }), lane('beta')])
    const shown = await metrics.expose()
    expect(shown).toContain('pegel_sink_parked_records{sink="influxdb",tenant="_other",service="test"} 4')
    expect(shown).toContain(
      'pegel_sink_parked_oldest_timestamp_seconds{sink="influxdb",tenant="_other",service="test"} 5',
    )
  })
})
