import type { ComplexPoint, ExponentialBuckets } from '@pegel/contracts'
import type { RefusalReason } from '../ingest/refusals.ts'
import { FORM } from './forms.ts'
import type { Form } from './forms.ts'
import type { HistogramMessage, SentBuckets } from './histogram-message.ts'

/** A histogram as a batch has it, or why it cannot be one. */
export type NativePoint =
  { readonly form: Form; readonly point: ComplexPoint } | { readonly form: Form; readonly problem: RefusalReason }

const MIN_SCHEMA = -4
const MAX_SCHEMA = 8
const CUSTOM_SCHEMA = -53
/** As ingest has it: gaps between spans are buckets of zero in a batch, and a gap costs a sender nothing. */
const MAX_BUCKETS = 10_000

/** Of a staleness marker nothing matters but that it is one. */
const NOTHING: ComplexPoint = {
  kind: 'exponential_histogram',
  count: 0,
  sum: 0,
  min: null,
  max: null,
  scale: 0,
  zeroCount: 0,
  zeroThreshold: 0,
  positive: { offset: 0, counts: [] },
  negative: { offset: 0, counts: [] },
}
const NOTHING_CUSTOM: ComplexPoint = {
  kind: 'histogram',
  count: 0,
  sum: 0,
  min: null,
  max: null,
  bounds: [],
  counts: [],
}

/** https://prometheus.io/docs/specs/native_histograms/ */
export function nativePoint(message: HistogramMessage): NativePoint {
  const { schema, isGauge, isStale } = message
  if (schema === CUSTOM_SCHEMA) {
    const form = isGauge ? FORM.gaugeCustom : FORM.custom
    return isStale ? { form, point: NOTHING_CUSTOM } : { form, ...customPoint(message) }
  }
  const form = isGauge ? FORM.gaugeExponential : FORM.exponential
  if (isStale) return { form, point: NOTHING }
  if (schema < MIN_SCHEMA || schema > MAX_SCHEMA) return { form, problem: 'histogram_schema' }
  return { form, ...exponentialPoint(message) }
}

type Made = { readonly point: ComplexPoint } | { readonly problem: RefusalReason }

/** Prometheus' bucket i ends at base^i, OpenTelemetry's at base^(i+1): hence the 1. */
function exponentialPoint(message: HistogramMessage): Made {
  const { count, sum, schema, zeroThreshold, zeroCount } = message
  const positive = denseBuckets(message, message.positive)
  const negative = denseBuckets(message, message.negative)
  if (typeof positive === 'string') return { problem: positive }
  if (typeof negative === 'string') return { problem: negative }
  const problem = problemOfCounts(message, zeroCount + sumOf(positive.counts) + sumOf(negative.counts))
  if (problem !== undefined || !(zeroCount >= 0)) return { problem: problem ?? 'value_out_of_range' }
  return {
    point: {
      kind: 'exponential_histogram',
      count,
      sum,
      min: null,
      max: null,
      scale: schema,
      zeroCount,
      zeroThreshold,
      positive: { offset: positive.offset - 1, counts: positive.counts },
      negative: { offset: negative.offset - 1, counts: negative.counts },
    },
  }
}

/** Bounds of its own: an explicit histogram. Spans name buckets by the index of their upper bound. */
function customPoint(message: HistogramMessage): Made {
  const { count, sum, customValues: bounds, positive } = message
  const sent = denseBuckets(message, positive)
  if (typeof sent === 'string') return { problem: sent }
  if (bounds.length >= MAX_BUCKETS) return { problem: 'too_many_buckets' }
  const { offset, counts } = sent
  if (offset < 0 || offset + counts.length > bounds.length + 1) return { problem: 'counts_inconsistent' }
  const problem = problemOfCounts(message, sumOf(counts))
  if (problem !== undefined) return { problem }
  const all = new Array<number>(bounds.length + 1).fill(0)
  counts.forEach((bucket, index) => (all[offset + index] = bucket))
  return { point: { kind: 'histogram', count, sum, min: null, max: null, bounds, counts: all } }
}

/** Buckets without gaps, the first one's index as `offset`; or why not. */
function denseBuckets({ isFloat }: HistogramMessage, sent: SentBuckets): ExponentialBuckets | RefusalReason {
  const { spans } = sent
  const counts: number[] = []
  const values = isFloat ? sent.counts : cumulated(sent.deltas)
  const first = spans[0]?.offset ?? 0
  let taken = 0
  for (const [index, { offset, length }] of spans.entries()) {
    const gap = index === 0 ? 0 : offset
    if (gap < 0) return 'counts_inconsistent'
    if (counts.length + gap + length > MAX_BUCKETS) return 'too_many_buckets'
    for (let bucket = 0; bucket < gap; bucket++) counts.push(0)
    for (let bucket = 0; bucket < length; bucket++) counts.push(values[taken++] ?? NaN)
  }
  if (taken !== values.length) return 'counts_inconsistent'
  return counts.every((count) => count >= 0) ? { offset: first, counts } : 'value_out_of_range'
}

function cumulated(deltas: readonly number[]): number[] {
  let count = 0
  return deltas.map((delta) => (count += delta))
}

/** A float histogram's counts add up to no more than roughly its count; an observed NaN is in the count and in no bucket. */
function problemOfCounts({ count, sum, isFloat }: HistogramMessage, inBuckets: number): RefusalReason | undefined {
  if (!(count >= 0 && count < Infinity)) return 'value_out_of_range'
  if (isFloat) return undefined
  const fits = Number.isNaN(sum) ? inBuckets <= count : inBuckets === count
  return fits ? undefined : 'counts_inconsistent'
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
