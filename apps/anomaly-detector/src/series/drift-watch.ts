import { createDriftDetector, restoreDriftDetector } from '@pegel/detection'
import type { DriftDetector, DriftVerdict } from '@pegel/detection'
import type { DerivedPoint } from '../derive/derived-point.ts'
import { resolve } from './finding.ts'
import { openAnomaly, openOf } from './open-anomaly.ts'
import type { Sight } from './open-anomaly.ts'
import type { DerivedValue, SeriesState } from './series-state.ts'

/** Watches for changes that last, where the selector asks for it. Of a histogram only the distribution is watched. */
export function watchDrift(state: SeriesState, derived: DerivedValue, point: DerivedPoint, sight: Sight): void {
  if (!sight.watch.rule.drift || sight.names.includes('distribution')) {
    endDrift(state, derived, point, sight)
    return
  }
  const { timeMs, value } = point
  derived.drift ??= driftOf(derived.saved.drift)
  const verdict = derived.drift.update(timeMs, value)
  const open = openOf(derived, 'drift')
  if (verdict.resolved && open !== undefined) {
    const resolution = verdict.drift ? 'back_in_range' : 'new_normal'
    sight.findings.push(resolve({ state, derived, anomaly: open, value, atMs: timeMs, resolution }))
  } else if (verdict.drift && verdict.active && open === undefined) {
    const reason = derived.drift.explain()
    openAnomaly(state, derived, { kind: 'drift', timeMs, value, reason, ...rangeOf(verdict) }, sight)
  }
}

/** The selector does not ask for drift any more. */
function endDrift(state: SeriesState, derived: DerivedValue, { timeMs, value }: DerivedPoint, sight: Sight): void {
  const open = openOf(derived, 'drift')
  if (open === undefined) return
  sight.findings.push(resolve({ state, derived, anomaly: open, value, atMs: timeMs, resolution: 'unwatched' }))
}

/** Bytes of another version are forgotten, and drift is learned anew. */
function driftOf(saved: Uint8Array | null): DriftDetector {
  if (saved === null) return createDriftDetector()
  try {
    return restoreDriftDetector(saved)
  } catch {
    return createDriftDetector()
  }
}

/** A change of one standard deviation scores 0.75, and none less than 0.5. */
function rangeOf({ magnitude = 0, kind, before }: DriftVerdict): {
  readonly score: number
  readonly expected: number
  readonly lower: number
  readonly upper: number
} {
  const size = kind === 'variance' ? Math.max(magnitude, 1 / magnitude) - 1 : Math.abs(magnitude)
  const [mean, sd] = [before?.mean ?? NaN, before?.sd ?? NaN]
  return { score: 0.5 + (0.5 * size) / (1 + size), expected: mean, lower: mean - 2 * sd, upper: mean + 2 * sd }
}
