import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { NO_RECORDED_VALUE } from '@pegel/contracts'
import { requireKafka } from '@pegel/testing'
import { compressSync } from 'snappy'
import { RunningGateway } from '../support/running-gateway.ts'
import { storedPoints } from '../support/stored-points.ts'
import { encode, labelsOf, request1, request2, STALE, withStaleMarkers } from './messages.ts'
import { postRaw, write } from './writer.ts'

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka())
})
afterAll(() => gateway.close())

const NOW = Date.now()
const at = (value: number, more = {}) => ({ value, timestamp: NOW, ...more })
const stored = async (name: string) => (await storedPoints(gateway)).filter(({ series }) => series.name === name)

/** What https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/ demands of receivers, sentence by sentence. */
describe('remote write 2.0', () => {
  it('Receivers MUST support the io.prometheus.write.v2.Request', async () => {
    const series = { labels: labelsOf('v2', { job: 'a', instance: 'b:1' }), samples: [at(1.5)] }
    expect(await write(gateway, request2([series]))).toMatchObject({ status: 204, text: '', written: [1, 0, 0] })
    const [point] = await stored('v2')
    expect(point).toMatchObject({ tags: { job: 'a', instance: 'b:1' }, value: 1.5, timeMs: NOW })
    expect(point?.envelope.protocol).toBe('remote_write_2')
    expect(point?.group).toEqual({ resource: [], scope: { name: 'prometheus', version: '', attributes: [] } })
  })

  it.each(['/api/v1/push', '/api/v1/write'])('Receivers MAY specify any HTTP URL path: %s', async (path) => {
    expect((await write(gateway, request2([]), { path })).status).toBe(204)
  })

  it('Receivers MUST support snappy compression, whose block format MUST be used', async () => {
    const message = request2([{ labels: labelsOf('packed', { filler: 'x'.repeat(500) }), samples: [at(1)] }])
    const body = Buffer.from(compressSync(message))
    expect(body.length).toBeLessThan(message.length)
    expect((await postRaw(gateway, body)).status).toBe(204)
    expect(await stored('packed')).toHaveLength(1)
  })

  it('Receivers MUST use the content type header to identify the Protobuf Message schema to use', async () => {
    const series = [{ labels: labelsOf('schema'), samples: [at(1)] }]
    expect(await write(gateway, request1(series), { version: 'v2' })).toMatchObject({ status: 204, written: [0, 0, 0] })
    expect(await write(gateway, request2(series), { version: 'v1' })).toMatchObject({ status: 204, written: [0, 0, 0] })
    expect(await stored('schema')).toEqual([])
  })

  it.each([
    'application/x-protobuf; proto="io.prometheus.write.v2.Request"',
    'Application/X-Protobuf;Proto=io.prometheus.write.v2.Request',
  ])('Content type request header MUST follow RFC 9110: %s', async (type) => {
    const message = request2([{ labels: labelsOf('rfc'), samples: [at(1)] }])
    expect((await write(gateway, message, { headers: { 'content-type': type } })).written).toEqual([1, 0, 0])
  })

  it('Receivers that written all data successfully MUST return a success 2xx HTTP status code', async () => {
    const answer = await write(gateway, request2([{ labels: labelsOf('whole'), samples: [at(1)] }]))
    expect([answer.status, answer.text]).toEqual([204, ''])
  })

  it('Receivers MUST NOT return a 2xx if any of the pieces were NOT written, and MUST provide a human-readable error message', async () => {
    const series = [
      { labels: labelsOf('piece', { n: '1' }), samples: [at(1), { value: 2, timestamp: 5000 }] },
      { labels: labelsOf('piece', { n: '2' }), samples: [at(3)] },
    ]
    const answer = await write(gateway, request2(series))
    expect(answer.status).toBe(400)
    expect(answer.text).toBe(
      '1 of 3 points refused: 1 max_point_age (older than limits.max_point_age). All else was stored; sending these again cannot succeed. (remote_write.partial)\n',
    )
    expect(await stored('piece')).toHaveLength(2)
  })

  it('Receivers MUST send the Written headers with the precise number of successfully written elements', async () => {
    const exemplars = [{ labels: [{ name: 'trace_id', value: 'x' }], value: 1, timestamp: NOW }]
    const histograms = [
      { count_int: 0, timestamp: NOW },
      { count_int: 1, timestamp: NOW },
    ]
    const series = [
      { labels: labelsOf('counted', { n: '1' }), samples: [at(1), at(2, { timestamp: NOW + 1 })], exemplars },
      { labels: labelsOf('counted', { n: '2' }), histograms },
    ]
    expect(await write(gateway, request2(series))).toMatchObject({ status: 400, written: [2, 1, 1] })
    expect(await write(gateway, request1(series), { version: 'v1' })).toMatchObject({ status: 400, written: [2, 1, 1] })
  })

  it('(with success or failure) Receivers MUST send them, each a single 64-bit integer', async () => {
    for (const body of [request2([]), Buffer.from([1, 2, 3])]) {
      const { headers } = await write(gateway, body)
      for (const what of ['samples', 'histograms', 'exemplars'])
        expect(headers.get(`x-prometheus-remote-write-${what}-written`)).toMatch(/^\d+$/)
    }
  })

  it("Receivers MUST return 415 if they don't support a given content type or encoding", async () => {
    const type = { 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v3.Request' }
    expect((await write(gateway, request2([]), { headers: type })).status).toBe(415)
    const answer = await write(gateway, request2([]), { headers: { 'content-encoding': 'zstd' } })
    expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'snappy'])
  })

  it('Receivers MUST return 400 for write requests that contain any invalid samples', async () => {
    const answer = await write(
      gateway,
      request2([{ labels: labelsOf('invalid'), samples: [{ value: 1, timestamp: 0 }] }]),
    )
    expect(answer.status).toBe(400)
  })

  it('the Receiver MUST support idempotency as Senders MAY retry with the same request', async () => {
    const exemplars = [{ labels: [], value: 1, timestamp: NOW }]
    const series = [
      { labels: labelsOf('again'), samples: [at(4), at(4)], exemplars, metadata: { type: 1 } },
      { labels: labelsOf('again_h'), histograms: [{ count_int: 0, timestamp: NOW }] },
    ]
    const message = request2(series)
    const answers = [await write(gateway, message), await write(gateway, message)]
    // What is there already counts as written, within a request and from one to the next.
    expect(answers.map(({ status, written }) => [status, written])).toEqual(Array(2).fill([204, [2, 1, 1]]))
    const [one, , other] = await stored('again')
    expect(one).toMatchObject({ series: other?.series, timeMs: other?.timeMs, value: other?.value })
  })

  it('any 2.x compatible Receiver MUST be able to read any 2.x compatible Senders: fields that are new are skipped', async () => {
    const unknown = Buffer.from([0xfa, 0x3f, 2, 1, 1])
    const message = Buffer.concat([request2([{ labels: labelsOf('later'), samples: [at(1)] }]), unknown])
    expect(await write(gateway, message)).toMatchObject({ status: 204, written: [1, 0, 0] })
  })

  it("All timestamps MUST be int64 counted as milliseconds; Sample's values MUST be float64", async () => {
    const values = [0.1, -0, 1e300, Infinity]
    const samples = values.map((value, index) => ({ value, timestamp: NOW + index }))
    await write(gateway, request2([{ labels: labelsOf('float64'), samples }]))
    const points = await stored('float64')
    expect(points.map(({ value }) => value)).toEqual(values)
    expect(points.map(({ timeMs, timeNs }) => [timeMs, timeNs])).toEqual(values.map((_, index) => [NOW + index, 0]))
  })

  it('labels_refs MUST be provided', async () => {
    const answer = await write(gateway, encode('v2', { symbols: [''], timeseries: [{ samples: [at(1)] }] }))
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('name_missing')])
  })

  it('At least one element in samples or in histograms MUST be provided; exemplars may come alone', async () => {
    expect((await write(gateway, request2([{ labels: labelsOf('none') }]))).text).toContain('series_empty')
    const exemplars = [{ labels: [], value: 7, timestamp: NOW }]
    const alone = await write(gateway, request2([{ labels: labelsOf('alone'), exemplars }]))
    expect(alone).toMatchObject({ status: 204, written: [0, 0, 1] })
    await write(gateway, request2([{ labels: labelsOf('alone'), samples: [at(1)] }]))
    const found = (await gateway.records()).flatMap(({ points }) => points.exemplars)
    expect(found).toContainEqual(expect.objectContaining({ value: 7, timeMs: NOW }))
  })

  it('A TimeSeries MUST NOT include both samples and histograms', async () => {
    const both = { labels: labelsOf('both'), samples: [at(1)], histograms: [{ count_int: 0, timestamp: NOW }] }
    expect((await write(gateway, request2([both]))).text).toContain('2 samples_and_histograms')
  })

  it('The symbols table MUST be provided, its first element an empty string, and references MUST point into it', async () => {
    const one = (symbols: readonly string[], refs: readonly number[]) =>
      write(gateway, encode('v2', { symbols, timeseries: [{ labels_refs: refs, samples: [at(1)] }] }))
    const codes = await Promise.all([one([], [0, 0]), one(['a', ''], [0, 0]), one([''], [0, 1]), one(['', 'a'], [1])])
    for (const { status, text } of codes)
      expect([status, text]).toEqual([400, expect.stringContaining('remote_write.malformed')])
  })

  it('labels MUST NOT contain repeated label names or empty label names; an empty value is no label', async () => {
    const bad = [
      [...labelsOf('bad', { a: '1' }), { name: 'a', value: '1' }],
      [...labelsOf('bad'), { name: '', value: '1' }],
    ]
    for (const labels of bad) expect((await write(gateway, request2([{ labels, samples: [at(1)] }]))).status).toBe(400)
    await write(gateway, request2([{ labels: labelsOf('emptied', { a: '', b: 'c' }), samples: [at(1)] }]))
    expect((await stored('emptied'))[0]?.tags).toEqual({ b: 'c' })
  })

  it('label names MUST be sorted by the sender, yet one order is as good as another', async () => {
    const [a, b, name] = [
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
      { name: '__name__', value: 'order' },
    ]
    for (const labels of [
      [name, a, b],
      [b, name, a],
    ])
      await write(gateway, request2([{ labels, samples: [at(1)] }]))
    const records = await gateway.records()
    const prints = records.flatMap(({ points }) =>
      points.series.map((run) => [run.fingerprintHi, run.fingerprintLo, run.block.toString()]),
    )
    const mine = prints.filter(([, , block]) => String(block).includes('order'))
    expect(mine).toHaveLength(2)
    expect(mine[0]).toEqual(mine[1])
  })

  it('Metric names, label names, and label values MUST be any sequence of UTF-8 characters', async () => {
    const labels = labelsOf('größe.🦆', { 'http.route': '/a"b\n', 'label with spaces': 'ß' })
    await write(gateway, request2([{ labels, samples: [at(1)] }]))
    expect((await stored('größe.🦆'))[0]?.tags).toEqual({ 'http.route': '/a"b\n', 'label with spaces': 'ß' })
  })

  it('the 0 value of start_timestamp MUST be treated by receivers as unset', async () => {
    const start = (name: string, start_timestamp?: number) =>
      write(
        gateway,
        request2([
          { labels: labelsOf(name), samples: [at(1, start_timestamp === undefined ? {} : { start_timestamp })] },
        ]),
      )
    await Promise.all([
      start('start_none'),
      start('start_zero', 0),
      start('start_one', NOW - 5),
      start('start_minus', -1),
    ])
    const starts = await Promise.all(['start_none', 'start_zero', 'start_one', 'start_minus'].map(stored))
    expect(starts.map(([point]) => point?.startMs)).toEqual([0, 0, NOW - 5, -1])
  })

  it('Stale markers MUST be signalled by the special NaN value 0x7ff0000000000002', async () => {
    const samples = [at(STALE), at(NaN, { timestamp: NOW + 1 })]
    await write(gateway, withStaleMarkers(request2([{ labels: labelsOf('stale'), samples }])))
    const histograms = [{ count_int: 0, sum: STALE, timestamp: NOW }]
    await write(gateway, withStaleMarkers(request2([{ labels: labelsOf('stale_h'), histograms }])))
    const flags = (await gateway.records()).flatMap(({ points: { series, columns } }) =>
      series
        .filter(({ block }) => block.toString().includes('stale'))
        .flatMap(({ first, count }) => [...columns.flags.subarray(first, first + count)]),
    )
    expect(flags).toEqual([NO_RECORDED_VALUE, 0, NO_RECORDED_VALUE])
  })

  it('Each exemplar MUST contain a timestamp', async () => {
    const exemplars = [{ labels: [], value: 1, timestamp: 0 }]
    const answer = await write(gateway, request2([{ labels: labelsOf('timeless'), samples: [at(1)], exemplars }]))
    expect(answer).toMatchObject({ status: 400, written: [1, 0, 0] })
  })
})

