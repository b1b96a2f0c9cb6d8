import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { requireKafka } from '@pegel/testing'
import { badInputRows } from '../support/bad-input-rows.ts'
import { gzipBomb } from '../support/requests.ts'
import { KEYS, RunningGateway } from '../support/running-gateway.ts'
import { storedPoints, storedValues } from '../support/stored-points.ts'

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

interface Post {
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly to?: RunningGateway
}

function post(body: unknown, { headers, method = 'POST', to = gateway }: Post = {}): Promise<Response> {
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? Buffer.from(body) : JSON.stringify(body)
  return fetch(to.url('/api/v1/metrics'), {
    method,
    ...(method === 'GET' ? {} : { body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes) }),
    headers: { authorization: `Bearer ${KEYS.acme}`, 'content-type': 'application/json', ...headers },
  })
}

describe('points', () => {
  it('of every type are in Kafka when they are answered', async () => {
    const time = new Date()
    const named = (name: string) => ({ name: `typed.${name}`, timestamp: time.toISOString(), labels: { a: 'b', n: 1 } })
    const response = await post([
      { ...named('gauge'), value: 21.5, unit: 'Cel' },
      { ...named('bool'), value: true, type: 'gauge' },
      { ...named('counter'), value: 7, type: 'counter', start: time.getTime() - 5000 },
      { ...named('updown'), value: -7, type: 'up_down_counter', temporality: 'delta' },
      { ...named('histogram'), type: 'histogram', value: { count: 3, sum: 6, bounds: [1, 2], counts: [1, 1, 1] } },
      {
        ...named('exponential'),
        type: 'exponential_histogram',
        value: { count: 1, scale: 0, positive: { offset: 1, counts: [1] } },
      },
      { ...named('summary'), type: 'summary', value: { count: 1, sum: 2, quantiles: [{ quantile: 0.5, value: 2 }] } },
    ])
    expect([response.status, await response.json()]).toEqual([
      200,
      { received: 7, accepted: 7, refused: 0, rejected: [] },
    ])
    const found = (await storedPoints(gateway)).filter(({ series }) => series.name.startsWith('typed.'))
    const by = Object.fromEntries(found.map((point) => [point.series.name.slice(6), point]))
    expect(by.gauge).toMatchObject({
      value: 21.5,
      timeMs: time.getTime(),
      tags: { a: 'b', n: '1' },
      series: { unit: 'Cel', kind: 'gauge' },
    })
    expect(by.bool?.value).toBe(1)
    expect(by.counter).toMatchObject({
      value: 7,
      startMs: time.getTime() - 5000,
      series: { kind: 'sum', temporality: 'cumulative', monotonic: true },
    })
    expect(by.updown?.series).toMatchObject({ kind: 'sum', temporality: 'delta', monotonic: false })
    expect(by.histogram?.complex).toMatchObject({ count: 3, sum: 6, min: null, bounds: [1, 2], counts: [1, 1, 1] })
    expect(by.exponential?.complex).toMatchObject({
      scale: 0,
      positive: { offset: 1, counts: [1] },
      negative: { counts: [] },
    })
    expect(by.summary?.complex).toMatchObject({ count: 1, quantiles: [{ quantile: 0.5, value: 2 }] })
    expect(found[0]?.envelope).toMatchObject({ tenant: 'acme', protocol: 'json' })
  })

  it('are one object, an array, or one per line', async () => {
    const one = { name: 'forms.one', value: 1 }
    expect((await post(one)).status).toBe(200)
    expect(
      (
        await post([
          { ...one, value: 2 },
          { ...one, value: 3 },
        ])
      ).status,
    ).toBe(200)
    const lines = `${JSON.stringify({ ...one, value: 4 })}\n\n${JSON.stringify({ ...one, value: 5 })}\r\n`
    expect((await post(lines, { headers: { 'content-type': 'application/x-ndjson' } })).status).toBe(200)
    expect((await post([])).status).toBe(200)
    const packed = gzipSync(JSON.stringify({ ...one, value: 6 }))
    expect((await post(packed, { headers: { 'content-encoding': 'gzip' } })).status).toBe(200)
    expect(await storedValues(gateway, 'forms.')).toEqual([1, 2, 3, 4, 5, 6].map((value) => `forms.one ${value}`))
  })

  it('may be sets of an AI service and of the business', async () => {
    const response = await post([
      { model_inference_time: 0.045, recommendation_accuracy: 0.94, user_engagement_score: 8.7, labels: { set: 'ai' } },
      { tracks_generated: 125, artist_collaborations: 8, revenue_impact: 12_500.5, tenant_id: 'acme' },
    ])
    expect(await response.json()).toEqual({ received: 6, accepted: 6, refused: 0, rejected: [] })
    const found = (await storedPoints(gateway)).filter(({ tags }) => tags.set === 'ai')
    expect(found.map(({ series, value }) => [series.name, series.kind, value])).toEqual([
      ['model_inference_time', 'gauge', 0.045],
      ['recommendation_accuracy', 'gauge', 0.94],
      ['user_engagement_score', 'gauge', 8.7],
    ])
    expect(await storedValues(gateway, 'revenue_impact')).toEqual(['revenue_impact 12500.5'])
  })

  it('that are good are taken beside bad ones, which are named', async () => {
    const response = await post([
      { name: 'beside', value: 1 },
      { name: 'beside', value: 'x' },
      { tracks_generated: 1, revenue_impact: 2, tenant_id: 'globex' },
      { name: 'beside', value: 2, timestamp: 1000 },
    ])
    expect([response.status, await response.json()]).toEqual([
      200,
      {
        received: 5,
        accepted: 1,
        refused: 4,
        rejected: [
          { index: 1, code: 'point_malformed', message: 'value: expected a number or a boolean' },
          { index: 2, code: 'tenant_mismatch', message: 'its tenant_id is not the tenant of the credential' },
          { index: 3, code: 'max_point_age', message: 'older than limits.max_point_age' },
        ],
      },
    ])
    const lines = '{"name":"beside","value":3}\nnot json\n{"name":"beside"}\n'
    const ndjson = await post(lines, { headers: { 'content-type': 'application/jsonl; charset=utf-8' } })
    expect(await ndjson.json()).toMatchObject({ accepted: 1, rejected: [{ line: 2 }, { line: 3 }] })
    expect(await storedValues(gateway, 'beside')).toEqual(['beside 1', 'beside 3'])
    const [first] = (await storedPoints(gateway)).filter(({ series }) => series.name === 'beside')
    expect(first?.envelope.refused).toEqual([
      { reason: 'point_malformed', count: 1 },
      { reason: 'tenant_mismatch', count: 2 },
      { reason: 'max_point_age', count: 1 },
    ])
  })
})

