import {
  createDistributionDrift,
  createDriftDetector,
  restoreDistributionDrift,
  restoreDriftDetector,
} from '@pegel/detection'
import type { DistributionDrift, DistributionVerdict, DriftDetector, DriftVerdict } from '@pegel/detection'
import type { DerivedPoint } from '../derive/derived-point.ts'
import { resolve } from './finding.ts'
import { openAnomaly, openOf } from './open-anomaly.ts'
import type { Sight } from './open-anomaly.ts'
import type { DerivedValue, SeriesState } from './series-state.ts'

/** Watches for changes that last, where the selector asks for it. Of a histogram only the distribution is watched. */
export function watchDrift(state: SeriesState, derived: DerivedValue, point: DerivedPoint, sight: Sight): void {
  const ofDistribution = sight.names.includes('distribution')
  if (!sight.watch.rule.drift || ofDistribution !== (point.counts !== undefined)) {
    endDrift(state, derived, point, sight)
    return
  }
  const { timeMs, value } = point
  const found =
    point.counts === undefined ? levelDrift(derived, point) : distributionDrift(state, derived, point.counts)
  const open = openOf(derived, 'drift')
  if (found.resolved && open !== undefined) {
    const resolution = found.drift ? 'back_in_range' : 'new_normal'
    sight.findings.push(resolve({ state, derived, anomaly: open, value, atMs: timeMs, resolution }))
  } else if (found.drift && found.active && open === undefined) {
    openAnomaly(state, derived, { kind: 'drift', timeMs, value, reason: found.explain(), ...found.range() }, sight)
  }
}

/** What one look found; sentence and range are made only when they are needed. */
interface Found {
  readonly drift: boolean
  readonly resolved: boolean
  readonly active: boolean
  explain(): string
  range(): Range
}

interface Range {
  readonly score: number
  readonly expected: number
  readonly lower: number
  readonly upper: number
}

function levelDrift(derived: DerivedValue, { timeMs, value }: DerivedPoint): Found {
  const detector = (derived.drift ??= driftOf(derived.saved.drift))
  const verdict = detector.update(timeMs, value)
  const { drift, resolved, active } = verdict
  return { drift, resolved, active, explain: () => detector.explain(), range: () => rangeOf(verdict) }
}

function distributionDrift(state: SeriesState, derived: DerivedValue, counts: readonly number[]): Found {
  const detector = (derived.distribution ??= distributionOf(derived.saved.drift))
  const verdict = detector.update(counts, state.bounds ?? [])
  const { drift, resolved, active } = verdict
  const range = (): Range => ({ score: scoreOf(verdict), expected: NaN, lower: NaN, upper: NaN })
  return { drift, resolved, active, explain: () => detector.explain(), range }
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

function distributionOf(saved: Uint8Array | null): DistributionDrift {
  if (saved === null) return createDistributionDrift()
  try {
    return restoreDistributionDrift(saved)
  } catch {
    return createDistributionDrift()
  }
}

/** At the cut-off 0.5, at twice of it 0.75. */
function scoreOf({ psi, psiCutOff, ks, ksCutOff }: DistributionVerdict): number {
  return Math.max(0.5, 1 - 0.5 / Math.max(psi / psiCutOff, ks / ksCutOff))
}

/** A change of one standard deviation scores 0.75, and none less than 0.5. */
function rangeOf({ magnitude = 0, kind, before }: DriftVerdict): Range {
  const size = kind === 'variance' ? Math.max(magnitude, 1 / magnitude) - 1 : Math.abs(magnitude)
  const [mean, sd] = [before?.mean ?? NaN, before?.sd ?? NaN]
  return { score: 0.5 + (0.5 * size) / (1 + size), expected: mean, lower: mean - 2 * sd, upper: mean + 2 * sd }
}