describe('remote write 1.0', () => {
  it('takes samples, exemplars and histograms as Prometheus sends them', async () => {
    const series = [
      { labels: labelsOf('v1_total', { job: 'a' }), samples: [at(1)] },
      { labels: labelsOf('v1_total', { job: 'a' }), exemplars: [{ labels: [], value: 5, timestamp: NOW }] },
      { labels: labelsOf('v1_native'), histograms: [{ count_int: 3, zero_count_int: 3, sum: 0.5, timestamp: NOW }] },
    ]
    expect(await write(gateway, request1(series), { version: 'v1' })).toMatchObject({ status: 204, written: [1, 1, 1] })
    const [counter] = await stored('v1_total')
    expect(counter).toMatchObject({ series: { kind: 'gauge', unit: '' }, envelope: { protocol: 'remote_write_1' } })
    expect((await stored('v1_native'))[0]?.complex).toMatchObject({ kind: 'exponential_histogram', count: 3, sum: 0.5 })
  })

  it('clients that name neither type nor coding are understood', async () => {
    const headers = { 'content-type': '', 'content-encoding': '' }
    const message = request1([{ labels: labelsOf('yolo'), samples: [at(1)] }])
    expect(await write(gateway, message, { version: 'v1', headers })).toMatchObject({ status: 204, written: [1, 0, 0] })
  })

  it('metadata changes nothing', async () => {
    const metadata = [{ type: 1, metric_family_name: 'a', help: 'b', unit: 'c' }]
    expect((await write(gateway, encode('v1', { metadata }), { version: 'v1' })).status).toBe(204)
  })
})

describe('metadata of 2.0', () => {
  it.each([
    ['m_requests_total', 1, 'sum'],
    ['m_created', 1, 'gauge'],
    ['m_temperature', 2, 'gauge'],
    ['m_latency_bucket', 3, 'sum'],
    ['m_queue_bucket', 4, 'gauge'],
    ['m_quantiles', 5, 'gauge'],
    ['m_quantiles_sum', 5, 'sum'],
    ['m_info', 6, 'gauge'],
    ['m_state', 7, 'gauge'],
    ['m_unknown', 0, 'gauge'],
  ])('says that %s, type %i, is a %s', async (name, type, kind) => {
    const metadata = { type, unit: 'seconds', help: 'Some help.' }
    await write(gateway, request2([{ labels: labelsOf(name), samples: [at(1)], metadata }]))
    const [point] = await stored(name)
    const counts = kind === 'sum' ? { temporality: 'cumulative', monotonic: true } : { temporality: 'unspecified' }
    expect(point?.series).toMatchObject({ kind, unit: 'seconds', ...counts })
  })
})
