import { NO_RECORDED_VALUE } from '@pegel/contracts'
import type {
  Attribute,
  ComplexPoint,
  ExponentialHistogramPoint,
  HistogramPoint,
  MetricKind,
  SummaryPoint,
  Temporality,
} from '@pegel/contracts'

/** One point: a number or a complex value, or a staleness marker. */
export interface PointSpec {
  readonly timeMs: number
  readonly timeNs?: number
  readonly value?: number
  readonly complex?: ComplexPoint
  readonly flags?: number
  readonly exemplar?: {
    readonly value: number
    readonly timeMs?: number
    readonly traceId?: string
    readonly spanId?: string
    readonly attributes?: Readonly<Record<string, string>>
  }
}

/** A series as a test thinks of it. */
export interface SeriesSpec {
  readonly name: string
  readonly kind: MetricKind
  readonly temporality: Temporality
  readonly monotonic: boolean
  readonly unit: string
  readonly attributes: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
  readonly scope: {
    readonly name: string
    readonly version: string
    readonly attributes?: Readonly<Record<string, string>>
  }
  readonly startTimeMs: number
  readonly points: readonly PointSpec[]
}

/** What a series is besides its name and points; all optional. */
export type SeriesExtras = Partial<Omit<SeriesSpec, 'name' | 'points'>>

type NumberPoint = readonly [timeMs: number, value: number]

/** A gauge of `[timeMs, value]` points. */
export function gauge(name: string, points: readonly NumberPoint[], extras: SeriesExtras = {}): SeriesSpec {
  return { ...series(name, extras), points: numbers(points) }
}

/** A sum, cumulative and monotonic unless told. */
export function sum(name: string, points: readonly NumberPoint[], extras: SeriesExtras = {}): SeriesSpec {
  const defaults = { kind: 'sum', temporality: 'cumulative', monotonic: true } as const
  return { ...series(name, { ...defaults, ...extras }), points: numbers(points) }
}

/** A monotonic sum of increments. */
export function deltaSum(name: string, points: readonly NumberPoint[], extras: SeriesExtras = {}): SeriesSpec {
  return sum(name, points, { temporality: 'delta', ...extras })
}

/** Staleness markers at these times, of whatever kind the extras name (a gauge unless told). */
export function stale(name: string, timesMs: readonly number[], extras: SeriesExtras = {}): SeriesSpec {
  return { ...series(name, extras), points: timesMs.map((timeMs) => ({ timeMs, value: 0, flags: NO_RECORDED_VALUE })) }
}

/** Complex points, `[timeMs, value]` each; the kind is the value's. Cumulative unless told. */
export function complex(
  name: string,
  points: readonly (readonly [timeMs: number, value: ComplexPoint])[],
  extras: SeriesExtras = {},
): SeriesSpec {
  const kind = points[0]?.[1].kind ?? 'histogram'
  const temporality = kind === 'summary' ? 'unspecified' : 'cumulative'
  return {
    ...series(name, { kind, temporality, ...extras }),
    points: points.map(([timeMs, value]) => ({ timeMs, complex: value })),
  }
}

export function histogramPoint(
  bounds: readonly number[],
  counts: readonly number[],
  extras: Partial<HistogramPoint> = {},
): HistogramPoint {
  const count = counts.reduce((total, each) => total + each, 0)
  return { kind: 'histogram', count, sum: count * 2, min: null, max: null, bounds, counts, ...extras }
}

export function exponentialPoint(extras: Partial<ExponentialHistogramPoint> = {}): ExponentialHistogramPoint {
  return {
    kind: 'exponential_histogram',
    count: 7,
    sum: 21.5,
    min: null,
    max: null,
    scale: 1,
    zeroCount: 1,
    zeroThreshold: 0,
    positive: { offset: -1, counts: [1, 2, 3] },
    negative: { offset: 0, counts: [] },
    ...extras,
  }
}

export function summaryPoint(
  quantiles: readonly (readonly [quantile: number, value: number])[],
  extras: Partial<SummaryPoint> = {},
): SummaryPoint {
  const listed = quantiles.map(([quantile, value]) => ({ quantile, value }))
  return { kind: 'summary', count: 10, sum: 25, quantiles: listed, ...extras }
}

/** `{ b: '1', a: '2' }` → attributes sorted by key. */
export function attributesOf(record: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(record)
    .map(([key, value]) => ({ key, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

function series(name: string, extras: SeriesExtras): Omit<SeriesSpec, 'points'> {
  return {
    name,
    kind: 'gauge',
    temporality: 'unspecified',
    monotonic: false,
    unit: '',
    attributes: {},
    resource: {},
    scope: { name: '', version: '' },
    startTimeMs: 0,
    ...extras,
  }
}

function numbers(points: readonly NumberPoint[]): PointSpec[] {
  return points.map(([timeMs, value]) => ({ timeMs, value }))
}
