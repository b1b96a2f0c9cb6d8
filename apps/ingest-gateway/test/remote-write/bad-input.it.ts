import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { requireKafka } from '@pegel/testing'
import { compressSync } from 'snappy'
import { badInputRows } from '../support/bad-input-rows.ts'
import { KEYS, RunningGateway } from '../support/running-gateway.ts'
import { storedPoints } from '../support/stored-points.ts'
import { encode, labelsOf, request1, request2 } from './messages.ts'
import type { SentSeries } from './messages.ts'
import { postRaw, write } from './writer.ts'
import type { Answer, WriteOptions } from './writer.ts'

let gateway: RunningGateway
let narrow: RunningGateway
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka())
  const limits = 'points_per_second: 20, burst_points: 20, max_request_bytes: 4000'
  narrow = await RunningGateway.start(requireKafka(), { limits, env: { PEGEL_MAX_BODY_BYTES_IN_FLIGHT: '2048' } })
})
afterAll(async () => {
  await gateway.close()
  await narrow.close()
})

const NOW = Date.now()
const sample = { value: 1, timestamp: NOW }
const good: SentSeries = { labels: labelsOf('good'), samples: [sample] }
const fine = request2([good])
const histogram = (fields: object): SentSeries => ({
  labels: labelsOf('h'),
  histograms: [{ timestamp: NOW, ...fields }],
})
const oneSpan = { positive_spans: [{ offset: 1, length: 1 }], positive_deltas: [3] }

/** Series that are refused beside one that is taken, in both versions unless the row is about one. */
const partial =
  (series: SentSeries, versions: readonly ('v1' | 'v2')[] = ['v1', 'v2']) =>
  async () => {
    const [answer] = await Promise.all(
      versions.map(async (version) => {
        const message = version === 'v1' ? request1([good, series]) : request2([good, series])
        const one = await write(gateway, message, { version })
        expect(one.written[0]).toBe(series.exemplars === undefined ? 1 : 2)
        expect(one.text).not.toContain('undefined')
        return one
      }),
    )
    return answer ?? Promise.reject(new Error('nothing was sent'))
  }
const sent =
  (options: WriteOptions, body = fine) =>
  () =>
    write(gateway, body, options)
const malformed = (request: object) => () => write(gateway, encode('v2', request))
const named = (labels: SentSeries['labels']): SentSeries => ({ labels, samples: [sample] })

