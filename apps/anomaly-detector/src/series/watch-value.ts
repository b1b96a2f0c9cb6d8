import { createDetector, DETECTION_THRESHOLD, restoreDetector } from '@pegel/detection'
import type { Detector, DetectorOptions, Verdict } from '@pegel/detection'
import type { WatchRule } from '@pegel/tenancy'
import type { DerivedPoint } from '../derive/derived-point.ts'
import { watchDrift } from './drift-watch.ts'
import { resolve } from './finding.ts'
import { watchForecast } from './forecast-watch.ts'
import { openAnomaly, openOf } from './open-anomaly.ts'
import type { Sight } from './open-anomaly.ts'
import { derivedOf, pack } from './series-state.ts'
import type { DerivedValue, KeptAnomaly, SeriesState } from './series-state.ts'

/** So many points in a row within the range of before end an anomaly: one that swings around the edge is one event. */
const CALM_POINTS = 5
/** What has lasted so many points, and does not surprise any more, is how things are now. */
const NEW_NORMAL_POINTS = 300

/** Shows a derived point to what watches it; what begins or ends goes to the sight's findings. */
export function watchValue(state: SeriesState, point: DerivedPoint, sight: Sight): void {
  const derived = derivedOf(state, point.name)
  if (derived.optionsOf !== sight.watch.rule) useOptions(derived, sight.watch.rule)
  derived.points += 1
  if (point.counts === undefined) {
    if (!Number.isFinite(point.value)) return
    watchRange(state, derived, point, sight)
    watchForecast(state, derived, point, sight)
  }
  watchDrift(state, derived, point, sight)
}

/** The selector of the series is another one: what was learned stays, what it is judged by changes. */
function useOptions(derived: DerivedValue, rule: WatchRule): void {
  pack(derived)
  derived.optionsOf = rule
}

function watchRange(state: SeriesState, derived: DerivedValue, point: DerivedPoint, sight: Sight): void {
  const { timeMs, value } = point
  derived.detector ??= detectorOf(derived.saved.detector, sight.watch.rule)
  const verdict = derived.detector.update(timeMs, value)
  if (!verdict.ready) return
  const open = openOf(derived, 'anomaly')
  if (open !== undefined) follow(state, derived, { open, verdict, point }, sight)
  else if (verdict.score >= DETECTION_THRESHOLD) {
    const { score, expected, lower, upper } = verdict
    const reason = derived.detector.explain()
    openAnomaly(state, derived, { kind: 'anomaly', timeMs, value, score, expected, lower, upper, reason }, sight)
  }
}

/** Bytes of another version of the detector are forgotten: it learns anew, and says so by its warm-up. */
function detectorOf(saved: Uint8Array | null, rule: WatchRule): Detector {
  const { direction, minDeviation, minDeviationRelative, sensitivity, season } = rule
  const options: DetectorOptions = { direction, minDeviation, minDeviationRelative, sensitivity, season }
  if (saved === null) return createDetector(options)
  try {
    return restoreDetector(saved, options)
  } catch {
    return createDetector(options)
  }
}

interface Following {
  readonly open: KeptAnomaly
  readonly verdict: Verdict
  readonly point: DerivedPoint
}

function follow(state: SeriesState, derived: DerivedValue, { open, verdict, point }: Following, sight: Sight): void {
  const { timeMs: atMs, value } = point
  open.score = Math.max(open.score, verdict.score)
  const inRange = isWithin(value, open.lower, open.upper)
  open.calm = inRange && verdict.score < DETECTION_THRESHOLD ? open.calm + 1 : 0
  const lasted = derived.points - open.points
  const accepted = lasted >= NEW_NORMAL_POINTS && isWithin(value, verdict.lower, verdict.upper)
  if (open.calm < CALM_POINTS && !accepted) return
  const resolution = accepted ? 'new_normal' : 'back_in_range'
  sight.findings.push(resolve({ state, derived, anomaly: open, value, atMs, resolution }))
}

/** A side that is not known does not bound. */
function isWithin(value: number, lower: number | null, upper: number | null): boolean {
  return value >= bound(lower, -Infinity) && value <= bound(upper, Infinity)
}

function bound(value: number | null, otherwise: number): number {
  return value === null || Number.isNaN(value) ? otherwise : value
}
