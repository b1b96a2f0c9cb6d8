import { NO_RECORDED_VALUE } from '@pegel/contracts'
import type { ComplexPoint } from '@pegel/contracts'
import { deriveHistogram, deriveSummary } from '../derive/histogram-points.ts'
import type { DerivedPoint, SourcePoint } from '../derive/derived-point.ts'
import { deriveNumber } from '../derive/number-points.ts'
import type { WatchedIdentity } from '../watch/identity.ts'
import { resolve } from './finding.ts'
import type { Sight } from './open-anomaly.ts'
import { openAnomalies } from './series-state.ts'
import type { SeriesState } from './series-state.ts'
import { watchValue } from './watch-value.ts'

export interface WatchedPoint extends SourcePoint {
  readonly complex: ComplexPoint | undefined
  readonly flags: number
}

export interface PointSight extends Sight {
  readonly identity: WatchedIdentity
}

/** What became of a point: `late` and `duplicate` ones change nothing. */
export type PointOutcome = 'scored' | 'late' | 'duplicate' | 'stale' | 'not_a_number'

const SMOOTHING = 0.1

/** Shows one point of a series to everything that watches it. */
export function watchPoint(state: SeriesState, point: WatchedPoint, sight: PointSight): PointOutcome {
  const aheadMs = point.timeMs - state.lastTimeMs
  if (aheadMs < 0 || (aheadMs === 0 && point.timeNs <= state.lastTimeNs))
    return aheadMs === 0 && point.timeNs === state.lastTimeNs ? 'duplicate' : 'late'
  const outcome = look(state, point, sight)
  learnInterval(state, point, sight.identity)
  state.lastTimeMs = point.timeMs
  state.lastTimeNs = point.timeNs
  state.startTimeMs = point.startTimeMs
  return outcome
}

/** Silence of a delta series says nothing about its interval; what it covers does. */
function learnInterval(state: SeriesState, { timeMs, startTimeMs }: WatchedPoint, identity: WatchedIdentity): void {
  const isDelta = identity.temporality === 'delta' && startTimeMs > 0
  const lengthMs = isDelta ? timeMs - startTimeMs : state.lastTimeMs === 0 ? 0 : timeMs - state.lastTimeMs
  if (lengthMs <= 0) return
  state.intervalMs = state.intervalMs === 0 ? lengthMs : state.intervalMs + SMOOTHING * (lengthMs - state.intervalMs)
}

function look(state: SeriesState, point: WatchedPoint, sight: PointSight): PointOutcome {
  if ((point.flags & NO_RECORDED_VALUE) !== 0) return end(state, point, sight)
  if (point.complex === undefined && !Number.isFinite(point.value)) return 'not_a_number'
  for (const derived of derive(state, point, sight.identity)) {
    if (sight.names.includes(derived.name)) watchValue(state, derived, sight)
  }
  return 'scored'
}

function derive(state: SeriesState, point: WatchedPoint, identity: WatchedIdentity): readonly DerivedPoint[] {
  const { complex } = point
  if (complex === undefined) return deriveNumber(state, identity, point)
  return complex.kind === 'summary'
    ? deriveSummary(state, { ...point, complex })
    : deriveHistogram(state, identity, { ...point, complex })
}

/** The series says that it has ended: what is open ends with it, and the next point begins anew. */
function end(state: SeriesState, { timeMs: atMs }: WatchedPoint, sight: PointSight): PointOutcome {
  for (const [derived, anomaly] of openAnomalies(state)) {
    sight.findings.push(resolve({ state, derived, anomaly, value: NaN, atMs, resolution: 'stale' }))
  }
  state.previous = []
  state.pending = []
  state.pendingSinceMs = 0
  return 'stale'
}
