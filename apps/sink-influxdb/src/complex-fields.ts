import type {
  ComplexPoint,
  ExponentialBuckets,
  ExponentialHistogramPoint,
  HistogramPoint,
  SummaryPoint,
} from '@pegel/contracts'
import { floatText, plainDecimal } from './decimal.ts'
import { quoteField } from './escape.ts'

/**
 * The fields of a histogram or summary. What of it is not finite, which the format cannot hold, is left out; undefined when that is its count.
 * All text is ASCII.
 */
export function complexFields(point: ComplexPoint): string | undefined {
  if (!Number.isFinite(point.count)) return undefined
  switch (point.kind) {
    case 'histogram':
      return histogramFields(point)
    case 'exponential_histogram':
      return exponentialFields(point)
    case 'summary':
      return summaryFields(point)
  }
}

/** Telegraf's format: a field per bound, cumulative over the buckets; +Inf is `count`. */
function histogramFields(point: HistogramPoint): string {
  const fields = common(point)
  let below = 0
  point.bounds.forEach((bound, index) => {
    below += point.counts[index] ?? 0
    if (Number.isFinite(bound)) fields.push([plainDecimal(bound), below])
  })
  return joined(fields)
}

/** Bounds that change with the scale would make ever new fields; the buckets are kept whole, as text. */
function exponentialFields(point: ExponentialHistogramPoint): string {
  const fields = common(point)
  fields.push(['scale', point.scale], ['zero_count', point.zeroCount], ['zero_threshold', point.zeroThreshold])
  return joined(fields) + buckets('positive', point.positive) + buckets('negative', point.negative)
}

function buckets(side: string, { offset, counts }: ExponentialBuckets): string {
  if (counts.length === 0) return ''
  return `,${side}_offset=${offset},${side}_counts=${quoteField(counts.join(','))}`
}

/** A quantile that is not a number (a summary with no observations in its window) is left out; count and sum remain. */
function summaryFields(point: SummaryPoint): string {
  const fields: Field[] = [
    ['count', point.count],
    ['sum', point.sum],
  ]
  for (const { quantile, value } of point.quantiles) {
    if (Number.isFinite(value)) fields.push([plainDecimal(quantile), value])
  }
  return joined(fields)
}

type Field = readonly [name: string, value: number]

function common(point: HistogramPoint | ExponentialHistogramPoint): Field[] {
  const fields: Field[] = [['count', point.count]]
  if (point.sum !== null) fields.push(['sum', point.sum])
  if (point.min !== null) fields.push(['min', point.min])
  if (point.max !== null) fields.push(['max', point.max])
  return fields
}

function joined(fields: readonly Field[]): string {
  const finite = fields.filter(([, value]) => Number.isFinite(value))
  return finite.map(([name, value]) => `${name}=${floatText(value)}`).join(',')
}
