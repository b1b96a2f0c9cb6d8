import fc from 'fast-check'
import type { ComplexPoint, MetricKind, SeriesIdentity } from '../src/metric-batch.ts'
import type { ModelBatch, ModelExemplar, ModelGroup, ModelPoint, ModelRun } from './batch-model.ts'

const LIMIT = 1n << 62n
const NOW = 1_760_000_000_123_456_789n

/** Mostly near each other, as in life; also years apart and at the ends of what can be written. */
const time = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt(NOW - 10_000_000_000n, NOW) },
  { weight: 2, arbitrary: fc.bigInt(NOW - 10n ** 17n, NOW + 10n ** 17n) },
  { weight: 1, arbitrary: fc.bigInt(-LIMIT + 2_000_000n, LIMIT - 2_000_000n) },
  { weight: 1, arbitrary: fc.constantFrom(0n, 1n, -1n, 999_999n, -1_000_000n) },
)
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 6, unit: 'binary' }),
  fc.string({ minLength: 64, maxLength: 70 }),
)
const attributes = fc
  .uniqueArray(fc.record({ key: text, value: text }), { maxLength: 4, selector: ({ key }) => key })
  .map((list) => list.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))))
const double = fc.oneof(fc.double(), fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308))
const count = fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 52, 2 ** 53 - 1, 2 ** 60, 2 ** 62))
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const optional = fc.option(double)
/** Of a histogram: float histograms have any. */
const bucketCount = fc.oneof(
  { weight: 9, arbitrary: count },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 2 ** 62, noNaN: true }).map((value) => (value === 0 ? 0 : value)) },
)
const totals = { count: bucketCount, sum: optional, min: optional, max: optional }
const buckets = fc.record({ offset: int, counts: fc.array(bucketCount, { maxLength: 5 }) })

const histogram = fc.array(fc.tuple(fc.double({ noNaN: true }), bucketCount), { maxLength: 5 }).chain((pairs) =>
  fc.record({
    kind: fc.constant('histogram' as const),
    ...totals,
    bounds: fc.constant(pairs.slice(1).map(([bound]) => bound)),
    counts: fc.constant(pairs.map(([, bucket]) => bucket)),
  }),
)
const exponential = fc.record({
  kind: fc.constant('exponential_histogram' as const),
  ...totals,
  scale: int,
  zeroCount: bucketCount,
  zeroThreshold: double,
  positive: buckets,
  negative: buckets,
})
const summary = fc.record({
  kind: fc.constant('summary' as const),
  count,
  sum: double,
  quantiles: fc.array(fc.record({ quantile: double, value: double }), { maxLength: 4 }),
})
const values: Readonly<Record<MetricKind, fc.Arbitrary<number | ComplexPoint>>> = {
  gauge: double,
  sum: double,
  histogram,
  exponential_histogram: exponential,
  summary,
}

const hex = (bytes: number): fc.Arbitrary<string> =>
  fc
    .option(fc.uint8Array({ minLength: bytes, maxLength: bytes }))
    .map((id) => (id === null ? '' : Buffer.from(id).toString('hex')))
const exemplar: fc.Arbitrary<ModelExemplar> = fc.record({
  time,
  value: double,
  traceId: hex(16),
  spanId: hex(8),
  attributes,
})

const identity: fc.Arbitrary<SeriesIdentity> = fc.record({
  name: text,
  kind: fc.constantFrom<MetricKind>('gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'),
  temporality: fc.constantFrom('unspecified', 'delta', 'cumulative'),
  monotonic: fc.boolean(),
  unit: fc.constantFrom('', 'ms', '{request}'),
  attributes,
})

function pointOf(kind: MetricKind): fc.Arbitrary<ModelPoint> {
  const exemplars = fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(exemplar, { maxLength: 2 }) },
  )
  return fc.record({ time, value: values[kind], flags: fc.constantFrom(0, 0, 1, 63, 64, 255), exemplars })
}

const run: fc.Arbitrary<ModelRun> = identity.chain((series) =>
  fc.record({
    fingerprint: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    identity: fc.constant(series),
    start: fc.option(time.filter((ns) => ns !== 0n)),
    points: fc.oneof(
      { weight: 30, arbitrary: fc.array(pointOf(series.kind), { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(pointOf(series.kind), { minLength: 62, maxLength: 130, size: 'max' }) },
    ),
  }),
)

const group: fc.Arbitrary<ModelGroup> = fc.record({
  identity: fc.record({ resource: attributes, scope: fc.record({ name: text, version: text, attributes }) }),
  runs: fc.oneof(
    { weight: 30, arbitrary: fc.array(run, { minLength: 1, maxLength: 3 }) },
    // The same few runs over and over: more than one block of series, cheaply.
    {
      weight: 1,
      arbitrary: fc.array(run, { minLength: 1, maxLength: 2 }).map((runs) => Array<ModelRun[]>(70).fill(runs).flat()),
    },
  ),
})

const safe = fc.oneof(fc.nat(), fc.constantFrom(0, 63, 64, 2 ** 31, 2 ** 53 - 1))
const source = fc.record({
  topic: fc.constantFrom('pegel.ingest.v1', 'pegel.ingest-direct.v1'),
  partition: fc.nat({ max: 1000 }),
  offset: safe,
  appendTimeMs: safe,
  part: fc.nat({ max: 5 }),
  parts: fc.nat({ max: 6 }),
})

export const arbitraryBatch: fc.Arbitrary<ModelBatch> = fc.record({
  head: fc.record({
    tenant: fc.constantFrom('acme', 'globex_2'),
    batchId: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
    configVersion: safe,
    receivedAtMs: safe,
    protocol: text,
    received: safe,
    refused: fc.array(fc.record({ reason: text, count: safe }), { maxLength: 3 }),
    source: fc.option(source),
  }),
  groups: fc.array(group, { maxLength: 3 }),
})
