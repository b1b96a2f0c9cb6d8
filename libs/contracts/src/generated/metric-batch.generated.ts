// Made by `npm run generate` from schemas/metric-batch.v1.avsc; do not edit.

export type BatchId = Uint8Array

export interface ReasonCount {
  /** Stable snake_case code. */
  readonly reason: string
  /** Points. */
  readonly count: bigint
}

/** The ingest record that this one was made of. */
export interface BatchSource {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** LogAppendTime of the ingest record, ms since the Unix epoch. */
  readonly appendTimeMs: bigint
  /** 0 .. parts-1. */
  readonly part: number
  /** How many records the source record became. */
  readonly parts: number
}

export interface Attribute {
  readonly key: string
  /** Values of other types are written as the OpenTelemetry specification renders non-string attribute values. */
  readonly value: string
}

export interface Scope {
  readonly name: string
  readonly version: string
  /** Sorted by key bytes. */
  readonly attributes: readonly Attribute[]
}

export type Fingerprint = Uint8Array

export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary'

export type Temporality = 'unspecified' | 'delta' | 'cumulative'

/** With the group's resource and scope: what names the series. */
export interface SeriesIdentity {
  readonly name: string
  readonly kind: MetricKind
  readonly temporality: Temporality
  /** Only of a sum. */
  readonly monotonic: boolean
  /** UCUM; empty when unknown. */
  readonly unit: string
  /** Of the points, sorted by key bytes. */
  readonly attributes: readonly Attribute[]
}

export interface NumberPoint {
  /** ns relative to baseTime. */
  readonly time: bigint
  readonly value: number
  /** OTLP DataPointFlags; bit 0: no recorded value (a staleness marker). */
  readonly flags: number
}

/** Of a gauge or sum. */
export interface Numbers {
  readonly points: readonly NumberPoint[]
}

export interface FractionalCounts {
  readonly count: number
  readonly counts: readonly number[]
}

export interface HistogramPoint {
  /** ns relative to baseTime. */
  readonly time: bigint
  readonly flags: number
  readonly count: bigint
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  /** Upper bounds, ascending. */
  readonly bounds: readonly number[]
  /** Per bucket, not cumulative; one more than bounds, or both empty. */
  readonly counts: readonly bigint[]
  /** The counts of a float histogram, when they are not whole; those before are then rounded. */
  readonly fractional: FractionalCounts | null
}

export interface Histograms {
  readonly points: readonly HistogramPoint[]
}

export interface ExponentialBuckets {
  /** Index of the first bucket. */
  readonly offset: number
  readonly counts: readonly bigint[]
}

export interface FractionalBuckets {
  readonly count: number
  readonly zeroCount: number
  /** As many as in positive.counts. */
  readonly positive: readonly number[]
  /** As many as in negative.counts. */
  readonly negative: readonly number[]
}

export interface ExponentialHistogramPoint {
  /** ns relative to baseTime. */
  readonly time: bigint
  readonly flags: number
  readonly count: bigint
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  /** Base of the buckets: 2^(2^-scale). */
  readonly scale: number
  readonly zeroCount: bigint
  readonly zeroThreshold: number
  readonly positive: ExponentialBuckets
  readonly negative: ExponentialBuckets
  /** The counts of a float histogram, when they are not whole; those before are then rounded. */
  readonly fractional: FractionalBuckets | null
}

export interface ExponentialHistograms {
  readonly points: readonly ExponentialHistogramPoint[]
}

export interface Quantile {
  /** 0 to 1. */
  readonly quantile: number
  readonly value: number
}

export interface SummaryPoint {
  /** ns relative to baseTime. */
  readonly time: bigint
  readonly flags: number
  readonly count: bigint
  readonly sum: number
  readonly quantiles: readonly Quantile[]
}

export interface Summaries {
  readonly points: readonly SummaryPoint[]
}

export interface Exemplar {
  /** Index of its point in this run. */
  readonly point: number
  /** ns relative to baseTime. */
  readonly time: bigint
  readonly value: number
  /** 16 bytes, or none. */
  readonly traceId: Uint8Array
  /** 8 bytes, or none. */
  readonly spanId: Uint8Array
  readonly attributes: readonly Attribute[]
}

