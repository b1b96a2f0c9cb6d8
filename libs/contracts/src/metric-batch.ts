/**
 * The in-memory form of a MetricBatch (schemas/metric-batch.v1.avsc). A batch holds points of ONE tenant.
 *
 * Nothing here is parsed before it is asked for: groups and series keep their labels as the encoded Avro bytes of the
 * record, which are byte-identical from batch to batch for the same series, so that every stage can cache its own
 * rendering of a series under its fingerprint and compare these bytes on a hit. Points are flat columns.
 */
export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary'
export type Temporality = 'unspecified' | 'delta' | 'cumulative'

export interface Attribute {
  readonly key: string
  readonly value: string
}

export interface Scope {
  readonly name: string
  readonly version: string
  readonly attributes: readonly Attribute[]
}

/** What is the same for all series of a group: who measured. */
export interface GroupIdentity {
  readonly resource: readonly Attribute[]
  readonly scope: Scope
}

/** What names a series within its group. The identity of a series is its group's and this together. */
export interface SeriesIdentity {
  readonly name: string
  readonly kind: MetricKind
  readonly temporality: Temporality
  readonly monotonic: boolean
  /** UCUM, as OpenTelemetry writes it; empty when unknown. */
  readonly unit: string
  readonly attributes: readonly Attribute[]
}

export interface ReasonCount {
  readonly reason: string
  readonly count: number
}

/** Where a record came from: set by the enricher, absent on `ingest`. */
export interface BatchSource {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** LogAppendTime of the ingest record, ms since the epoch: the ledger's window. */
  readonly appendTimeMs: number
  /** Parts 0..parts-1 of one source record. */
  readonly part: number
  readonly parts: number
}

export interface BatchEnvelope {
  readonly tenant: string
  /** 16 random bytes, given by the writer of the ingest record and carried on. */
  readonly batchId: Uint8Array
  /** Version of the tenant's file that the gateway judged by; 0 on `ingest-direct`. */
  readonly configVersion: number
  readonly receivedAtMs: number
  /** For example `otlp_http`, `otlp_json`, `direct`. */
  readonly protocol: string
  /** Points that the client sent: those in this batch plus those refused. */
  readonly received: number
  readonly refused: readonly ReasonCount[]
  /** Points in the body. */
  readonly points: number
  /** Earliest and latest point time, ms since the epoch; 0 when there are no points. */
  readonly minTimeMs: number
  readonly maxTimeMs: number
  readonly source: BatchSource | null
  /** Compression of a sealed body; `none` for a clear one (Kafka compresses). */
  readonly codec: string
  /** Data key of a sealed body; null when the body is clear. */
  readonly keyId: string | null
}

export interface HistogramPoint {
  readonly kind: 'histogram'
  /** Counts are whole, save for those of a Prometheus float histogram. */
  readonly count: number
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  /** Upper bounds, ascending; counts has one more element (the +Inf bucket). Both empty when the source sent no buckets. */
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

export interface ExponentialBuckets {
  readonly offset: number
  readonly counts: readonly number[]
}

export interface ExponentialHistogramPoint {
  readonly kind: 'exponential_histogram'
  /** Counts are whole, save for those of a Prometheus float histogram. */
  readonly count: number
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  readonly scale: number
  readonly zeroCount: number
  readonly zeroThreshold: number
  readonly positive: ExponentialBuckets
  readonly negative: ExponentialBuckets
}

export interface SummaryPoint {
  readonly kind: 'summary'
  readonly count: number
  readonly sum: number
  readonly quantiles: readonly { readonly quantile: number; readonly value: number }[]
}

export type ComplexPoint = HistogramPoint | ExponentialHistogramPoint | SummaryPoint

/** OTLP DataPointFlags: the series has no value now (a staleness marker). */
export const NO_RECORDED_VALUE = 1

/**
 * Columns over all points of a batch, in order; a point is known by its index here (as in `Outcome.rejected`).
 * Time is timeMs (whole ms since the epoch, double) plus timeNs (0..999999, the nanoseconds within it).
 */
export interface PointColumns {
  readonly length: number
  readonly timeMs: Float64Array
  readonly timeNs: Int32Array
  /** Value of a gauge or sum; NaN for complex kinds. */
  readonly value: Float64Array
  /** OTLP data point flags; see NO_RECORDED_VALUE. */
  readonly flags: Uint8Array
  /** Complex values by point index; null when the batch has none. */
  readonly complex: readonly (ComplexPoint | undefined)[] | null
}

export interface Exemplar {
  /** Index of its point in the batch. */
  readonly point: number
  readonly timeMs: number
  readonly timeNs: number
  readonly value: number
  /** Lower-case hex, empty when absent. */
  readonly traceId: string
  readonly spanId: string
  readonly attributes: readonly Attribute[]
}

export interface PointGroup {
  /** Encoded GroupIdentity. Equal bytes mean an equal group. */
  readonly block: Uint8Array
}

/**
 * A run of consecutive points of one series with one start time. The same series may occur in several runs of a batch.
 * Runs that were read make `block` when it is asked for, by a getter: copy fields by name, a spread would lose it.
 */
export interface SeriesRun {
  readonly group: PointGroup
  /** Upper and lower half of the 64-bit fingerprint, each an unsigned 32-bit integer; both 0 when the producer sent none. */
  readonly fingerprintHi: number
  readonly fingerprintLo: number
  /** Encoded SeriesIdentity. Equal (group.block, block) mean the same series. */
  readonly block: Uint8Array
  /** Start of accumulation; both 0 when unknown. */
  readonly startTimeMs: number
  readonly startTimeNs: number
  /** Points first .. first+count-1 of the columns. */
  readonly first: number
  readonly count: number
}

export interface MetricPoints {
  readonly series: readonly SeriesRun[]
  readonly columns: PointColumns
  readonly exemplars: readonly Exemplar[]
}

/** Encoded groups of points, ready to be sealed into a batch, alone or with other chunks of the same tenant. */
export interface PointsChunk {
  readonly bytes: Uint8Array
  /** So many bytes of their memory before them, and one behind them, are nobody's: for sealInPlace(). Default 0, and none behind. */
  readonly roomBytes?: number
  readonly groups: number
  readonly points: number
  readonly minTimeMs: number
  readonly maxTimeMs: number
}
