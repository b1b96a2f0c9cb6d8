import fc from 'fast-check'
import type { SentSeries } from './messages.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 6 }).filter((value) => value.isWellFormed())
const word = fc.oneof({ arbitrary: text.filter((value) => value !== ''), weight: 30 }, { arbitrary: text, weight: 1 })
const time = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 4_000_000_000_000 }), weight: 30 },
  { arbitrary: fc.constantFrom(0, -1, 2 ** 52, -(2 ** 53) + 1), weight: 1 },
)
const double = fc.double({ noNaN: true })

const labels = fc
  .tuple(
    fc.constantFrom('up', 'requests_total', 'latency_bucket', 'latency_sum', 'x_created', 'http.size'),
    fc.uniqueArray(fc.record({ name: word, value: text }), { maxLength: 4, selector: ({ name }) => name }),
    fc.oneof({ arbitrary: fc.constant(null), weight: 20 }, { arbitrary: fc.constantFrom('__name__', 'a'), weight: 1 }),
  )
  .map(([name, others, again]) => [
    { name: '__name__', value: name },
    ...others,
    ...(again === null ? [] : [{ name: again, value: 'twice' }]),
  ])

const sample = fc.record({ value: double, timestamp: time, start_timestamp: fc.oneof(fc.constant(0), time) })
const exemplar = fc.record({
  labels: fc.uniqueArray(
    fc.oneof(
      fc.record({ name: word, value: text }),
      fc.constant({ name: 'trace_id', value: '0af7651916cd43dd8448eb211c80319c' }),
      fc.constant({ name: 'span_id', value: 'b7ad6b7169203331' }),
    ),
    { maxLength: 3, selector: ({ name }) => name },
  ),
  value: double,
  timestamp: time,
})

/** A side of a histogram: counts in spans, some of them with gaps between. */
const side = (count: fc.Arbitrary<number>) =>
  fc.array(
    fc.record({ gap: fc.integer({ min: -2, max: 3 }), counts: fc.array(count, { minLength: 1, maxLength: 3 }) }),
    { maxLength: 3 },
  )
type Side = readonly { readonly gap: number; readonly counts: readonly number[] }[]

const flat = (spans: Side): number[] => spans.flatMap(({ counts }) => counts)
const spansOf = (spans: Side) =>
  spans.map(({ gap, counts }, index) => ({ offset: index === 0 ? gap : Math.abs(gap), length: counts.length }))
const deltasOf = (counts: readonly number[]): number[] => counts.map((count, index) => count - (counts[index - 1] ?? 0))
const add = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

const shared = {
  sum: double,
  reset_hint: fc.constantFrom(0, 1, 2, 3),
  timestamp: time,
  start_timestamp: fc.oneof(fc.constant(0), time),
  schema: fc.oneof(
    { arbitrary: fc.integer({ min: -4, max: 8 }), weight: 10 },
    { arbitrary: fc.constant(9), weight: 1 },
  ),
  zero_threshold: fc.double({ min: 0, max: 1, noNaN: true }),
}
/** Now and then one whose count is not that of its buckets. */
const wrong = fc.oneof({ arbitrary: fc.constant(0), weight: 20 }, { arbitrary: fc.constant(1), weight: 1 })
const integerHistogram = fc
  .record({ ...shared, positive: side(fc.nat()), negative: side(fc.nat()), zero: fc.nat(), wrong })
  .map(({ positive, negative, zero, wrong: off, ...rest }) => ({
    ...rest,
    count_int: add(flat(positive)) + add(flat(negative)) + zero + off,
    zero_count_int: zero,
    positive_spans: spansOf(positive),
    positive_deltas: deltasOf(flat(positive)),
    negative_spans: spansOf(negative),
    negative_deltas: deltasOf(flat(negative)),
  }))
const bucket = fc.oneof(
  { arbitrary: fc.double({ min: 0, max: 1e9, noNaN: true }), weight: 50 },
  { arbitrary: fc.constantFrom(-0.5, NaN), weight: 1 },
)
const floatHistogram = fc
  .record({ ...shared, positive: side(bucket), negative: side(bucket), zero: bucket })
  .map(({ positive, negative, zero, ...rest }) => ({
    ...rest,
    count_float: Math.abs(add(flat(positive))),
    zero_count_float: zero,
    positive_spans: spansOf(positive),
    positive_counts: flat(positive),
    negative_spans: spansOf(negative),
    negative_counts: flat(negative),
  }))
const customHistogram = fc
  .record({ ...shared, positive: side(fc.nat()), bounds: fc.uniqueArray(fc.integer(), { maxLength: 12 }) })
  .map(({ positive, bounds, ...rest }) => ({
    ...rest,
    schema: -53,
    custom_values: bounds.sort((a, b) => a - b),
    count_int: add(flat(positive)),
    positive_spans: spansOf(positive),
    positive_deltas: deltasOf(flat(positive)),
  }))
const histogram = fc.oneof(integerHistogram, floatHistogram, customHistogram)

const metadata = fc.record({
  type: fc.integer({ min: 0, max: 8 }),
  help: text,
  unit: fc.constantFrom('', '', 'seconds', 'bytes'),
})
const points = fc.oneof(
  { arbitrary: fc.record({ samples: fc.array(sample, { minLength: 1, maxLength: 3 }) }), weight: 10 },
  { arbitrary: fc.record({ histograms: fc.array(histogram, { minLength: 1, maxLength: 2 }) }), weight: 10 },
  {
    arbitrary: fc.record({
      samples: fc.array(sample, { maxLength: 1 }),
      histograms: fc.array(histogram, { maxLength: 1 }),
    }),
    weight: 1,
  },
)

/** Series as senders may send them, and some as they must not. No two have the same labels. */
export const arbitrarySeries: fc.Arbitrary<readonly SentSeries[]> = fc.uniqueArray(
  fc
    .tuple(labels, points, fc.array(exemplar, { maxLength: 2 }), fc.option(metadata, { nil: undefined }))
    .map(([own, content, exemplars, about]) => ({
      labels: own,
      ...content,
      exemplars,
      ...(about === undefined ? {} : { metadata: about }),
    })),
  { maxLength: 4, selector: (series) => JSON.stringify(series.labels) },
)

/** Some of them have lengths of two bytes, or more. */
const longText = fc.oneof(
  { arbitrary: text, weight: 8 },
  { arbitrary: fc.nat({ max: 300 }).map((length) => 'x'.repeat(length)), weight: 4 },
  { arbitrary: fc.constant('y'.repeat(17_000)), weight: 1 },
)

/** Series of samples alone, as most requests have them, of few names and labels: many come again. */
export const samplesAlone: fc.Arbitrary<readonly SentSeries[]> = fc.array(
  fc.record({
    labels: fc.tuple(fc.constantFrom('up', 'down'), fc.constantFrom('a', 'b'), longText).map(([name, key, value]) => [
      { name: '__name__', value: name },
      { name: key, value },
    ]),
    samples: fc.array(sample, { minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 6 },
)
