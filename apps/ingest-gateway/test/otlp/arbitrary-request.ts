import fc from 'fast-check'

const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((value) => value.isWellFormed())
const double = fc.double()
const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
const count = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String)
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)
/** Mostly what can be stored, so that most points are; now and then anything. */
const time = fc
  .oneof(
    { arbitrary: fc.bigInt({ min: 1n, max: 2n ** 62n }), weight: 30 },
    { arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), weight: 1 },
  )
  .map(String)
const name = fc.oneof({ arbitrary: text.filter((value) => value !== ''), weight: 30 }, { arbitrary: text, weight: 1 })
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const bytes = fc.uint8Array({ maxLength: 16 }).map((value) => Buffer.from(value).toString('base64'))

const { anyValue } = fc.letrec<{ anyValue: object }>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    int64.map((intValue) => ({ intValue })),
    double.map((doubleValue) => ({ doubleValue })),
    bytes.map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
    fc.array(tie('anyValue'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: text, value: tie('anyValue') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}))

const attributes = fc.array(fc.record({ key: name, value: anyValue }), { maxLength: 4 })
const numberValue = fc.oneof(
  double.map((asDouble) => ({ asDouble })),
  int64.map((asInt) => ({ asInt })),
  fc.constant({}),
)
const exemplars = fc.array(
  fc
    .tuple(
      fc.record({ filteredAttributes: attributes, timeUnixNano: time, traceId: bytes, spanId: bytes }),
      numberValue,
    )
    .map(([base, value]) => ({ ...base, ...value })),
  { maxLength: 2 },
)
const shared = { attributes, startTimeUnixNano: time, timeUnixNano: time, flags: fc.nat({ max: 3 }) }
const numberPoint = fc
  .tuple(fc.record({ ...shared, exemplars }), numberValue)
  .map(([base, value]) => ({ ...base, ...value }))
const totals = { count, sum: finite, min: finite, max: finite }
const buckets = fc.record({ offset: int32, bucketCounts: fc.array(count, { maxLength: 5 }) })

const histogramPoint = fc
  .tuple(
    fc.record({ ...shared, ...totals, exemplars }, { requiredKeys: ['attributes'] }),
    fc.uniqueArray(finite, { maxLength: 4 }),
    fc.array(count, { minLength: 5, maxLength: 5 }),
    fc.boolean(),
  )
  .map(([base, bounds, counts, broken]) => {
    const explicitBounds = bounds.sort((a, b) => a - b)
    return { ...base, explicitBounds, bucketCounts: counts.slice(0, bounds.length + (broken ? 0 : 1)) }
  })

const exponentialPoint = fc.record(
  {
    ...shared,
    ...totals,
    scale: int32,
    zeroCount: count,
    zeroThreshold: finite,
    positive: buckets,
    negative: buckets,
    exemplars,
  },
  { requiredKeys: ['attributes'] },
)

const summaryPoint = fc.record({
  ...shared,
  count,
  sum: finite,
  quantileValues: fc.array(fc.record({ quantile: finite, value: finite }), { maxLength: 3 }),
})

const points = <T>(point: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(point, { maxLength: 3 })
const aggregationTemporality = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 2 }), weight: 5 },
  fc.integer({ min: 0, max: 3 }),
)
const data = fc.oneof(
  fc.record({ gauge: fc.record({ dataPoints: points(numberPoint) }) }),
  fc.record({ sum: fc.record({ dataPoints: points(numberPoint), aggregationTemporality, isMonotonic: fc.boolean() }) }),
  fc.record({ histogram: fc.record({ dataPoints: points(histogramPoint), aggregationTemporality }) }),
  fc.record({ exponentialHistogram: fc.record({ dataPoints: points(exponentialPoint), aggregationTemporality }) }),
  fc.record({ summary: fc.record({ dataPoints: points(summaryPoint) }) }),
  fc.constant({}),
)
const metric = fc
  .tuple(fc.record({ name, description: text, unit: text }), data)
  .map(([head, body]) => ({ ...head, ...body }))
const scopeMetrics = fc.record(
  {
    scope: fc.record({ name: text, version: text, attributes }),
    metrics: fc.array(metric, { maxLength: 3 }),
    schemaUrl: text,
  },
  { requiredKeys: ['metrics'] },
)

/** Any ExportMetricsServiceRequest, as protobufjs' fromObject takes it. */
export const arbitraryRequest = fc.record({
  resourceMetrics: fc.array(
    fc.record(
      { resource: fc.record({ attributes }), scopeMetrics: fc.array(scopeMetrics, { maxLength: 2 }) },
      { requiredKeys: ['scopeMetrics'] },
    ),
    { maxLength: 2 },
  ),
})
