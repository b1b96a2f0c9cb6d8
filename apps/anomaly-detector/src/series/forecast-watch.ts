import { createForecaster, nextThresholdAlert, restoreForecaster } from '@pegel/detection'
import type { Forecaster, TimeTo } from '@pegel/detection'
import type { ForecastRule } from '@pegel/tenancy'
import type { DerivedPoint } from '../derive/derived-point.ts'
import { durationText, numberText } from './duration-text.ts'
import { resolve } from './finding.ts'
import type { Resolution } from './finding.ts'
import { openAnomaly, openOf } from './open-anomaly.ts'
import type { Sight } from './open-anomaly.ts'
import type { DerivedValue, KeptAnomaly, SeriesState } from './series-state.ts'

/** Looking ahead costs more than a point: it is done with every fifth. */
const EVERY_POINTS = 5

/** Looks ahead, where the selector names a threshold. */
export function watchForecast(state: SeriesState, derived: DerivedValue, point: DerivedPoint, sight: Sight): void {
  const { forecast: rule } = sight.watch.rule
  const open = openOf(derived, 'forecast')
  const end = (anomaly: KeptAnomaly, resolution: Resolution): void => {
    const { timeMs: atMs, value } = point
    sight.findings.push(resolve({ state, derived, anomaly, value, atMs, resolution }))
  }
  if (rule === undefined) {
    if (open !== undefined) end(open, 'unwatched')
    return
  }
  derived.forecast ??= forecasterOf(derived.saved.forecast)
  derived.forecast.update(point.timeMs, point.value)
  if (derived.points % EVERY_POINTS !== 0) return
  const ahead = derived.forecast.timeTo(rule.threshold, rule.rising ? 'up' : 'down')
  if (ahead?.ms === 0) {
    // It is there: other rules speak of that.
    derived.against = 0
    if (open !== undefined) end(open, 'crossed')
    return
  }
  const before = { open: open !== undefined, against: derived.against, event: 'none' } as const
  const next = nextThresholdAlert(before, ahead, { withinMs: rule.withinMs })
  derived.against = next.against
  if (next.event === 'opened' && ahead !== undefined) warn(state, derived, { point, rule, ahead }, sight)
  else if (next.event === 'resolved' && open !== undefined) end(open, 'receded')
}

interface Warning {
  readonly point: DerivedPoint
  readonly rule: ForecastRule
  readonly ahead: TimeTo
}

function warn(state: SeriesState, derived: DerivedValue, { point, rule, ahead }: Warning, sight: Sight): void {
  const { timeMs, value } = point
  const forecast = {
    ...{ threshold: rule.threshold, rising: rule.rising, atMs: Math.round(timeMs + ahead.ms) },
    earliestMs: Math.round(timeMs + ahead.earliestMs),
    latestMs: Number.isFinite(ahead.latestMs) ? Math.round(timeMs + ahead.latestMs) : null,
  }
  const range = `${durationText(ahead.earliestMs)} to ${Number.isFinite(ahead.latestMs) ? durationText(ahead.latestMs) : 'never'}`
  const reason = `${rule.rising ? 'reaches' : 'falls to'} ${numberText(rule.threshold)} in ${durationText(ahead.ms)} (${range}); now ${numberText(value)}`
  // At once scores 1, at the end of the time that was asked for 0.5.
  const score = 1 - (0.5 * ahead.ms) / rule.withinMs
  const nothing = { expected: NaN, lower: NaN, upper: NaN }
  openAnomaly(state, derived, { kind: 'forecast', timeMs, value, score, reason, forecast, ...nothing }, sight)
}

/** Bytes of another version are forgotten, and the series' course is learned anew. */
function forecasterOf(saved: Uint8Array | null): Forecaster {
  if (saved === null) return createForecaster()
  try {
    return restoreForecaster(saved)
  } catch {
    return createForecaster()
  }
}