/** A run of points of one series with one start time. A series may have several runs in a batch. */
export interface Series {
  /** XXH64 of the canonical identity, big-endian; zeros when the producer sent none. */
  readonly fingerprint: Fingerprint
  readonly identity: SeriesIdentity
  /** Start of accumulation, ns relative to baseTime; null when unknown. */
  readonly startTime: bigint | null
  /** The branch agrees with identity.kind. */
  readonly points: { readonly 'pegel.v1.Numbers': Numbers } | { readonly 'pegel.v1.Histograms': Histograms } | { readonly 'pegel.v1.ExponentialHistograms': ExponentialHistograms } | { readonly 'pegel.v1.Summaries': Summaries }
  readonly exemplars: readonly Exemplar[]
}

/** Series measured by one resource and instrumentation scope. */
export interface Group {
  /** Nanoseconds since the Unix epoch, within +-2^62. All times of the group are ns relative to it. */
  readonly baseTime: bigint
  /** Sorted by key bytes. */
  readonly resource: readonly Attribute[]
  readonly scope: Scope
  readonly series: readonly Series[]
}

export interface Points {
  readonly groups: readonly Group[]
}

/** Reserved: the Avro encoding of Points, compressed with `codec`, then encrypted with AES-256-GCM under `keyId`. */
export interface Sealed {
  readonly nonce: Uint8Array
  /** With the authentication tag at its end. */
  readonly ciphertext: Uint8Array
  /** Size of the body before compression. */
  readonly clearBytes: bigint
}

/** Points of ONE tenant. The fields before `body` are the clear envelope, which limits, ledger and routing read without touching the points. */
export interface MetricBatch {
  /** Tenant id, ^[a-z0-9][a-z0-9_]{0,62}$; the same as the record's key. */
  readonly tenant: string
  /** Random bytes given by the writer of the ingest record and carried on. */
  readonly batchId: BatchId
  /** Version of the tenant's file that the gateway judged by; 0 on ingest-direct. */
  readonly configVersion: bigint
  /** When the request arrived, ms since the Unix epoch. */
  readonly receivedAtMs: bigint
  /** How it came in, for example otlp_http, otlp_json, direct. */
  readonly protocol: string
  /** Points that the client sent: those of the body and those refused. */
  readonly received: bigint
  /** Points refused before Kafka, by reason. */
  readonly refused: readonly ReasonCount[]
  /** Points in the body. */
  readonly points: bigint
  /** Earliest point time, ms since the Unix epoch, rounded down; 0 when there are no points. */
  readonly minTimeMs: bigint
  /** Latest point time, ms since the Unix epoch, rounded down; 0 when there are no points. */
  readonly maxTimeMs: bigint
  /** Set by the enricher; null on the ingest topics. */
  readonly source: BatchSource | null
  /** Compression of a sealed body; `none` for a clear one, which Kafka compresses. */
  readonly codec: string
  /** Data key of a sealed body; null when the body is clear. */
  readonly keyId: string | null
  readonly body: { readonly 'pegel.v1.Points': Points } | { readonly 'pegel.v1.Sealed': Sealed }
}

