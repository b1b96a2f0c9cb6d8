import type { ComplexPoint } from '@pegel/contracts'
import type { SeriesState } from '../series/series-state.ts'
import type { WatchedIdentity } from '../watch/identity.ts'
import { bucketsOf, FIRST_BUCKET, quantileOf, sameBounds } from './buckets.ts'
import type { DerivedPoint, SourcePoint } from './derived-point.ts'
import { deltaLength, isReset, zerosBefore } from './number-points.ts'

/** Fewer observations make no quantile: they are added up over intervals, for a minute at most. */
const ENOUGH = 20
const MAX_PENDING_MS = 60_000
const QUANTILES = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
] as const

/** Rate, mean, quantiles and distribution of a histogram since the point before. Updates the state's memory of it. */
export function deriveHistogram(
  state: SeriesState,
  identity: WatchedIdentity,
  point: SourcePoint & { readonly complex: ComplexPoint },
): readonly DerivedPoint[] {
  const buckets = bucketsOf(point.complex)
  if (buckets === undefined) return []
  if (state.bounds === undefined || !sameBounds(state.bounds, buckets.bounds)) forget(state)
  state.bounds = buckets.bounds
  const isDelta = identity.temporality === 'delta'
  const increase = isDelta ? buckets.vector : increaseOf(state, buckets.vector, point.startTimeMs)
  if (!isDelta) state.previous = buckets.vector
  const lengthMs = isDelta ? deltaLength(state, point) : point.timeMs - state.lastTimeMs
  if (increase === undefined || lengthMs <= 0) return []
  const count = increase[0] ?? 0
  const out: DerivedPoint[] = isDelta
    ? zerosBefore(state, point, lengthMs).map((timeMs) => ({ name: 'rate', timeMs, value: 0 }))
    : []
  out.push({ name: 'rate', timeMs: point.timeMs, value: (count * 1000) / lengthMs })
  if (count > 0) out.push({ name: 'mean', timeMs: point.timeMs, value: (increase[1] ?? NaN) / count })
  collect(state, increase, point.timeMs)
  return (state.pending[0] ?? 0) >= ENOUGH || point.timeMs - state.pendingSinceMs >= MAX_PENDING_MS
    ? [...out, ...release(state, buckets.bounds, point.timeMs)]
    : out
}

/** Undefined for the first point; after a reset all that was counted since. */
function increaseOf(state: SeriesState, vector: readonly number[], startTimeMs: number): readonly number[] | undefined {
  const { previous } = state
  if (previous.length === 0) return undefined
  const shrunk = vector.some((count, at) => at !== 1 && count < (previous[at] ?? 0))
  return isReset(state, startTimeMs) || shrunk ? vector : vector.map((count, at) => count - (previous[at] ?? 0))
}

function collect(state: SeriesState, increase: readonly number[], timeMs: number): void {
  if (state.pending.length === 0) state.pendingSinceMs = timeMs
  state.pending = increase.map((count, at) => count + (state.pending[at] ?? 0))
}

function release(state: SeriesState, bounds: readonly number[], timeMs: number): readonly DerivedPoint[] {
  const { pending } = state
  state.pending = []
  state.pendingSinceMs = 0
  const out: DerivedPoint[] = []
  for (const [name, quantile] of QUANTILES) {
    const value = quantileOf(pending, bounds, quantile)
    if (value !== undefined) out.push({ name, timeMs, value })
  }
  const counts = pending.slice(FIRST_BUCKET)
  if (out.length > 0) out.push({ name: 'distribution', timeMs, value: pending[0] ?? 0, counts })
  return out
}

function forget(state: SeriesState): void {
  state.previous = []
  state.pending = []
  state.pendingSinceMs = 0
}

const SUMMARY_NAMES = new Map<number, string>([
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.95, 'p95'],
  [0.99, 'p99'],
])

/** A summary's own quantiles, and rate and mean from its count and sum, which are cumulative. */
export function deriveSummary(
  state: SeriesState,
  point: SourcePoint & { readonly complex: ComplexPoint },
): readonly DerivedPoint[] {
  if (point.complex.kind !== 'summary') return []
  const { count, sum, quantiles } = point.complex
  const { timeMs } = point
  const increase = increaseOf(state, [count, sum], point.startTimeMs)
  state.bounds = undefined
  state.previous = [count, sum]
  const out: DerivedPoint[] = []
  const [observed = 0, total = NaN] = increase ?? []
  const seconds = (timeMs - state.lastTimeMs) / 1000
  if (increase !== undefined && seconds > 0) out.push({ name: 'rate', timeMs, value: observed / seconds })
  if (observed > 0) out.push({ name: 'mean', timeMs, value: total / observed })
  for (const { quantile, value } of quantiles) {
    const name = SUMMARY_NAMES.get(quantile)
    if (name !== undefined) out.push({ name, timeMs, value })
  }
  return out
}
