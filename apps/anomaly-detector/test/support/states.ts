import { freshState } from '../../src/series/series-state.ts'
import type { KeptAnomaly, SeriesState } from '../../src/series/series-state.ts'
import type { WatchedIdentity } from '../../src/watch/identity.ts'

export function identityNamed(metric: string, tenant = 'acme'): WatchedIdentity {
  return {
    ...{ tenant, metric, fingerprint: metric.padStart(16, '0'), digest: metric, labels: { tenant }, resource: {} },
    ...{ unit: '', kind: 'gauge', temporality: 'unspecified', monotonic: false },
  }
}

export function stateOf(metric: string, over: Partial<SeriesState> = {}): SeriesState {
  return { ...freshState(identityNamed(metric), { partition: 0, offset: -1, appendMs: 0 }), ...over }
}

export function anomalyOf(id: string, over: Partial<KeptAnomaly> = {}): KeptAnomaly {
  return {
    ...{ kind: 'anomaly', id, open: true, offset: 0, openedAtMs: 0, score: 0.6 },
    ...{ value: 1, expected: 0, lower: 0, upper: 1, reason: 'highest value', points: 0, calm: 0 },
    ...{ alerted: '', alertName: '', watch: 'w', maintenance: false },
    ...{ groupId: '', groupStartMs: 0, leaderId: '', leaderSeries: '', forecast: null },
    ...over,
  }
}
