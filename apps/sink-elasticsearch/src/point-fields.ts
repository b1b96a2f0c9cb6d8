import type { ComplexPoint, ExponentialHistogramPoint, HistogramPoint, SummaryPoint } from '@pegel/contracts'
import { explicitBuckets } from './exponential-buckets.ts'
import { numberText } from './json.ts'

/**
 * Members of a document for a histogram or summary; `field` is `"metrics.<name>` (see SeriesFields). A sum, minimum, maximum or quantile that is not finite is left out: the rest says what was observed. Undefined
 * when its count or buckets are not finite.
 */
export function complexFields(field: string, point: ComplexPoint): string | undefined {
  if (!Number.isFinite(point.count)) return undefined
  switch (point.kind) {
    case 'histogram':
      return histogramFields(field, point)
    case 'exponential_histogram':
      return exponentialFields(field, point)
    case 'summary':
      return summaryFields(field, point)
  }
}

/** counts[i] is what was observed up to bounds[i]; the last is beyond all bounds. A bound of +Inf is left out with what JSON cannot hold. */
function histogramFields(field: string, point: HistogramPoint): string | undefined {
  const bounds = point.bounds.filter(Number.isFinite)
  const counts =
    bounds.length === point.bounds.length
      ? point.counts
      : [...point.counts.slice(0, bounds.length), sumOf(point.counts.slice(bounds.length))]
  return members(field, [...common(point), ['bounds', bounds], ['counts', counts]])
}

function exponentialFields(field: string, point: ExponentialHistogramPoint): string | undefined {
  const { bounds, counts } = explicitBuckets(point)
  return members(field, [
    ...common(point),
    ['scale', point.scale],
    ['zero_count', point.zeroCount],
    ['zero_threshold', point.zeroThreshold],
    ['bounds', bounds],
    ['counts', counts],
  ])
}

/** A quantile that is not a number (a summary with no observations in its window) is left out; count and sum remain. */
function summaryFields(field: string, point: SummaryPoint): string | undefined {
  const known = point.quantiles.filter(({ value }) => Number.isFinite(value))
  return members(field, [
    ['count', point.count],
    ['sum', point.sum],
    ['quantiles', known.map(({ quantile }) => quantile)],
    ['values', known.map(({ value }) => value)],
  ])
}

type Field = readonly [name: string, value: number | readonly number[]]

function common(point: HistogramPoint | ExponentialHistogramPoint): Field[] {
  const fields: Field[] = [['count', point.count]]
  if (point.sum !== null) fields.push(['sum', point.sum])
  if (point.min !== null) fields.push(['min', point.min])
  if (point.max !== null) fields.push(['max', point.max])
  return fields
}

function members(field: string, fields: readonly Field[]): string | undefined {
  const texts: string[] = []
  for (const [name, value] of fields) {
    if (typeof value !== 'number') {
      if (!value.every(Number.isFinite)) return undefined
      if (value.length > 0) texts.push(`${field}.${name}":[${value.map(numberText).join(',')}]`)
    } else if (Number.isFinite(value)) texts.push(`${field}.${name}":${numberText(value)}`)
  }
  return texts.join(',')
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
