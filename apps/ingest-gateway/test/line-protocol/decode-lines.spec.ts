import { describe, expect, it } from '@jest/globals'
import { INFLUX_MEASUREMENT } from '@pegel/contracts'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { LineCache } from '../../src/line-protocol/index.ts'
import { decode, NOW } from './decoded.ts'

const scope = { name: '', version: '', attributes: [] }
const marked = (measurement: string) => ({
  resource: [],
  scope: { ...scope, attributes: [{ key: INFLUX_MEASUREMENT, value: measurement }] },
})

/** name, tags and value of each point. */
function told(body: string): readonly unknown[] {
  return decode(body).points.map(({ series, value }) => [
    series.name,
    Object.fromEntries(series.attributes.map((attribute) => [attribute.key, attribute.value])),
    value,
  ])
}

describe('decodeLines', () => {
  it('makes a gauge of every field, named measurement_field, and remembers the measurement', () => {
    const { points } = decode('cpu,host=a,cpu=cpu0 usage_idle=98.5,usage_user=1i 1767225600123456789')
    expect(points).toEqual(
      [
        ['cpu_usage_idle', 98.5],
        ['cpu_usage_user', 1],
      ].map(([name, value]) => ({
        group: marked('cpu'),
        series: expect.objectContaining({ name, kind: 'gauge', unit: '', temporality: 'unspecified' }),
        timeMs: 1_767_225_600_123,
        timeNs: 456_789,
        value,
      })),
    )
  })

  it('names the field `value` as its measurement', () => {
    const [point] = decode('temperature value=21').points
    expect([point?.series.name, point?.group]).toEqual(['temperature', marked('temperature')])
  })

  it('reads back what sink-influxdb writes', () => {
    const tags = 'otel.metric.unit=By,otel.scope.name=lib,otel.scope.version=1.2,state=used'
    const { points } = decode(
      `m,${tags} gauge=1 1\nm,${tags} counter=2 1\nm,otel.metric.temporality=delta,${tags} delta=3 1`,
    )
    const group = { resource: [], scope: { name: 'lib', version: '1.2', attributes: [] } }
    const shared = { name: 'm', unit: 'By', attributes: [{ key: 'state', value: 'used' }] }
    expect(points.map((point) => [point.group, point.series])).toEqual([
      [group, { ...shared, kind: 'gauge', temporality: 'unspecified', monotonic: false }],
      [group, { ...shared, kind: 'sum', temporality: 'cumulative', monotonic: true }],
      [group, { ...shared, kind: 'sum', temporality: 'delta', monotonic: true }],
    ])
  })

  it('takes a field delta for any other without the tag that says so', () => {
    expect(told('m delta=3')).toEqual([['m_delta', {}, 3]])
    expect(told('m,otel.metric.temporality=delta count=3')).toEqual([
      ['m_count', { 'otel.metric.temporality': 'delta' }, 3],
    ])
  })

  it.each([
    ['m f=1', 1],
    ['m f=-1.5', -1.5],
    ['m f=+1', 1],
    ['m f=.5', 0.5],
    ['m f=5.', 5],
    ['m f=1e3', 1000],
    ['m f=1.5E-3', 0.0015],
    ['m f=0.1', 0.1],
    ['m f=123456789.123456789', Number('123456789.123456789')],
    ['m f=1.7976931348623157e308', Number.MAX_VALUE],
    ['m f=-0', -0],
    ['m f=42i', 42],
    ['m f=-9223372036854775808i', -9_223_372_036_854_775_808],
    ['m f=9007199254740993i', 9_007_199_254_740_992],
    ['m f=18446744073709551615u', 2 ** 64],
    ...['t', 'T', 'true', 'True', 'TRUE'].map((text) => [`m f=${text}`, 1] as const),
    ...['f', 'F', 'false', 'False', 'FALSE'].map((text) => [`m f=${text}`, 0] as const),
  ])('reads %s as %d', (line, value) => {
    expect(told(line)).toEqual([['m_f', {}, value]])
  })

  it.each([
    [String.raw`m\ e\,a\=s,k\ \,\=y=v\ \,\=x f\ \,\=i=1`, [String.raw`m e,a\=s_f ,=i`, { 'k ,=y': 'v ,=x' }, 1]],
    [String.raw`m\q,k=a\b\\c f=1`, [String.raw`m\q_f`, { k: String.raw`a\b\\c` }, 1]],
    [String.raw`m\\,k=v f=1`, [String.raw`m\,k=v_f`, {}, 1]],
    ['größe,ort=köln f=1', ['größe_f', { ort: 'köln' }, 1]],
    ['m=x,a=b f=1', ['m=x_f', { a: 'b' }, 1]],
    ['m,b=2,a=1 f=1', ['m_f', { a: '1', b: '2' }, 1]],
    ['  m   f=1   ', ['m_f', {}, 1]],
    ['m f=1\r\n', ['m_f', {}, 1]],
    ['"m",k="v" f=1', ['"m"_f', { k: '"v"' }, 1]],
  ])('reads %j', (line, point) => {
    expect(told(line)).toEqual([point])
  })

  it('knows a series whatever the order of its tags', () => {
    const [a, b] = decode('m,x=1,y=2 f=1\nm,y=2,x=1 f=1').points
    const sorted = (of: typeof a) => of?.series.attributes.map(({ key }) => key).sort()
    expect(sorted(a)).toEqual(sorted(b))
  })

  it('skips comments and empty lines', () => {
    expect(told('# a comment, "quoted\n\n   \n\t\r\nm f=1\n#m f=2\n')).toEqual([['m_f', {}, 1]])
    expect(decode('').points).toEqual([])
  })

  it.each([
    ['ns', '1767225600123456789', 1_767_225_600_123, 456_789],
    ['us', '1767225600123456', 1_767_225_600_123, 456_000],
    ['ms', '1767225600123', 1_767_225_600_123, 0],
    ['s', '1767225600', 1_767_225_600_000, 0],
    ['m', '29453760', 1_767_225_600_000, 0],
    ['h', '490896', 1_767_225_600_000, 0],
    ['ns', '1', 0, 1],
    ['ns', '0', 0, 1],
    ['ns', '-1', -1, 999_999],
    ['ns', '-1500000', -2, 500_000],
    ['ms', '-5', -5, 0],
  ] as const)('reads a time in %s: %s', (precision, time, timeMs, timeNs) => {
    expect(decode(`m f=1 ${time}`, { precision }).points).toMatchObject([{ timeMs, timeNs }])
  })

  it('gives lines without a time that of the request', () => {
    expect(decode('m f=1').points).toMatchObject([{ timeMs: NOW, timeNs: 0 }])
  })

  it('refuses texts and keeps the numbers beside them, over quotes, escapes and newlines', () => {
    const text = String.raw`"a \"quoted\" = text, with \\ and` + '\na newline\\\\"'
    const { points, report, refused } = decode(`m a=1,s=${text},b=2 5\nm s="x",t="y"\nbad\nm c=3`)
    expect(points.map(({ series }) => series.name)).toEqual(['m_a', 'm_b', 'm_c'])
    expect(refused).toEqual({ string_field: 3, line_malformed: 1 })
    expect(report.textFields).toBe(1)
    expect(report.listed).toEqual([
      { line: 3, reason: 'string_field' },
      { line: 4, reason: 'line_malformed', problem: 'missing fields' },
    ])
  })

  it('takes a field twice when it is given twice', () => {
    expect(told('m f=1,f=2 5')).toEqual([
      ['m_f', {}, 1],
      ['m_f', {}, 2],
    ])
  })

  it('refuses a line when one of its points breaks a limit, and names it', () => {
    const { points, report, refused } = decode('m f=1\n\nm f=1 5', { limits: { maxPointAgeMs: 1000 } })
    expect(points).toHaveLength(1)
    expect(refused).toEqual({ max_point_age: 1 })
    expect(report.listed).toEqual([{ line: 3, reason: 'max_point_age' }])
  })

  it('lists the first bad lines and counts the rest', () => {
    const { report } = decode('bad\n'.repeat(50))
    expect([report.listed.length, report.refusedLines]).toEqual([20, 50])
  })

  it('finds a series by its bytes, and puts lines of one measurement into one group', () => {
    const cache = new LineCache(DEFAULT_LIMITS)
    const body = 'm,a=1 f=1,g=2\nm,a=2 f=3\nm,a=1 f=4\n'
    decode(body, { cache })
    const size = cache.size
    expect(decode(body, { cache }).points).toEqual(decode(body).points)
    expect(cache.size).toBe(size)
    // Two groups (with and without the measurement), two keys, three fields.
    expect(size).toBe(7)
  })

  it('keeps no key that is longer than it is worth', () => {
    const cache = new LineCache(DEFAULT_LIMITS)
    decode(`m,a=${'x'.repeat(1000)},b=${'y'.repeat(4000)} f=1`, { cache, limits: { maxLabelValueBytes: 8000 } })
    expect(cache.size).toBe(2)
  })
})

