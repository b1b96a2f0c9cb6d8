import type { MetricKind, Temporality } from '@pegel/contracts'
import type { DecodedPoint, MetricHead } from '../ingest/point-sink.ts'
import type { JsonPoint } from './schemas.ts'

const NO_BUCKETS = { offset: 0, counts: [] }

/** What names the series of a point besides its labels. */
export function metricHead(point: JsonPoint): MetricHead {
  const { name, unit = '' } = point
  const { kind, temporality, monotonic } = kindOf(point)
  return { name, unit, kind, temporality, monotonic }
}

interface Kind {
  readonly kind: MetricKind
  readonly temporality: Temporality
  readonly monotonic: boolean
}

function kindOf(point: JsonPoint): Kind {
  switch (point.type) {
    case undefined:
    case 'gauge':
      return { kind: 'gauge', temporality: 'unspecified', monotonic: false }
    case 'summary':
      return { kind: 'summary', temporality: 'unspecified', monotonic: false }
    case 'counter':
    case 'up_down_counter':
      return { kind: 'sum', temporality: point.temporality ?? 'cumulative', monotonic: point.type === 'counter' }
    case 'histogram':
    case 'exponential_histogram':
      return { kind: point.type, temporality: point.temporality ?? 'cumulative', monotonic: false }
  }
}

export function pointValue(point: JsonPoint): DecodedPoint['value'] {
  switch (point.type) {
    case 'histogram': {
      const { count, sum = null, min = null, max = null, bounds, counts } = point.value
      return { kind: 'histogram', count, sum, min, max, bounds, counts }
    }
    case 'exponential_histogram': {
      const { count, sum = null, min = null, max = null, scale, positive, negative } = point.value
      const { zero_count: zeroCount = 0, zero_threshold: zeroThreshold = 0 } = point.value
      const sides = { positive: positive ?? NO_BUCKETS, negative: negative ?? NO_BUCKETS }
      return { kind: 'exponential_histogram', count, sum, min, max, scale, zeroCount, zeroThreshold, ...sides }
    }
    case 'summary':
      return { kind: 'summary', ...point.value }
    case 'gauge':
    case 'counter':
    case 'up_down_counter':
    case undefined:
      return Number(point.value)
  }
}
