import { NO_RECORDED_VALUE, type MetricKind } from '@pegel/contracts'
import type { DecodedPoint, PointDraft, MetricHead, PointProblem, PointSink } from '../ingest/point-sink.ts'
import { isConsistent } from '../ingest/complex-checks.ts'
import { needsTemporality } from '../ingest/labels.ts'

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
  return isConsistent(value) ? undefined : 'counts_inconsistent'
}

/** Only numbers come without a value: the others are a value of zeros when nothing was sent. */
function emptyValue(kind: MetricKind): DecodedPoint['value'] {
  if (kind !== 'gauge' && kind !== 'sum') throw new TypeError(`a ${kind} without a value`)
  return Number.NaN
}
