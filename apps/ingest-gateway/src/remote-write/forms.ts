import type { SeriesIdentity } from '@pegel/contracts'

/** What a series is besides its labels; a number, since it is compared for every series of a request. */
export type Form = number

/** Floats: their metadata's type, as io.prometheus.write.v2.Metadata.MetricType numbers them. Remote write 1.0 knows none. */
export const UNKNOWN_TYPE = 0
const COUNTER = 1
const HISTOGRAM = 3
const SUMMARY = 5
const LAST_TYPE = 7

/** Native histograms. */
export const FORM = { exponential: 8, gaugeExponential: 9, custom: 10, gaugeCustom: 11 } as const

/** A type that is not defined is none. */
export function formOfType(type: number): Form {
  return type <= LAST_TYPE ? type : UNKNOWN_TYPE
}

type Kind = Pick<SeriesIdentity, 'kind' | 'temporality' | 'monotonic'>

const GAUGE: Kind = { kind: 'gauge', temporality: 'unspecified', monotonic: false }
const COUNTS: Kind = { kind: 'sum', temporality: 'cumulative', monotonic: true }

/**
 * The kind of a series. The series of a classic histogram or summary count up, save for the quantiles; what has no type may count up
 * or not, so it is a gauge. A gauge histogram accumulates nothing: it has no temporality.
 */
export function kindOf(form: Form, name: string): Kind {
  switch (form) {
    case FORM.exponential:
      return { kind: 'exponential_histogram', temporality: 'cumulative', monotonic: false }
    case FORM.gaugeExponential:
      return { kind: 'exponential_histogram', temporality: 'unspecified', monotonic: false }
    case FORM.custom:
      return { kind: 'histogram', temporality: 'cumulative', monotonic: false }
    case FORM.gaugeCustom:
      return { kind: 'histogram', temporality: 'unspecified', monotonic: false }
    case COUNTER:
      return name.endsWith('_created') ? GAUGE : COUNTS
    case HISTOGRAM:
    case SUMMARY:
      return /_(bucket|count|sum)$/.test(name) ? COUNTS : GAUGE
    default:
      return GAUGE
  }
}
