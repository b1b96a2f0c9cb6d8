import { describe, expect, it } from '@jest/globals'
import { batchOf, complex, exponentialPoint, gauge, histogramPoint, sum, summaryPoint } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import fc from 'fast-check'
import { readRequest } from '../test/read-request.ts'
import type { ReadSeries } from '../test/read-request.ts'
import { addRecord } from './add-points.ts'
import { encodeExemplar } from './exemplar-bytes.ts'
import { encodeLabels } from './label-bytes.ts'
import { encodeNativeHistogram } from './native-histogram.ts'
import { RenderingCache } from './rendering-cache.ts'
import { Target } from './target.ts'
import { WriteRequest } from './write-request.ts'

const T = 1_800_000_000_000

/** The series of a record as they are sent by 2.0, by name. */
function sent(series: readonly SeriesSpec[]): Readonly<Record<string, ReadSeries>> {
  const { record } = batchOf('acme', series)
  const request = new WriteRequest()
  const renderings = new RenderingCache(1000, 1_000_000, true)
  addRecord(request, 0, record, {
    nativeHistograms: true,
    customBuckets: true,
    exemplars: true,
    rendering: (of, run) => renderings.get(of.envelope.tenant, run),
    accumulated: () => new Map(),
  })
  request.settle()
  const read = readRequest(request.encode(undefined, '2.0'), '2.0')
  return Object.fromEntries(
    read.map((each) => [each.labels.find(({ name }) => name === '__name__')?.value ?? '', each]),
  )
}
const scope = { name: 'prometheus', version: '' }

describe('a request of 2.0', () => {
  const label = fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), fc.string({ minLength: 1, maxLength: 4 }))
  const sample = fc.record({
    series: fc.nat(4),
    timeMs: fc.integer({ min: 1, max: 2 ** 42 }),
    startMs: fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 2 ** 42 })),
    histogram: fc.boolean(),
  })

  it('says what that of 1.0 says, and follows the rules of the specification', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(label, { selector: ([name]) => name, maxLength: 5 }), { minLength: 5, maxLength: 5 }),
        fc.uniqueArray(sample, { selector: ({ series, timeMs }) => `${series}@${timeMs}`, maxLength: 30 }),
        fc.func(fc.boolean()),
        (labels, samples, isMarked) => {
          const request = new WriteRequest()
          const targets = labels.map((own, index) => new Target(encodeLabels(`s${index}`, new Map(own))))
          samples.forEach(({ series, timeMs, startMs, histogram }, index) => {
            const target = targets[series] ?? new Target(Buffer.alloc(0))
            const unit = request.addUnit(0, index, target)
            const bytes = histogram ? encodeNativeHistogram(exponentialPoint(), { timeMs, gauge: false }) : undefined
            if (bytes === undefined) request.number(target, unit, timeMs, index, startMs)
            else request.histogram(target, unit, timeMs, bytes, startMs)
            const exemplar = { point: 0, timeMs, timeNs: 0, value: index, traceId: '', spanId: '' }
            const attributes = [{ key: 'user', value: `${index % 3}` }]
            if (index % 2 === 0) request.exemplar(target, unit, encodeExemplar({ ...exemplar, attributes }))
          })
          request.settle()
          const marked = Uint8Array.from(samples, (_, index) => (isMarked(index) ? 1 : 0))
          for (const marks of [undefined, marked]) {
            const one = flat(readRequest(request.encode(marks)))
            const two = readRequest(request.encode(marks, '2.0'), '2.0')
            expect(flat(two)).toEqual(one)
            const starts = two.flatMap(({ samples: own, histograms }) =>
              [...own, ...histograms].map((each) => each.start_timestamp ?? 0),
            )
            const expected = samples
              .filter((_, index) => marks === undefined || marks[index] === 1)
              .map(({ startMs }) => startMs)
            expect(starts.sort()).toEqual(expected.sort())
            const counts = {
              samples: two.flatMap((each) => each.samples).length,
              histograms: two.flatMap((each) => each.histograms).length,
            }
            expect(request.counts(marks)).toEqual(counts)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it.each<[string, SeriesSpec, string, ReadSeries['metadata']]>([
    ['a gauge', gauge('memory', [[T, 1]], { unit: 'By' }), 'memory_bytes', { type: 2, unit: 'bytes' }],
    [
      'a counter',
      sum('io', [[T, 1]], { unit: 'By/s' }),
      'io_bytes_per_second_total',
      { type: 1, unit: 'bytes_per_second' },
    ],
    ['an up-down sum', sum('queue', [[T, 1]], { monotonic: false }), 'queue', { type: 2, unit: '' }],
    ['a histogram', complex('h', [[T, histogramPoint([1], [1, 2])]]), 'h_bucket', { type: 3, unit: '' }],
    ['an exponential histogram', complex('e', [[T, exponentialPoint()]]), 'e', { type: 3, unit: '' }],
    [
      'a gauge histogram',
      complex('g', [[T, exponentialPoint()]], { temporality: 'unspecified', scope }),
      'g',
      { type: 4, unit: '' },
    ],
    ['a summary', complex('s', [[T, summaryPoint([[0.5, 1]])]]), 's_sum', { type: 5, unit: '' }],
    [
      'what came from Prometheus as a counter',
      sum('c', [[T, 1]], { unit: 'seconds', scope }),
      'c',
      { type: 1, unit: 'seconds' },
    ],
    ['what came from Prometheus without a type', gauge('u', [[T, 1]], { scope }), 'u', { type: 0, unit: '' }],
  ])('names type and unit of %s', (_what, series, name, metadata) => {
    expect(sent([series])[name]?.metadata).toEqual(metadata)
  })

  it('has the start of what accumulates, unless it is after the point', () => {
    const starts = sent([
      sum('counted', [[T, 1]], { startTimeMs: T - 5000 }),
      sum('late', [[T, 1]], { startTimeMs: T + 1 }),
      gauge('measured', [[T, 1]], { startTimeMs: T - 5000 }),
      complex('native', [[T, exponentialPoint()]], { startTimeMs: T - 5000 }),
    ])
    expect(starts.counted?.samples[0]?.start_timestamp).toBe(T - 5000)
    expect(starts.late?.samples[0]?.start_timestamp).toBe(0)
    expect(starts.measured?.samples[0]?.start_timestamp).toBe(0)
    expect(starts.native?.histograms[0]?.start_timestamp).toBe(T - 5000)
  })

  it('keeps names that came from Prometheus, whatever characters they have', () => {
    const attributes = { 'http.route': '/', 'größe 🦆': 'x', __name__: 'never' }
    const [series] = Object.values(sent([gauge('http.größe', [[T, 1]], { scope, attributes })]))
    expect(Object.fromEntries(series?.labels.map(({ name, value }) => [name, value]) ?? [])).toEqual({
      __name__: 'http.größe',
      key__name__: 'never',
      'http.route': '/',
      'größe 🦆': 'x',
      tenant: 'acme',
    })
  })
})

/** A line for each sample and exemplar, sorted. */
function flat(series: readonly ReadSeries[]): readonly string[] {
  return series
    .flatMap(({ labels, samples, histograms, exemplars }) => [
      ...samples.map(({ value, timestamp }) => JSON.stringify([labels, value, timestamp])),
      ...histograms.map((each) => JSON.stringify([labels, Object.entries({ ...each, start_timestamp: 0 }).sort()])),
      ...exemplars.map((exemplar) => JSON.stringify([labels, exemplar.labels, exemplar.value, exemplar.timestamp])),
    ])
    .sort()
}