const ndjson = { headers: { 'content-type': 'application/x-ndjson' } }
const many = Array.from({ length: 20 }, () => ({ name: 'm', value: 1 }))
const floods = () => Promise.all(Array.from({ length: 4 }, () => post(many, { to: narrow })))
const headed = (headers: Readonly<Record<string, string>>) => () => post({ name: 'm', value: 1 }, { headers })
/** Each row of the README by its first column. */
const cases: Readonly<Record<string, () => Promise<Response>>> = {
  'a point without a value': () => post({ name: 'm' }),
  'a point whose value is a text': () => post({ name: 'm', value: '1' }),
  'a point with an unknown type': () => post({ name: 'm', value: 1, type: 'constructor' }),
  'a point with an unknown key': () => post({ name: 'm', value: 1, lables: {} }),
  'a label that is neither text, number nor boolean': () => post({ name: 'm', value: 1, labels: { a: null } }),
  'a timestamp without a time zone': () => post({ name: 'm', value: 1, timestamp: '2026-01-01T00:00:00' }),
  'an object that is neither a point nor a known set': () => post({ other: 1 }),
  'a number instead of a point': () => post('7'),
  'a line of NDJSON that is no JSON': () => post('{"name":', ndjson),
  'a point of another tenant': () => post({ name: 'm', value: 1, tenant_id: 'globex' }),
  'a histogram whose counts do not fit its bounds': () =>
    post({ name: 'm', type: 'histogram', value: { count: 1, bounds: [1], counts: [1] } }),
  'a point beyond a limit of the tenant': () => post({ name: 'm'.repeat(600), value: 1 }),
  'a body that is no JSON': () => post('{"name":'),
  'a body that is not UTF-8': () => post(Buffer.from('{"name":"\xff","value":1}', 'latin1')),
  'no credential': headed({ authorization: '' }),
  'an unknown key': headed({ authorization: 'Bearer pgl_x' }),
  'a key of several tenants without X-Scope-OrgID': headed({ authorization: `Bearer ${KEYS.both}` }),
  'X-Scope-OrgID of a tenant who is not of the key': headed({ 'x-scope-orgid': 'globex' }),
  'another Content-Type': headed({ 'content-type': 'text/plain' }),
  'a body that is not what Content-Encoding says': headed({ 'content-encoding': 'gzip' }),
  'a coding that is not known': headed({ 'content-encoding': 'br' }),
  'a body larger than the tenant may send, packed or unpacked': () =>
    post(gzipBomb(), { headers: { 'content-encoding': 'gzip' } }),
  'another method': () => post('', { method: 'GET' }),
  "points or bytes faster than the tenant's limit": async () =>
    (await floods()).find(({ status }) => status === 429) ?? Response.error(),
  'too much in memory': () => post(`[${' '.repeat(3000)}]`, { to: narrow }),
}

describe('bad input', () => {
  it.each(badInputRows('json'))('$input: $status $code', async ({ input, status, code }) => {
    const response = await (cases[input] ?? (() => Promise.reject(new Error('the test does not know this row'))))()
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.has('retry-after')).toBe([429, 503].includes(status))
    const body = (await response.json()) as { code: string; message: string; rejected?: { code: string }[] }
    expect(body.code).toBe(code)
    expect(body.message).not.toMatch(/\{\w+\}/)
    const reason = /`json.points_refused`, `(\w+)`/.exec(rowOf(input))?.[1]
    if (reason !== undefined) expect(body.rejected).toMatchObject([{ code: reason }])
  })

  it('has a row for every case', () => {
    expect(Object.keys(cases)).toEqual(badInputRows('json').map(({ input }) => input))
  })

  it('is stored for nobody else', async () => {
    const points = await storedPoints(gateway)
    expect(points.filter(({ envelope }) => envelope.tenant !== 'acme')).toEqual([])
  })
})

function rowOf(input: string): string {
  return badInputRows('json').find((row) => row.input === input)?.answer ?? ''
}
