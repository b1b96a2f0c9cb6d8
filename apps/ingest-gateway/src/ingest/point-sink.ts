import type {
  Attribute,
  ExponentialHistogramPoint,
  Exemplar,
  GroupIdentity,
  HistogramPoint,
  SeriesIdentity,
  SummaryPoint,
} from '@pegel/contracts'

/** What all points of an OTLP metric share. */
export type MetricHead = Omit<SeriesIdentity, 'attributes'>

/** Whole milliseconds and the nanoseconds within them; both 0 when the client sent no time. */
export interface Instant {
  readonly ms: number
  readonly ns: number
}

/** A decoded data point. `value` is a number for gauges and sums. */
export interface DecodedPoint {
  readonly attributes: readonly Attribute[]
  readonly start: Instant
  readonly time: Instant
  /** OTLP DataPointFlags, as sent. */
  readonly flags: number
  readonly value: number | HistogramPoint | ExponentialHistogramPoint | SummaryPoint
  readonly exemplars: readonly Omit<Exemplar, 'point'>[]
}

/** A point whose value may be missing. */
export type PointDraft = Omit<DecodedPoint, 'value'> & { readonly value: DecodedPoint['value'] | undefined }

export type PointProblem = 'value_missing' | 'counts_inconsistent' | 'temporality_missing' | 'max_points_per_request'

/** What a decoder tells of a request, in the order of the request. */
export interface PointSink {
  /** True when no more is taken: what follows is to be refused unread. */
  readonly isFull: boolean
  /** The following points belong to this resource and scope. */
  group(group: GroupIdentity): void
  point(metric: MetricHead, point: DecodedPoint): void
  /** Points that OTLP itself does not allow; their neighbours are taken. */
  refuse(problem: PointProblem, count: number): void
}
