import { forEachRun, NO_RECORDED_VALUE } from '@pegel/contracts'
import type { ComplexPoint, HistogramPoint, SeriesRun, SummaryPoint } from '@pegel/contracts'
import type { MetricRecord } from '@pegel/pipeline'
import type { Accumulated } from './delta-totals.ts'
import { encodeExemplar } from './exemplar-bytes.ts'
import { unpackExponential } from './exponential-total.ts'
import { encodeCustomHistogram, encodeNativeHistogram, encodeStaleHistogram } from './native-histogram.ts'
import type { Rendering } from './rendering.ts'
import type { Target } from './target.ts'
import { STATUS } from './status.ts'
import type { WriteRequest } from './write-request.ts'

/** What rendering a record's points needs to know besides them. */
export interface PointsContext {
  readonly nativeHistograms: boolean
  /** Takes native histograms with bounds of their own. */
  readonly customBuckets: boolean
  readonly exemplars: boolean
  rendering(record: MetricRecord, run: SeriesRun): Rendering
  /** Cumulative values of a delta series' points, by point index. */
  accumulated(record: MetricRecord): ReadonlyMap<number, Accumulated>
}

/** Adds the selected points of a record to a request: a unit each, with as many samples as its kind has. */
export function addRecord(request: WriteRequest, index: number, record: MetricRecord, context: PointsContext): void {
  const selected = selection(record)
  const units = context.exemplars && record.points.exemplars.length > 0 ? new Map<number, Unit>() : undefined
  const { timeMs, value, flags } = record.points.columns
  forEachRun(record.points, (run) => {
    const rendering = context.rendering(record, run)
    const { main } = rendering
    const end = run.first + run.count
    const startMs = rendering.counts ? run.startTimeMs : 0
    // Nearly all points are plain numbers: no object is made for them.
    const plain = rendering.plain && units === undefined
    for (let point = run.first; point < end; point += 1) {
      if (selected !== null && selected[point] !== 1) continue
      const unit = request.addUnit(index, point, rendering)
      if (plain && flags[point] === 0) {
        const at = timeMs[point] ?? 0
        request.number(main, unit, at, value[point] ?? 0, startMs > at ? 0 : startMs)
        continue
      }
      units?.set(point, { unit, rendering })
      addPoint({ request, unit, point, rendering, record, context, startMs })
    }
  })
  if (units !== undefined) addExemplars(request, record, { units, context })
}

interface Unit {
  readonly unit: number
  readonly rendering: Rendering
}

interface PointInput extends Unit {
  readonly request: WriteRequest
  readonly point: number
  readonly record: MetricRecord
  readonly context: PointsContext
  /** Of accumulation; 0 when there is none. */
  readonly startMs: number
}

function addPoint(input: PointInput): void {
  const { request, unit, point, rendering, record, context } = input
  const { timeMs: times, value, flags, complex } = record.points.columns
  const timeMs = times[point] ?? 0
  if (((flags[point] ?? 0) & NO_RECORDED_VALUE) !== 0) {
    addStale(input, timeMs)
    return
  }
  if (rendering.temporality === 'delta') {
    addAccumulated(input, timeMs, context.accumulated(record).get(point) ?? 'out_of_order')
    return
  }
  const whole = complex?.[point]
  if (whole === undefined) request.number(rendering.main, unit, timeMs, value[point] ?? 0, startOf(input, timeMs))
  else addComplex(input, timeMs, whole)
}

function addComplex(input: PointInput, timeMs: number, whole: ComplexPoint): void {
  const { request, unit, rendering, context } = input
  const native = { timeMs, gauge: rendering.temporality === 'unspecified' }
  if (whole.kind === 'histogram') {
    if (isCustom(input)) {
      request.histogram(rendering.main, unit, timeMs, encodeCustomHistogram(whole, native), startOf(input, timeMs))
    } else addHistogram(input, timeMs, whole)
    return
  }
  if (whole.kind === 'summary') {
    addSummary(input, timeMs, whole)
    return
  }
  const bytes = context.nativeHistograms ? encodeNativeHistogram(whole, native) : undefined
  if (bytes === undefined) request.setStatus(unit, STATUS.unsupported)
  else request.histogram(rendering.main, unit, timeMs, bytes, startOf(input, timeMs))
}

/** Whether an explicit histogram came from Prometheus as a native one and may go back as such. */
function isCustom({ rendering, context }: Pick<PointInput, 'rendering' | 'context'>): boolean {
  return rendering.kind === 'histogram' && rendering.fromPrometheus && context.customBuckets
}

