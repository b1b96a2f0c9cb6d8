/**
 * What a source writes: a line with every point before it sends a request, and one when it knows whether the receiver acknowledged it.
 * A request without the second, of a source that ended meanwhile, may have arrived. The demo compares the backends with these
 * lines alone. All values are as they were on the wire.
 */
export type JournalLine = JournalRequest | JournalAnswer

export interface JournalRequest {
  /** Names the request in the line of its answer. */
  readonly id: string
  readonly resource: Readonly<Record<string, string>>
  readonly metrics: readonly JournalMetric[]
}

export interface JournalAnswer {
  readonly id: string
  readonly acknowledged: boolean
  readonly error?: string
}

export interface JournalMetric {
  readonly scope: { readonly name: string; readonly version: string }
  readonly name: string
  readonly unit: string
  readonly kind: 'gauge' | 'sum' | 'histogram'
  readonly temporality: 'unspecified' | 'delta' | 'cumulative'
  readonly monotonic: boolean
  readonly points: readonly JournalPoint[]
}

export interface JournalPoint {
  readonly attributes: Readonly<Record<string, string>>
  /** Nanoseconds since the epoch, in decimal: more digits than a double has. */
  readonly timeNs: string
  readonly value: number | JournalHistogram
}

export interface JournalHistogram {
  readonly count: number
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}
