import type { Attribute } from '@pegel/contracts'
import type { DecodedPoint, MetricHead } from '../ingest/point-sink.ts'
import { ExponentialHistogram } from './exponential-histogram.ts'
import type { StatsdType } from './parse-line.ts'

/** What a series comes to within one interval. */
export interface SeriesState {
  readonly name: string
  readonly attributes: readonly Attribute[]
  readonly type: StatsdType
  /** Of the sample, ms since the epoch; undefined for those that count into the interval. */
  readonly timeMs: number | undefined
  readonly total: Total
}

/** Adds values up. `take` says how many of a set's values are new, else 0. */
export interface Total {
  take(value: string, rate: number): number
  value(): DecodedPoint['value']
}

/** Sample rates of counters count exactly: 1 at @0.3 is 3.33. */
export class Count implements Total {
  #sum = 0

  take(value: string, rate: number): number {
    this.#sum += Number(value) / rate
    return 0
  }

  value(): number {
    return this.#sum
  }
}

/** `+1` and `-1` move it, other values set it. A negative value is set by setting 0 first, as StatsD has it. */
export class Level implements Total {
  #value: number

  constructor(before: number) {
    this.#value = before
  }

  take(value: string): number {
    this.#value = /^[+-]/.test(value) ? this.#value + Number(value) : Number(value)
    return 0
  }

  value(): number {
    return this.#value
  }
}

/** Sample rates of histograms count whole events, since buckets do: what is left over waits for the next value. */
export class Spread implements Total {
  readonly #histogram = new ExponentialHistogram()
  #rest = 0

  take(value: string, rate: number): number {
    const events = this.#rest + 1 / rate
    // A hair, so that 1 / 0.1 added ten times does not stay below its whole number.
    const whole = Math.floor(events + 1e-9)
    this.#rest = events - whole
    this.#histogram.record(Number(value), whole)
    return 0
  }

  value(): DecodedPoint['value'] {
    return this.#histogram.point()
  }
}

export class Unique implements Total {
  readonly #seen = new Set<string>()

  take(value: string): number {
    const before = this.#seen.size
    this.#seen.add(value)
    return this.#seen.size - before
  }

  value(): number {
    return this.#seen.size
  }
}

/** What names the series besides its tags. The unit of `ms` is the only one that StatsD knows. */
export function headOf({ name, type }: Pick<SeriesState, 'name' | 'type'>): MetricHead {
  switch (type) {
    case 'c':
      return { name, unit: '', kind: 'sum', temporality: 'delta', monotonic: true }
    case 'g':
    case 's':
      return { name, unit: '', kind: 'gauge', temporality: 'unspecified', monotonic: false }
    case 'ms':
    case 'h':
    case 'd': {
      const unit = type === 'ms' ? 'ms' : ''
      return { name, unit, kind: 'exponential_histogram', temporality: 'delta', monotonic: false }
    }
  }
}
