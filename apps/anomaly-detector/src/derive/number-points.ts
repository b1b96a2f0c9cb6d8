import type { SeriesState } from '../series/series-state.ts'
import { isRate } from '../watch/derived-names.ts'
import type { WatchedIdentity } from '../watch/identity.ts'
import type { DerivedPoint, SourcePoint } from './derived-point.ts'

const MAX_ZEROS = 10

/** What a gauge's or a sum's point says: the level, or the rate per second since the point before. Updates the state's memory of it. */
export function deriveNumber(
  state: SeriesState,
  identity: WatchedIdentity,
  point: SourcePoint,
): readonly DerivedPoint[] {
  if (identity.kind === 'gauge' || !isRate(identity)) return [{ name: 'value', ...point }]
  if (identity.temporality === 'delta') return deltaRate(state, point)
  const seconds = (point.timeMs - state.lastTimeMs) / 1000
  const increase = increaseOf(state, point)
  state.bounds = undefined
  state.previous = [point.value]
  return increase === undefined || seconds <= 0
    ? []
    : [{ name: 'rate', timeMs: point.timeMs, value: increase / seconds }]
}

/** After a reset the counter has grown from 0, as Prometheus' rate() takes it. Undefined for the first point. */
function increaseOf(state: SeriesState, { value, startTimeMs }: SourcePoint): number | undefined {
  const [before] = state.previous
  if (before === undefined) return undefined
  return isReset(state, startTimeMs) || value < before ? value : value - before
}

/** A start after the last point: the process was started again. */
export function isReset(state: SeriesState, startTimeMs: number): boolean {
  return startTimeMs > 0 && startTimeMs !== state.startTimeMs && startTimeMs >= state.lastTimeMs
}

/**
 * A delta source says nothing of an interval in which nothing happened: the time between the last point and the start of this one
 * was at zero, and the detector is shown that, up to ten times.
 */
function deltaRate(state: SeriesState, point: SourcePoint): readonly DerivedPoint[] {
  const lengthMs = deltaLength(state, point)
  if (lengthMs <= 0) return []
  const rate = { name: 'rate', timeMs: point.timeMs, value: (point.value * 1000) / lengthMs }
  return [...zerosBefore(state, point, lengthMs).map((timeMs) => ({ name: 'rate', timeMs, value: 0 })), rate]
}

/**
 * The interval that a delta covers, ms; 0 when that is not known. A start that does not follow the last point is that of a series which began, or began again,
 * within an interval: as long as the series' interval is known that one counts, or one event just before a reading would be a huge rate.
 */
export function deltaLength(state: SeriesState, { timeMs, startTimeMs }: SourcePoint): number {
  if (startTimeMs > 0 && startTimeMs < timeMs) {
    const ownMs = timeMs - startTimeMs
    return startTimeMs > state.lastTimeMs ? Math.max(ownMs, state.intervalMs) : ownMs
  }
  return state.lastTimeMs > 0 ? timeMs - state.lastTimeMs : 0
}

/** Times of the silent intervals between two deltas that name their starts. */
export function zerosBefore(state: SeriesState, point: SourcePoint, lengthMs: number): readonly number[] {
  const isKnown = point.startTimeMs > 0 && state.startTimeMs > 0
  const silentMs = isKnown ? point.startTimeMs - state.lastTimeMs : 0
  const count = Math.min(MAX_ZEROS, Math.max(0, Math.round(silentMs / lengthMs)))
  return Array.from({ length: count }, (_, index) => state.lastTimeMs + Math.round((silentMs * (index + 1)) / count))
}
