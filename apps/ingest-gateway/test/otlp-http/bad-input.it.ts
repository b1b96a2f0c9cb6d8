import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { requireKafka } from '@pegel/testing'
import { badInputRows } from '../support/bad-input-rows.ts'
import { gauges, gzipBomb, protobufOf } from '../support/requests.ts'
import { KEYS, RunningGateway } from '../support/running-gateway.ts'
import { storedPoints } from '../support/stored-points.ts'

let gateway: RunningGateway
let narrow: RunningGateway
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka())
  const limits = 'points_per_second: 20, burst_points: 20'
  narrow = await RunningGateway.start(requireKafka(), { limits, env: { PEGEL_MAX_BODY_BYTES_IN_FLIGHT: '4096' } })
})
afterAll(async () => {
  await gateway.close()
  await narrow.close()
})

const PROTOBUF = 'application/x-protobuf'
const one = protobufOf(gauges([{ name: 'refused', value: 1 }]))
const many = protobufOf(gauges(Array.from({ length: 20 }, () => ({ name: 'm', value: 1 }))))
const post = (body: Buffer, headers: Readonly<Record<string, string>> = {}, to = gateway): Promise<Response> =>
  to.post(body, { 'content-type': PROTOBUF, ...headers })
const headed = (headers: Readonly<Record<string, string>>) => () => post(one, headers)
const json = (body: string) => () => post(Buffer.from(body), { 'content-type': 'application/json' })

function nested(depth: number): Buffer {
  let value: object = { stringValue: 'deep' }
  for (let level = 0; level < depth; level += 1) value = { arrayValue: { values: [value] } }
  return protobufOf({ resourceMetrics: [{ resource: { attributes: [{ key: 'deep', value }] }, scopeMetrics: [] }] })
}

/** Each row of the README by its first column. */
const cases: Readonly<Record<string, () => Promise<Response>>> = {
  'no credential': headed({ authorization: '' }),
  'an unknown key': headed({ authorization: 'Bearer pgl_x' }),
  'a key of several tenants without X-Scope-OrgID': headed({ authorization: `Bearer ${KEYS.both}` }),
  'X-Scope-OrgID that is no tenant id': headed({ 'x-scope-orgid': 'acme|globex' }),
  'X-Scope-OrgID of a tenant who is not of the key': headed({ 'x-scope-orgid': 'globex' }),
  'Basic with a tenant who is not of the key': headed({
    authorization: `Basic ${Buffer.from(`globex:${KEYS.acme}`).toString('base64')}`,
  }),
  'bytes that are no request': () => post(Buffer.from('no protobuf')),
  'a request that is cut off': () => post(one.subarray(0, -3)),
  'JSON that is no request': json('{"resourceMetrics":{}}'),
  'a body that is no JSON, though it says so': json('{'),
  'an attribute that nests deeper than 32 levels': () => post(nested(40)),
  'points that are too old, without a value, or against another limit': () =>
    post(
      protobufOf(
        gauges([
          { name: 'beside', value: 1 },
          { name: 'old', value: 1, timeMs: 1000 },
          { name: 'none' },
          { name: 'x'.repeat(600), value: 1 },
        ]),
      ),
    ),
  'another Content-Type': headed({ 'content-type': 'text/plain' }),
  'a body that is not what Content-Encoding says': headed({ 'content-encoding': 'gzip' }),
  'a coding that is not known': headed({ 'content-encoding': 'br' }),
  'a body larger than the tenant may send': () => post(Buffer.alloc(17 * 1024 * 1024)),
  'a few bytes that unpack to more than the tenant may send': () => post(gzipBomb(), { 'content-encoding': 'gzip' }),
  'another method': () => fetch(gateway.url(), { headers: { 'content-type': PROTOBUF } }),
  "points faster than the tenant's limit": async () => {
    await post(many, {}, narrow)
    return post(many, {}, narrow)
  },
  'too much in memory': () => post(Buffer.alloc(5000), {}, narrow),
}

describe('bad input', () => {
  it.each(badInputRows('otlp-http'))('$input: $status $code', async ({ input, status, code, answer }) => {
    const response = await (cases[input] ?? (() => Promise.reject(new Error('the test does not know this row'))))()
    const body = Buffer.from(await response.arrayBuffer())
    expect([response.status, response.headers.has('retry-after')]).toEqual([status, answer.includes('Retry-After')])
    if (code === 'partial') {
      // Answers of protobuf: texts stand in them as they are.
      expect(body.toString()).toMatch(/3 of 4 points refused: .*max_point_age.*value_missing/)
      return
    }
    const isJson = response.headers.get('content-type') === 'application/json'
    expect(isJson).toBe(input.includes('JSON') || input === 'another Content-Type')
    expect(body.toString()).toContain(`(${code})`)
    expect(body.toString()).not.toMatch(/\{\w+\}/)
    if (isJson) {
      expect(JSON.parse(body.toString())).toMatchObject({ details: [{ reason: code, domain: 'pegel' }] })
    } else {
      expect(body[0]).toBe(0x08) // google.rpc.Status.code
      expect(body.includes('google.rpc.RetryInfo')).toBe(answer.includes('RetryInfo'))
    }
  })

  it('has a row for every case', () => {
    expect(Object.keys(cases)).toEqual(badInputRows('otlp-http').map(({ input }) => input))
  })

  it('leaves nothing but what was taken', async () => {
    const names = (await storedPoints(gateway)).map(({ envelope, series }) => `${envelope.tenant} ${series.name}`)
    expect(names).toEqual(['acme beside'])
  })

  it('is told with what would help', async () => {
    expect((await headed({ authorization: '' })()).headers.get('www-authenticate')).toContain('Bearer')
    expect((await fetch(gateway.url())).headers.get('allow')).toBe('POST')
  })
})