export const METRIC_BATCH_SCHEMA = {
  name: "MetricBatch",
  fullName: "pegel.v1.MetricBatch",
  fingerprint: "fb691f6b28eec4eb",
  json: "{\"type\":\"record\",\"name\":\"MetricBatch\",\"namespace\":\"pegel.v1\",\"doc\":\"Points of ONE tenant. The fields before `body` are the clear envelope, which limits, ledger and routing read without touching the points.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\",\"doc\":\"Tenant id, ^[a-z0-9][a-z0-9_]{0,62}$; the same as the record's key.\"},{\"name\":\"batchId\",\"type\":{\"type\":\"fixed\",\"name\":\"BatchId\",\"size\":16},\"doc\":\"Random bytes given by the writer of the ingest record and carried on.\"},{\"name\":\"configVersion\",\"type\":\"long\",\"doc\":\"Version of the tenant's file that the gateway judged by; 0 on ingest-direct.\",\"default\":0},{\"name\":\"receivedAtMs\",\"type\":\"long\",\"doc\":\"When the request arrived, ms since the Unix epoch.\",\"default\":0},{\"name\":\"protocol\",\"type\":\"string\",\"doc\":\"How it came in, for example otlp_http, otlp_json, direct.\",\"default\":\"\"},{\"name\":\"received\",\"type\":\"long\",\"doc\":\"Points that the client sent: those of the body and those refused.\",\"default\":0},{\"name\":\"refused\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ReasonCount\",\"fields\":[{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\"},{\"name\":\"count\",\"type\":\"long\",\"doc\":\"Points.\"}]}},\"doc\":\"Points refused before Kafka, by reason.\",\"default\":[]},{\"name\":\"points\",\"type\":\"long\",\"doc\":\"Points in the body.\"},{\"name\":\"minTimeMs\",\"type\":\"long\",\"doc\":\"Earliest point time, ms since the Unix epoch, rounded down; 0 when there are no points.\",\"default\":0},{\"name\":\"maxTimeMs\",\"type\":\"long\",\"doc\":\"Latest point time, ms since the Unix epoch, rounded down; 0 when there are no points.\",\"default\":0},{\"name\":\"source\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"BatchSource\",\"doc\":\"The ingest record that this one was made of.\",\"fields\":[{\"name\":\"topic\",\"type\":\"string\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"appendTimeMs\",\"type\":\"long\",\"doc\":\"LogAppendTime of the ingest record, ms since the Unix epoch.\"},{\"name\":\"part\",\"type\":\"int\",\"doc\":\"0 .. parts-1.\",\"default\":0},{\"name\":\"parts\",\"type\":\"int\",\"doc\":\"How many records the source record became.\",\"default\":1}]}],\"doc\":\"Set by the enricher; null on the ingest topics.\",\"default\":null},{\"name\":\"codec\",\"type\":\"string\",\"doc\":\"Compression of a sealed body; `none` for a clear one, which Kafka compresses.\",\"default\":\"none\"},{\"name\":\"keyId\",\"type\":[\"null\",\"string\"],\"doc\":\"Data key of a sealed body; null when the body is clear.\",\"default\":null},{\"name\":\"body\",\"type\":[{\"type\":\"record\",\"name\":\"Points\",\"fields\":[{\"name\":\"groups\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Group\",\"doc\":\"Series measured by one resource and instrumentation scope.\",\"fields\":[{\"name\":\"baseTime\",\"type\":\"long\",\"doc\":\"Nanoseconds since the Unix epoch, within +-2^62. All times of the group are ns relative to it.\"},{\"name\":\"resource\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Attribute\",\"fields\":[{\"name\":\"key\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"string\",\"doc\":\"Values of other types are written as the OpenTelemetry specification renders non-string attribute values.\"}]}},\"doc\":\"Sorted by key bytes.\"},{\"name\":\"scope\",\"type\":{\"type\":\"record\",\"name\":\"Scope\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"version\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"attributes\",\"type\":{\"type\":\"array\",\"items\":\"Attribute\"},\"doc\":\"Sorted by key bytes.\",\"default\":[]}]}},{\"name\":\"series\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Series\",\"doc\":\"A run of points of one series with one start time. A series may have several runs in a batch.\",\"fields\":[{\"name\":\"fingerprint\",\"type\":{\"type\":\"fixed\",\"name\":\"Fingerprint\",\"size\":8},\"doc\":\"XXH64 of the canonical identity, big-endian; zeros when the producer sent none.\"},{\"name\":\"identity\",\"type\":{\"type\":\"record\",\"name\":\"SeriesIdentity\",\"doc\":\"With the group's resource and scope: what names the series.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"MetricKind\",\"symbols\":[\"gauge\",\"sum\",\"histogram\",\"exponential_histogram\",\"summary\"]}},{\"name\":\"temporality\",\"type\":{\"type\":\"enum\",\"name\":\"Temporality\",\"symbols\":[\"unspecified\",\"delta\",\"cumulative\"],\"default\":\"unspecified\"},\"default\":\"unspecified\"},{\"name\":\"monotonic\",\"type\":\"boolean\",\"doc\":\"Only of a sum.\",\"default\":false},{\"name\":\"unit\",\"type\":\"string\",\"doc\":\"UCUM; empty when unknown.\",\"default\":\"\"},{\"name\":\"attributes\",\"type\":{\"type\":\"array\",\"items\":\"Attribute\"},\"doc\":\"Of the points, sorted by key bytes.\",\"default\":[]}]}},{\"name\":\"startTime\",\"type\":[\"null\",\"long\"],\"doc\":\"Start of accumulation, ns relative to baseTime; null when unknown.\",\"default\":null},{\"name\":\"points\",\"type\":[{\"type\":\"record\",\"name\":\"Numbers\",\"doc\":\"Of a gauge or sum.\",\"fields\":[{\"name\":\"points\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"NumberPoint\",\"fields\":[{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"value\",\"type\":\"double\"},{\"name\":\"flags\",\"type\":\"int\",\"doc\":\"OTLP DataPointFlags; bit 0: no recorded value (a staleness marker).\",\"default\":0}]}}}]},{\"type\":\"record\",\"name\":\"Histograms\",\"fields\":[{\"name\":\"points\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"HistogramPoint\",\"fields\":[{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"flags\",\"type\":\"int\",\"default\":0},{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"sum\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"min\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"max\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"bounds\",\"type\":{\"type\":\"array\",\"items\":\"double\"},\"doc\":\"Upper bounds, ascending.\",\"default\":[]},{\"name\":\"counts\",\"type\":{\"type\":\"array\",\"items\":\"long\"},\"doc\":\"Per bucket, not cumulative; one more than bounds, or both empty.\",\"default\":[]},{\"name\":\"fractional\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"FractionalCounts\",\"fields\":[{\"name\":\"count\",\"type\":\"double\"},{\"name\":\"counts\",\"type\":{\"type\":\"array\",\"items\":\"double\"}}]}],\"doc\":\"The counts of a float histogram, when they are not whole; those before are then rounded.\",\"default\":null}]}}}]},{\"type\":\"record\",\"name\":\"ExponentialHistograms\",\"fields\":[{\"name\":\"points\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ExponentialHistogramPoint\",\"fields\":[{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"flags\",\"type\":\"int\",\"default\":0},{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"sum\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"min\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"max\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"scale\",\"type\":\"int\",\"doc\":\"Base of the buckets: 2^(2^-scale).\"},{\"name\":\"zeroCount\",\"type\":\"long\",\"default\":0},{\"name\":\"zeroThreshold\",\"type\":\"double\",\"default\":0},{\"name\":\"positive\",\"type\":{\"type\":\"record\",\"name\":\"ExponentialBuckets\",\"fields\":[{\"name\":\"offset\",\"type\":\"int\",\"doc\":\"Index of the first bucket.\",\"default\":0},{\"name\":\"counts\",\"type\":{\"type\":\"array\",\"items\":\"long\"},\"default\":[]}]}},{\"name\":\"negative\",\"type\":\"ExponentialBuckets\"},{\"name\":\"fractional\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"FractionalBuckets\",\"fields\":[{\"name\":\"count\",\"type\":\"double\"},{\"name\":\"zeroCount\",\"type\":\"double\"},{\"name\":\"positive\",\"type\":{\"type\":\"array\",\"items\":\"double\"},\"doc\":\"As many as in positive.counts.\"},{\"name\":\"negative\",\"type\":{\"type\":\"array\",\"items\":\"double\"},\"doc\":\"As many as in negative.counts.\"}]}],\"doc\":\"The counts of a float histogram, when they are not whole; those before are then rounded.\",\"default\":null}]}}}]},{\"type\":\"record\",\"name\":\"Summaries\",\"fields\":[{\"name\":\"points\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"SummaryPoint\",\"fields\":[{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"flags\",\"type\":\"int\",\"default\":0},{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"sum\",\"type\":\"double\"},{\"name\":\"quantiles\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Quantile\",\"fields\":[{\"name\":\"quantile\",\"type\":\"double\",\"doc\":\"0 to 1.\"},{\"name\":\"value\",\"type\":\"double\"}]}},\"default\":[]}]}}}]}],\"doc\":\"The branch agrees with identity.kind.\"},{\"name\":\"exemplars\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Exemplar\",\"fields\":[{\"name\":\"point\",\"type\":\"int\",\"doc\":\"Index of its point in this run.\"},{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"value\",\"type\":\"double\"},{\"name\":\"traceId\",\"type\":\"bytes\",\"doc\":\"16 bytes, or none.\",\"default\":\"\"},{\"name\":\"spanId\",\"type\":\"bytes\",\"doc\":\"8 bytes, or none.\",\"default\":\"\"},{\"name\":\"attributes\",\"type\":{\"type\":\"array\",\"items\":\"Attribute\"},\"default\":[]}]}},\"default\":[]}]}}}]}},\"default\":[]}]},{\"type\":\"record\",\"name\":\"Sealed\",\"doc\":\"Reserved: the Avro encoding of Points, compressed with `codec`, then encrypted with AES-256-GCM under `keyId`.\",\"fields\":[{\"name\":\"nonce\",\"type\":\"bytes\"},{\"name\":\"ciphertext\",\"type\":\"bytes\",\"doc\":\"With the authentication tag at its end.\"},{\"name\":\"clearBytes\",\"type\":\"long\",\"doc\":\"Size of the body before compression.\",\"default\":0}]}]}]}",
  /** Older schemas of this record, by fingerprint. */
  history: {
    "9920ada6a6c8eebb": "{\"type\":\"record\",\"name\":\"MetricBatch\",\"namespace\":\"pegel.v1\",\"doc\":\"Points of ONE tenant. The fields before `body` are the clear envelope, which limits, ledger and routing read without touching the points.\",\"fields\":[{\"name\":\"tenant\",\"type\":\"string\",\"doc\":\"Tenant id, ^[a-z0-9][a-z0-9_]{0,62}$; the same as the record's key.\"},{\"name\":\"batchId\",\"type\":{\"type\":\"fixed\",\"name\":\"BatchId\",\"size\":16},\"doc\":\"Random bytes given by the writer of the ingest record and carried on.\"},{\"name\":\"configVersion\",\"type\":\"long\",\"doc\":\"Version of the tenant's file that the gateway judged by; 0 on ingest-direct.\",\"default\":0},{\"name\":\"receivedAtMs\",\"type\":\"long\",\"doc\":\"When the request arrived, ms since the Unix epoch.\",\"default\":0},{\"name\":\"protocol\",\"type\":\"string\",\"doc\":\"How it came in, for example otlp_http, otlp_json, direct.\",\"default\":\"\"},{\"name\":\"received\",\"type\":\"long\",\"doc\":\"Points that the client sent: those of the body and those refused.\",\"default\":0},{\"name\":\"refused\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ReasonCount\",\"fields\":[{\"name\":\"reason\",\"type\":\"string\",\"doc\":\"Stable snake_case code.\"},{\"name\":\"count\",\"type\":\"long\",\"doc\":\"Points.\"}]}},\"doc\":\"Points refused before Kafka, by reason.\",\"default\":[]},{\"name\":\"points\",\"type\":\"long\",\"doc\":\"Points in the body.\"},{\"name\":\"minTimeMs\",\"type\":\"long\",\"doc\":\"Earliest point time, ms since the Unix epoch, rounded down; 0 when there are no points.\",\"default\":0},{\"name\":\"maxTimeMs\",\"type\":\"long\",\"doc\":\"Latest point time, ms since the Unix epoch, rounded down; 0 when there are no points.\",\"default\":0},{\"name\":\"source\",\"type\":[\"null\",{\"type\":\"record\",\"name\":\"BatchSource\",\"doc\":\"The ingest record that this one was made of.\",\"fields\":[{\"name\":\"topic\",\"type\":\"string\"},{\"name\":\"partition\",\"type\":\"int\"},{\"name\":\"offset\",\"type\":\"long\"},{\"name\":\"appendTimeMs\",\"type\":\"long\",\"doc\":\"LogAppendTime of the ingest record, ms since the Unix epoch.\"},{\"name\":\"part\",\"type\":\"int\",\"doc\":\"0 .. parts-1.\",\"default\":0},{\"name\":\"parts\",\"type\":\"int\",\"doc\":\"How many records the source record became.\",\"default\":1}]}],\"doc\":\"Set by the enricher; null on the ingest topics.\",\"default\":null},{\"name\":\"codec\",\"type\":\"string\",\"doc\":\"Compression of a sealed body; `none` for a clear one, which Kafka compresses.\",\"default\":\"none\"},{\"name\":\"keyId\",\"type\":[\"null\",\"string\"],\"doc\":\"Data key of a sealed body; null when the body is clear.\",\"default\":null},{\"name\":\"body\",\"type\":[{\"type\":\"record\",\"name\":\"Points\",\"fields\":[{\"name\":\"groups\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Group\",\"doc\":\"Series measured by one resource and instrumentation scope.\",\"fields\":[{\"name\":\"baseTime\",\"type\":\"long\",\"doc\":\"Nanoseconds since the Unix epoch, within +-2^62. All times of the group are ns relative to it.\"},{\"name\":\"resource\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Attribute\",\"fields\":[{\"name\":\"key\",\"type\":\"string\"},{\"name\":\"value\",\"type\":\"string\",\"doc\":\"Values of other types are written as the OpenTelemetry specification renders non-string attribute values.\"}]}},\"doc\":\"Sorted by key bytes.\"},{\"name\":\"scope\",\"type\":{\"type\":\"record\",\"name\":\"Scope\",\"fields\":[{\"name\":\"name\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"version\",\"type\":\"string\",\"default\":\"\"},{\"name\":\"attributes\",\"type\":{\"type\":\"array\",\"items\":\"Attribute\"},\"doc\":\"Sorted by key bytes.\",\"default\":[]}]}},{\"name\":\"series\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Series\",\"doc\":\"A run of points of one series with one start time. A series may have several runs in a batch.\",\"fields\":[{\"name\":\"fingerprint\",\"type\":{\"type\":\"fixed\",\"name\":\"Fingerprint\",\"size\":8},\"doc\":\"XXH64 of the canonical identity, big-endian; zeros when the producer sent none.\"},{\"name\":\"identity\",\"type\":{\"type\":\"record\",\"name\":\"SeriesIdentity\",\"doc\":\"With the group's resource and scope: what names the series.\",\"fields\":[{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"kind\",\"type\":{\"type\":\"enum\",\"name\":\"MetricKind\",\"symbols\":[\"gauge\",\"sum\",\"histogram\",\"exponential_histogram\",\"summary\"]}},{\"name\":\"temporality\",\"type\":{\"type\":\"enum\",\"name\":\"Temporality\",\"symbols\":[\"unspecified\",\"delta\",\"cumulative\"],\"default\":\"unspecified\"},\"default\":\"unspecified\"},{\"name\":\"monotonic\",\"type\":\"boolean\",\"doc\":\"Only of a sum.\",\"default\":false},{\"name\":\"unit\",\"type\":\"string\",\"doc\":\"UCUM; empty when unknown.\",\"default\":\"\"},{\"name\":\"attributes\",\"type\":{\"type\":\"array\",\"items\":\"Attribute\"},\"doc\":\"Of the points, sorted by key bytes.\",\"default\":[]}]}},{\"name\":\"startTime\",\"type\":[\"null\",\"long\"],\"doc\":\"Start of accumulation, ns relative to baseTime; null when unknown.\",\"default\":null},{\"name\":\"points\",\"type\":[{\"type\":\"record\",\"name\":\"Numbers\",\"doc\":\"Of a gauge or sum.\",\"fields\":[{\"name\":\"points\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"NumberPoint\",\"fields\":[{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"value\",\"type\":\"double\"},{\"name\":\"flags\",\"type\":\"int\",\"doc\":\"OTLP DataPointFlags; bit 0: no recorded value (a staleness marker).\",\"default\":0}]}}}]},{\"type\":\"record\",\"name\":\"Histograms\",\"fields\":[{\"name\":\"points\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"HistogramPoint\",\"fields\":[{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"flags\",\"type\":\"int\",\"default\":0},{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"sum\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"min\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"max\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"bounds\",\"type\":{\"type\":\"array\",\"items\":\"double\"},\"doc\":\"Upper bounds, ascending.\",\"default\":[]},{\"name\":\"counts\",\"type\":{\"type\":\"array\",\"items\":\"long\"},\"doc\":\"Per bucket, not cumulative; one more than bounds, or both empty.\",\"default\":[]}]}}}]},{\"type\":\"record\",\"name\":\"ExponentialHistograms\",\"fields\":[{\"name\":\"points\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"ExponentialHistogramPoint\",\"fields\":[{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"flags\",\"type\":\"int\",\"default\":0},{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"sum\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"min\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"max\",\"type\":[\"null\",\"double\"],\"default\":null},{\"name\":\"scale\",\"type\":\"int\",\"doc\":\"Base of the buckets: 2^(2^-scale).\"},{\"name\":\"zeroCount\",\"type\":\"long\",\"default\":0},{\"name\":\"zeroThreshold\",\"type\":\"double\",\"default\":0},{\"name\":\"positive\",\"type\":{\"type\":\"record\",\"name\":\"ExponentialBuckets\",\"fields\":[{\"name\":\"offset\",\"type\":\"int\",\"doc\":\"Index of the first bucket.\",\"default\":0},{\"name\":\"counts\",\"type\":{\"type\":\"array\",\"items\":\"long\"},\"default\":[]}]}},{\"name\":\"negative\",\"type\":\"ExponentialBuckets\"}]}}}]},{\"type\":\"record\",\"name\":\"Summaries\",\"fields\":[{\"name\":\"points\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"SummaryPoint\",\"fields\":[{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"flags\",\"type\":\"int\",\"default\":0},{\"name\":\"count\",\"type\":\"long\"},{\"name\":\"sum\",\"type\":\"double\"},{\"name\":\"quantiles\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Quantile\",\"fields\":[{\"name\":\"quantile\",\"type\":\"double\",\"doc\":\"0 to 1.\"},{\"name\":\"value\",\"type\":\"double\"}]}},\"default\":[]}]}}}]}],\"doc\":\"The branch agrees with identity.kind.\"},{\"name\":\"exemplars\",\"type\":{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"Exemplar\",\"fields\":[{\"name\":\"point\",\"type\":\"int\",\"doc\":\"Index of its point in this run.\"},{\"name\":\"time\",\"type\":\"long\",\"doc\":\"ns relative to baseTime.\"},{\"name\":\"value\",\"type\":\"double\"},{\"name\":\"traceId\",\"type\":\"bytes\",\"doc\":\"16 bytes, or none.\",\"default\":\"\"},{\"name\":\"spanId\",\"type\":\"bytes\",\"doc\":\"8 bytes, or none.\",\"default\":\"\"},{\"name\":\"attributes\",\"type\":{\"type\":\"array\",\"items\":\"Attribute\"},\"default\":[]}]}},\"default\":[]}]}}}]}},\"default\":[]}]},{\"type\":\"record\",\"name\":\"Sealed\",\"doc\":\"Reserved: the Avro encoding of Points, compressed with `codec`, then encrypted with AES-256-GCM under `keyId`.\",\"fields\":[{\"name\":\"nonce\",\"type\":\"bytes\"},{\"name\":\"ciphertext\",\"type\":\"bytes\",\"doc\":\"With the authentication tag at its end.\"},{\"name\":\"clearBytes\",\"type\":\"long\",\"doc\":\"Size of the body before compression.\",\"default\":0}]}]}]}",
  } as Readonly<Record<string, string>>,
} as const
