import { NO_RECORDED_VALUE, type MetricKind } from '@pegel/contracts'
import type { DecodedPoint, MetricHead, PointProblem, PointSink } from './point-sink.ts'
import type { PointDraft } from './protobuf-points.ts'

/** Tells the sink a point, or why OTLP does not allow it. A point without a value whose flags say so is a staleness marker. */
export function emit(sink: PointSink, metric: MetricHead, draft: PointDraft): void {
  const problem = problemOf(metric, draft)
  if (problem !== undefined) sink.refuse(problem, 1)
  else sink.point(metric, { ...draft, value: draft.value ?? emptyValue(metric.kind) })
}

function problemOf(metric: MetricHead, { value, flags }: PointDraft): PointProblem | undefined {
  if (needsTemporality(metric.kind) && metric.temporality === 'unspecified') return 'temporality_missing'
  if (value === undefined) return (flags & NO_RECORDED_VALUE) !== 0 ? undefined : 'value_missing'
  if (typeof value === 'number' || value.kind !== 'histogram') return undefined
  const { bounds, counts } = value
  if (counts.length === 0 && bounds.length === 0) return undefined
  const ascending = bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? Infinity))
  return counts.length === bounds.length + 1 && ascending ? undefined : 'counts_inconsistent'
}

function needsTemporality(kind: MetricKind): boolean {
  return kind === 'sum' || kind === 'histogram' || kind === 'exponential_histogram'
}

/** Only numbers come without a value: the others are a value of zeros when nothing was sent. */
function emptyValue(kind: MetricKind): DecodedPoint['value'] {
  if (kind !== 'gauge' && kind !== 'sum') throw new TypeError(`a ${kind} without a value`)
  return Number.NaN
}
