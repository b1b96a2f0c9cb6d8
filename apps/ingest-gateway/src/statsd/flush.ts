import { DecodedPoints } from '../ingest/decoded-points.ts'
import type { RefusalReason } from '../ingest/refusals.ts'
import type { RequestPoints } from '../ingest/request-points.ts'
import type { Fate, Interval } from './interval.ts'
import { headOf } from './series-state.ts'
import type { SeriesState } from './series-state.ts'

/** A part of an interval that is sent as one request. */
export interface Flush {
  readonly startMs: number
  readonly endMs: number
  readonly series: readonly SeriesState[]
  readonly refused: readonly (readonly [RefusalReason, number])[]
  /** The first of an interval answers for all that came. */
  readonly bytes: number
}

const SECOND_MS = 1000
/** A point says nothing of a line that came to nothing; these are no refusals. */
const NO_REFUSALS: ReadonlySet<Fate> = new Set<Fate>(['taken', 'event', 'service_check'])

/** Cuts an interval into requests of at most `maxPoints`. The refused are told with the first. Empty when nothing came. */
export function flushesOf(
  { startMs, series, fates, bytes }: Interval,
  endMs: number,
  maxPoints: number,
): readonly Flush[] {
  const refused = [...fates].filter((entry): entry is [RefusalReason, number] => !NO_REFUSALS.has(entry[0]))
  const flushes: Flush[] = []
  for (let from = 0; from < series.length || (from === 0 && refused.length > 0); from += maxPoints) {
    const part = series.slice(from, from + maxPoints)
    const first = from === 0
    flushes.push({ startMs, endMs, series: part, refused: first ? refused : [], bytes: first ? bytes : 0 })
  }
  return flushes
}

/** Tells a flush as points of its end, those with a time of their own as points of that. */
export function tellFlush({ startMs, endMs, series, refused }: Flush, points: RequestPoints): void {
  const sink = new DecodedPoints(points)
  sink.group({ resource: [], scope: { name: '', version: '', attributes: [] } })
  for (const state of series) {
    const metric = headOf(state)
    const timeMs = state.timeMs ?? endMs
    const sinceMs = state.timeMs === undefined ? startMs : timeMs - SECOND_MS
    const start = { ms: metric.temporality === 'delta' ? sinceMs : 0, ns: 0 }
    const { attributes, total } = state
    sink.point(metric, {
      attributes,
      start,
      time: { ms: timeMs, ns: 0 },
      flags: 0,
      value: total.value(),
      exemplars: [],
    })
  }
  for (const [reason, count] of refused) points.refuse(reason, count)
}
