import { describe, expect, it } from '@jest/globals'
import type { ExponentialHistogramPoint } from '@pegel/contracts'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import fc from 'fast-check'
import { RequestPoints } from '../../src/ingest/request-points.ts'
import { ExponentialHistogram } from '../../src/statsd/exponential-histogram.ts'
import { flushesOf, IntervalWriter, tellFlush } from '../../src/statsd/index.ts'
import { parseLine, parseTags } from '../../src/statsd/parse-line.ts'

const START = 1_767_225_600_000
const END = START + 10_000

/** `type name{tags} value` of an interval, sorted, and what became of its lines. */
function added(datagrams: readonly string[], maxSeries = 100): { values: readonly string[]; fates: object } {
  const writer = new IntervalWriter(maxSeries, START)
  for (const datagram of datagrams) writer.take(datagram)
  const { series, fates } = writer.close(END)
  const values = series.map(({ type, name, attributes, total }) => {
    const tags = attributes.map(({ key, value }) => `${key}=${value}`).join(',')
    const value = total.value()
    return `${type} ${name}{${tags}} ${typeof value === 'number' ? String(value) : JSON.stringify(value)}`
  })
  return { values: values.sort(), fates: Object.fromEntries(fates) }
}

describe('parseLine', () => {
  it.each([
    ['a:1|c', { name: 'a', type: 'c', values: ['1'], rate: 1, tags: '', timestampS: undefined }],
    ['a.b:-1.5e3|g', { name: 'a.b', type: 'g', values: ['-1.5e3'] }],
    ['a:1:2:.5|ms|@0.5|#x:1,y', { values: ['1', '2', '.5'], type: 'ms', rate: 0.5, tags: 'x:1,y' }],
    ['a:x:y|s', { type: 's', values: ['x:y'] }],
    ['a:1|h|#x:1|@0.1', { rate: 0.1, tags: 'x:1' }],
    ['a:1|d|c:ci-123|e:it|card:low', { type: 'd', tags: '' }],
    ['a:1|c|T1700000000', { timestampS: 1_700_000_000 }],
    ['größe:1|c|#ort:köln', { name: 'größe', tags: 'ort:köln' }],
  ])('reads %s', (line, sample) => {
    expect(parseLine(line)).toMatchObject({ outcome: 'sample', ...sample })
  })

  it.each([
    ['_e{5,4}:title|text', 'event'],
    ['_sc|name|0', 'service_check'],
  ])('knows what %s is', (line, outcome) => {
    expect(parseLine(line)).toEqual({ outcome })
  })

  it.each([
    ['nothing', 'no name and value'],
    [':1|c', 'no name and value'],
    ['a|c', 'no name and value'],
    ['a:1', 'no type'],
    ['a:1|', 'no type'],
    ['a:1|m', 'unknown type m'],
    ['a:|c', 'a value is no number'],
    ['a:1:|c', 'a value is no number'],
    ['a:x|g', 'a value is no number'],
    ['a:NaN|g', 'a value is no number'],
    ['a:1e999|g', 'a value is no number'],
    ['a:|s', 'a value is no number'],
    ['a:1|c|@0', 'a sample rate is above 0 and up to 1'],
    ['a:1|c|@2', 'a sample rate is above 0 and up to 1'],
    ['a:1|c|@x', 'a sample rate is above 0 and up to 1'],
    ['a:1|c|Tsoon', 'a timestamp is whole seconds since 1970'],
    ['a:1|ms|T1', 'only counters and gauges have timestamps'],
  ])('refuses %s: %s', (line, problem) => {
    expect(parseLine(line)).toEqual({ outcome: 'malformed', problem })
  })

  it('never throws, and tells every line once', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('a:1|c', 'b:2|g', '', 'c:3|ms|@0.5'))), (lines) => {
        const writer = new IntervalWriter(10, START)
        writer.take(lines.join('\n'))
        const told = [...writer.close(END).fates.values()].reduce((sum, count) => sum + count, 0)
        expect(told).toBe(
          lines
            .join('\n')
            .split('\n')
            .filter((line) => line.trim() !== '').length,
        )
      }),
    )
  })
})