/** A start after the point itself would be nonsense. */
function startOf({ startMs }: PointInput, timeMs: number): number {
  return startMs > timeMs ? 0 : startMs
}

function addHistogram(input: PointInput, timeMs: number, point: HistogramPoint): void {
  const { request, unit, rendering } = input
  const startMs = startOf(input, timeMs)
  let below = 0
  point.bounds.forEach((bound, index) => {
    below += point.counts[index] ?? 0
    // A bound of +Inf would be the last bucket twice.
    if (bound !== Infinity) request.number(rendering.bucket(bound), unit, timeMs, below, startMs)
  })
  request.number(rendering.bucket(Infinity), unit, timeMs, point.count, startMs)
  if (point.sum !== null) request.number(rendering.part('_sum'), unit, timeMs, point.sum, startMs)
  request.number(rendering.part('_count'), unit, timeMs, point.count, startMs)
}

function addSummary(input: PointInput, timeMs: number, point: SummaryPoint): void {
  const { request, unit, rendering } = input
  const startMs = startOf(input, timeMs)
  for (const { quantile, value } of point.quantiles) request.number(rendering.quantile(quantile), unit, timeMs, value)
  request.number(rendering.part('_sum'), unit, timeMs, point.sum, startMs)
  request.number(rendering.part('_count'), unit, timeMs, point.count, startMs)
}

/** The value after this increment; a histogram's are count, sum (NaN: none) and buckets, as delta-points.ts has put them there. */
function addAccumulated(input: PointInput, timeMs: number, accumulated: Accumulated): void {
  const { request, unit, point, rendering, record } = input
  if (accumulated === 'applied') request.setStatus(unit, STATUS.alreadyPresent)
  else if (accumulated === 'out_of_order') request.setStatus(unit, STATUS.rejected)
  else if (rendering.kind === 'sum') request.number(rendering.main, unit, timeMs, accumulated[0] ?? 0)
  else {
    const whole = record.points.columns.complex?.[point]
    if (whole?.kind === 'exponential_histogram') {
      const total = { ...whole, ...unpackExponential(accumulated), min: null, max: null }
      addComplex(input, timeMs, { ...total, sum: whole.sum === null ? null : total.sum })
      return
    }
    if (whole?.kind !== 'histogram') {
      request.setStatus(unit, STATUS.unsupported)
      return
    }
    const [count = 0, sum = 0, ...counts] = accumulated
    addHistogram(input, timeMs, { ...whole, count, sum: whole.sum === null ? null : sum, counts })
  }
}

/** Ends every series that the source series has had: of a histogram, all the buckets that were seen. */
function addStale({ request, unit, rendering, context }: PointInput, timeMs: number): void {
  const targets: Target[] = [...rendering.parts()]
  if (rendering.kind === 'gauge' || rendering.kind === 'sum') targets.push(rendering.main)
  else if (isCustom({ rendering, context })) {
    request.histogram(rendering.main, unit, timeMs, encodeStaleHistogram(timeMs))
    return
  } else if (rendering.kind !== 'exponential_histogram') targets.push(rendering.part('_sum'), rendering.part('_count'))
  else if (context.nativeHistograms) {
    request.histogram(rendering.main, unit, timeMs, encodeStaleHistogram(timeMs))
    return
  } else request.setStatus(unit, STATUS.unsupported)
  for (const target of new Set(targets)) request.stale(target, unit, timeMs)
}

interface ExemplarInput {
  readonly units: ReadonlyMap<number, Unit>
  readonly context: PointsContext
}

function addExemplars(request: WriteRequest, record: MetricRecord, { units, context }: ExemplarInput): void {
  for (const exemplar of record.points.exemplars) {
    const found = units.get(exemplar.point)
    if (found === undefined) continue
    const { unit, rendering } = found
    const whole = record.points.columns.complex?.[exemplar.point]
    if (whole?.kind === 'summary') continue
    const inBucket = whole?.kind === 'histogram' && !isCustom({ rendering, context })
    const target = inBucket ? bucketOf(rendering, whole, exemplar.value) : rendering.main
    request.exemplar(target, unit, encodeExemplar(exemplar))
  }
}

function bucketOf(rendering: Rendering, point: HistogramPoint, value: number): Target {
  return rendering.bucket(point.bounds.find((bound) => value <= bound) ?? Infinity)
}

/** One byte per point of the record; null when all are selected. */
function selection({ select, points }: MetricRecord): Uint8Array | null {
  if (select === null) return null
  const selected = new Uint8Array(points.columns.length)
  for (const point of select) selected[point] = 1
  return selected
}