describe('a malformed line', () => {
  it.each([
    ['m', 'missing fields'],
    ['m,a=1', 'missing fields'],
    ['m ', 'missing fields'],
    [',a=1 f=1', 'missing measurement'],
    ['m,a f=1', 'missing tag value'],
    ['m,a= f=1', 'missing tag value'],
    ['m,=1 f=1', 'missing tag key'],
    ['m, f=1', 'missing tag value'],
    ['m,a=1, f=1', 'missing tag value'],
    ['m,a=b=c f=1', 'invalid tag format'],
    ['m,a=1,a=2 f=1', 'duplicate tag a'],
    ['m =1', 'missing field key'],
    ['m ="x"', 'missing field key'],
    ['m f', 'missing field value'],
    ['m f=', 'missing field value'],
    ['m f=,g=1', 'missing field value'],
    ['m f=1,', 'missing fields'],
    ['m f=1,,g=2', 'missing field value'],
    ['m f=1x', 'invalid field value "1x"'],
    ['m f=NaN', 'invalid field value "NaN"'],
    ['m f=Inf', 'invalid field value "Inf"'],
    ['m f=tru', 'invalid field value "tru"'],
    ['m f=1e400', 'invalid field value "1e400"'],
    ['m f=1.5i', 'invalid field value "1.5i"'],
    ['m f=-1u', 'invalid field value "-1u"'],
    ['m f=9223372036854775808i', 'invalid field value "9223372036854775808i"'],
    ['m f=i', 'invalid field value "i"'],
    ['m f=-', 'invalid field value "-"'],
    ['m f=.', 'invalid field value "."'],
    ['m f=1e', 'invalid field value "1e"'],
    ['m f=1.2.3', 'invalid field value "1.2.3"'],
    ['m f="x', 'unbalanced quotes'],
    ['m f="x"y', 'bad timestamp "y"'],
    ['m f=1 12x', 'bad timestamp "12x"'],
    ['m f=1 -', 'bad timestamp "-"'],
    ['m f=1 1.5', 'bad timestamp "1.5"'],
    ['m f=1 99999999999999999999', 'bad timestamp "99999999999999999999"'],
    ['m f=1 1 2', 'something follows the timestamp'],
  ])('%j: %s', (line, problem) => {
    const { points, report, refused } = decode(line)
    expect(points).toEqual([])
    expect(report.listed).toEqual([{ line: 1, reason: 'line_malformed', problem }])
    expect(refused).toEqual({ line_malformed: 1 })
  })

  it.each([
    ['measurement or tags are not UTF-8', 'm\xff,a=b f=1'],
    ['measurement or tags are not UTF-8', 'm,a=\xff f=1'],
    ['a field key is not UTF-8', 'm \xff=1'],
  ])('%s', (problem, line) => {
    expect(decode(Buffer.from(line, 'latin1')).report.listed).toEqual([{ line: 1, reason: 'line_malformed', problem }])
  })

  it('costs its neighbours nothing, and newlines in its texts are no ends', () => {
    const { points, report } = decode('m a=1\nm,x= s="one\ntwo",b=2\nm c=3\nm d=x\nm e=5')
    expect(points.map(({ series }) => series.name)).toEqual(['m_a', 'm_c', 'm_e'])
    expect(report.listed.map(({ line }) => line)).toEqual([2, 5])
  })
})