describe('parseTags', () => {
  it('sorts them; a tag without a value is true, the last of a key counts', () => {
    expect(parseTags('b:1,a,b:2:3,:x,,')).toEqual([
      { key: 'a', value: 'true' },
      { key: 'b', value: '2:3' },
    ])
  })
})

describe('IntervalWriter', () => {
  it('adds counters up by their sample rate, over datagrams and orders of tags', () => {
    expect(added(['a:1|c|@0.1|#x:1,y:2\na:2:3|c|#y:2,x:1', 'a:1|c']).values).toEqual(['c a{x=1,y=2} 15', 'c a{} 1'])
  })

  it('sets gauges, and moves them by what has a sign', () => {
    expect(added(['a:5|g', 'a:+2|g', 'a:-10|g', 'b:-1|g']).values).toEqual(['g a{} -3', 'g b{} -1'])
  })

  it('remembers a gauge from interval to interval, and tells it only when it was touched', () => {
    const writer = new IntervalWriter(2, START)
    const values = (datagram: string) => {
      writer.take(datagram)
      return writer.close(END).series.map(({ name, total }) => [name, total.value()])
    }
    expect(values('a:5|g\nb:7|g')).toHaveLength(2)
    expect(values('a:+1|g')).toEqual([['a', 6]])
    expect(values('')).toEqual([])
    // Beyond the bound, what was set longest ago is forgotten: that is b.
    expect(values('c:1|g')).toEqual([['c', 1]])
    expect(values('a:+1|g\nb:+1|g')).toEqual([
      ['a', 7],
      ['b', 1],
    ])
  })

  it('counts what is different in a set', () => {
    expect(added(['u:a|s\nu:b|s', 'u:a|s\nu:a:b|s']).values).toEqual(['s u{} 3'])
  })

  it('gathers timers, histograms and distributions, each sample as many times as its rate says', () => {
    const { values } = added(['t:4|ms|@0.5', 't:-1:0|ms', 'h:1|h', 'd:1|d'])
    const [, , timer = ''] = values
    expect(values.map((value) => value.slice(0, 4))).toEqual(['d d{', 'h h{', 'ms t'])
    const point = JSON.parse(timer.slice(timer.indexOf(' {') + 1)) as ExponentialHistogramPoint
    expect(point).toMatchObject({ count: 4, sum: 7, min: -1, max: 4, zeroCount: 1, scale: 3 })
    // (2^(15/8), 2^(16/8)] holds 4; (2^(-1/8), 1] holds 1.
    expect([point.positive, point.negative]).toEqual([
      { offset: 15, counts: [2] },
      { offset: -1, counts: [1] },
    ])
  })

  it('counts every event of uneven rates, sooner or later', () => {
    const { values } = added([Array.from({ length: 30 }, () => 't:1|ms|@0.3').join('\n')])
    expect(values[0]).toContain('"count":100,')
  })

  it('keeps samples with a time of their own apart', () => {
    const writer = new IntervalWriter(10, START)
    writer.take('a:1|c|T1767225590\na:2|c|T1767225590\na:4|c\ng:1|g|T1767225591')
    const { series } = writer.close(END)
    expect(series.map(({ name, timeMs, total }) => [name, timeMs, total.value()])).toEqual([
      ['a', START - 10_000, 3],
      ['a', undefined, 4],
      ['g', START - 9000, 1],
    ])
  })

  it('says what became of each line', () => {
    const lines = 'a:1|c\na:-1|c\nbad\n_e{1,1}:a|b\n_sc|a|0\n\r\n  \na:1|c\r'
    expect(added([lines]).fates).toEqual({
      taken: 2,
      counter_negative: 1,
      line_malformed: 1,
      event: 1,
      service_check: 1,
    })
  })

  it('has room for so many series and members of sets, anew in each interval', () => {
    const writer = new IntervalWriter(3, START)
    writer.take('a:1|c\nb:1|c\nc:1|c\nd:1|c\na:1|c')
    expect(Object.fromEntries(writer.close(END).fates)).toEqual({ taken: 4, too_many_series: 1 })
    writer.take('d:1|c\nu:1|s\nu:2|s\nu:3|s\nu:4|s')
    const { fates, series } = writer.close(END)
    expect(Object.fromEntries(fates)).toEqual({ taken: 4, too_many_series: 1 })
    expect(series.map(({ total }) => total.value())).toEqual([1, 3])
  })
})