const CASES: Readonly<Record<string, () => Promise<Answer>>> = {
  'no credential': sent({ headers: { authorization: '' } }),
  'an unknown key': sent({ headers: { authorization: 'Bearer pgl_x' } }),
  'a key of several tenants and no X-Scope-OrgID': sent({ headers: { authorization: `Bearer ${KEYS.both}` } }),
  'a tenant that is not of the key': sent({ headers: { 'x-scope-orgid': 'globex' } }),
  'another Content-Type': sent({ headers: { 'content-type': 'application/json' } }),
  "a message that is none of remote write's": sent({
    headers: { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3.Request' },
  }),
  'another Content-Encoding': sent({ headers: { 'content-encoding': 'gzip' } }),
  'a body that is no snappy': () => postRaw(gateway, Buffer.from([10, 255, 255, 255])),
  'the framed format of snappy': () =>
    postRaw(gateway, Buffer.from('ff060000734e61507059000a0000adca4d1305000048656c6c6f', 'hex')),
  'a block that declares more than the tenant may send': () =>
    postRaw(gateway, Buffer.from([255, 255, 255, 255, 15, 0])),
  'a body larger than the tenant may send': () => postRaw(gateway, Buffer.alloc(17 * 1024 * 1024)),
  'bytes that are no such message': () => write(gateway, Buffer.from([0x2a, 5, 1])),
  'a label that is not UTF-8': () => {
    const message = Buffer.from(request1([named(labelsOf('AAAA'))]))
    message[message.indexOf('AAAA')] = 0xff
    return write(gateway, message, { version: 'v1' })
  },
  '2.0 without symbols': malformed({ timeseries: [{ samples: [sample] }] }),
  '2.0 with symbols that do not begin with the empty text': malformed({
    symbols: ['__name__', 'a'],
    timeseries: [{ labels_refs: [0, 1], samples: [sample] }],
  }),
  '2.0 with a reference to no symbol': malformed({
    symbols: ['', '__name__'],
    timeseries: [{ labels_refs: [1, 2], samples: [sample] }],
  }),
  '2.0 with a label name without a value': malformed({
    symbols: ['', '__name__'],
    timeseries: [{ labels_refs: [1], samples: [sample] }],
  }),
  'a series without a name': partial(named([{ name: 'a', value: 'b' }])),
  'a label name given twice': partial(named([...labelsOf('twice', { a: '1' }), { name: 'a', value: '2' }])),
  'a label without a name': partial(named([...labelsOf('unnamed'), { name: '', value: '2' }])),
  '2.0 with samples and histograms in one TimeSeries': partial({ ...histogram({ count_int: 0 }), samples: [sample] }, [
    'v2',
  ]),
  '2.0 with a TimeSeries that holds nothing': partial({ labels: labelsOf('nothing') }, ['v2']),
  'a native histogram of another schema': partial(histogram({ schema: 9, count_int: 0 })),
  'a native histogram whose buckets do not add up to its count': partial(histogram({ count_int: 4, ...oneSpan })),
  'a native histogram of more than 10,000 buckets, gaps among them': partial(
    histogram({
      count_int: 2,
      positive_spans: [
        { offset: 0, length: 1 },
        { offset: 2_000_000_000, length: 1 },
      ],
      positive_deltas: [1, 0],
    }),
  ),
  'a native histogram with a count below zero': partial(
    histogram({ count_float: 1, positive_spans: [{ offset: 1, length: 1 }], positive_counts: [-1] }),
  ),
  'a sample without a time': partial({ labels: labelsOf('timeless'), samples: [{ value: 1, timestamp: 0 }] }),
  'a sample beyond a limit of the tenant': partial({
    labels: labelsOf('old'),
    samples: [{ value: 1, timestamp: 1000 }],
  }),
  'an exemplar without a time': partial({
    ...named(labelsOf('x')),
    exemplars: [{ labels: [], value: 1, timestamp: 0 }],
  }),
  'another method': sent({ method: 'GET' }),
  "samples or bytes faster than the tenant's limit": async () => {
    const many = request2([{ labels: labelsOf('many'), samples: Array.from({ length: 50 }, () => sample) }])
    await write(narrow, many)
    return write(narrow, many)
  },
  'too much in memory': () =>
    postRaw(narrow, Buffer.from(compressSync(Buffer.alloc(3000, 1))), {
      headers: { authorization: `Bearer ${KEYS.globex}` },
    }),
}

describe('bad input', () => {
  const rows = badInputRows('remote-write')

  it('is all of it in the README', () => {
    expect(rows.map(({ input }) => input).sort()).toEqual(Object.keys(CASES).sort())
  })

  it.each(rows.map((row) => [row.input, row] as const))('%s', async (input, row) => {
    const answer = await (CASES[input] ?? (() => Promise.reject(new Error('no case'))))()
    expect([answer.status, answer.text]).toEqual([row.status, expect.stringContaining(`(${row.code})`)])
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(answer.written).not.toContain(null)
    const reason = /reason `(\w+)`/.exec(row.answer)?.[1]
    if (reason !== undefined) expect(answer.text).toContain(reason)
    if (row.answer.includes('with the limit')) expect(answer.text).toContain('limits.max_point_age')
    if (row.answer.includes('Retry-After')) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    if (row.answer.includes('nothing is stored')) expect(answer.written).toEqual([0, 0, 0])
  })

  it('leaves nothing but what was taken', async () => {
    const names = new Set((await storedPoints(gateway)).map(({ series }) => series.name))
    expect([...names].sort()).toEqual(['good', 'x'])
  })
})