describe('flushesOf', () => {
  const interval = (lines: string) => {
    const writer = new IntervalWriter(100, START)
    writer.take(lines)
    return writer.close(END)
  }

  it('cuts, and tells the refused once', () => {
    const flushes = flushesOf(interval('a:1|c\nb:1|c\nc:1|c\nbad\n_sc|a|0'), END, 2)
    expect(flushes.map(({ series, refused }) => [series.length, refused])).toEqual([
      [2, [['line_malformed', 1]]],
      [1, []],
    ])
    expect(flushesOf(interval('bad'), END, 2)).toMatchObject([{ series: [], refused: [['line_malformed', 1]] }])
    expect(flushesOf(interval('_sc|a|0'), END, 2)).toEqual([])
    expect(flushesOf(interval(''), END, 2)).toEqual([])
  })

  it('is told as points that the limits judge', () => {
    const points = new RequestPoints({ limits: { ...DEFAULT_LIMITS, maxLabelsPerSeries: 1 }, receivedAtMs: END })
    const [flush] = flushesOf(interval('a:1|c\nb:2|g|#x,y\nc:3|ms\nd:4|s\ne:5|g|T1\nbad\nbad'), END, 100)
    if (flush !== undefined) tellFlush(flush, points)
    const { accepted, refused } = points.finish()
    expect(accepted).toBe(3)
    expect(refused).toEqual([
      { reason: 'max_labels_per_series', count: 1 },
      { reason: 'max_point_age', count: 1 },
      { reason: 'line_malformed', count: 2 },
    ])
  })
})

describe('ExponentialHistogram', () => {
  it('puts every value into the bucket that holds it, whatever the spread', () => {
    const value = fc
      .double({ min: -1e15, max: 1e15, noNaN: true })
      .map((number) => (Math.abs(number) < 1e-15 ? 0 : number))
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.integer({ min: 1, max: 9 })), { minLength: 1 }), (records) => {
        const histogram = new ExponentialHistogram()
        for (const [number, count] of records) histogram.record(number, count)
        const { positive, negative, zeroCount, scale, count, min, max } = histogram.point()
        const all = (keep: (number: number) => boolean) =>
          records.filter(([number]) => keep(number)).reduce((sum, [, times]) => sum + times, 0)
        expect([count, min, max]).toEqual([
          all(() => true),
          Math.min(...records.map(([number]) => number)),
          Math.max(...records.map(([number]) => number)),
        ])
        expect(zeroCount).toBe(all((number) => number === 0))
        for (const [side, sign] of [
          [positive, 1],
          [negative, -1],
        ] as const) {
          expect(side.counts.length).toBeLessThanOrEqual(160)
          for (const [step, counted] of side.counts.entries()) {
            const lower = 2 ** ((side.offset + step) / 2 ** scale)
            const upper = 2 ** ((side.offset + step + 1) / 2 ** scale)
            // Values within rounding of a bound may stand on either side of it.
            const within = (slack: number) => (number: number) =>
              number * sign > lower * (1 - slack) && number * sign <= upper * (1 + slack)
            expect(counted).toBeGreaterThanOrEqual(all(within(-1e-12)))
            expect(counted).toBeLessThanOrEqual(all(within(1e-12)))
          }
        }
        const bucketed = [...positive.counts, ...negative.counts].reduce((sum, each) => sum + each, zeroCount)
        expect(bucketed).toBe(count)
      }),
    )
  })
})
