import { gzipSync } from 'node:zlib'
import { HttpError, InfluxDB, Point, setLogger } from '@influxdata/influxdb-client'
import { HealthAPI, PingAPI } from '@influxdata/influxdb-client-apis'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { requireKafka } from '@pegel/testing'
import { badInputRows } from '../support/bad-input-rows.ts'
import { gzipBomb } from '../support/requests.ts'
import { KEYS, RunningGateway } from '../support/running-gateway.ts'
import { storedPoints, storedValues } from '../support/stored-points.ts'

let gateway: RunningGateway
let narrow: RunningGateway
beforeAll(async () => {
  // The client prints what it rejects with.
  setLogger({ error: () => undefined, warn: () => undefined })
  gateway = await RunningGateway.start(requireKafka())
  const limits = 'points_per_second: 20, burst_points: 20, max_request_bytes: 4000'
  narrow = await RunningGateway.start(requireKafka(), { limits, env: { PEGEL_MAX_BODY_BYTES_IN_FLIGHT: '2048' } })
})
afterAll(async () => {
  await gateway.close()
  await narrow.close()
})

interface Write {
  readonly path?: string
  readonly key?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly to?: RunningGateway
}

function write(body: Buffer | string, { path = '/api/v2/write', key, method, headers, to }: Write = {}) {
  const authorization = key === '' ? undefined : `Token ${key ?? KEYS.acme}`
  return fetch((to ?? gateway).url(path), {
    method: method ?? 'POST',
    ...(method === 'GET' ? {} : { body: new Uint8Array(Buffer.from(body)) }),
    headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
  })
}

describe('the official client', () => {
  it('writes, and finds the gateway alive', async () => {
    const influx = new InfluxDB({ url: gateway.url(''), token: KEYS.acme })
    const api = influx.getWriteApi('acme', 'acme', 'ms')
    const time = Date.now()
    api.writePoint(new Point('js client').tag('host', 'a b').floatField('load', 0.5).intField('n', 7).timestamp(time))
    await api.close()
    const found = (await storedPoints(gateway)).filter(({ series }) => series.name.startsWith('js client'))
    expect(found).toMatchObject([
      { series: { name: 'js client_load' }, tags: { host: 'a b' }, value: 0.5, timeMs: time },
      { series: { name: 'js client_n' }, tags: { host: 'a b' }, value: 7, timeMs: time },
    ])
    expect(found[0]?.envelope).toMatchObject({ tenant: 'acme', protocol: 'influx', received: 2 })
    expect(await new HealthAPI(influx).getHealth()).toMatchObject({ name: 'influxdb', status: 'pass' })
    await new PingAPI(influx).getPing()
  })

  it('understands a refusal', async () => {
    const api = new InfluxDB({ url: gateway.url(''), token: KEYS.acme }).getWriteApi('acme', 'other')
    api.writeRecord('m f=1')
    const refused = await api.close().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(HttpError)
    expect(refused).toMatchObject({ statusCode: 404, code: 'not found', message: expect.stringContaining('"other"') })
  })
})

describe('a write', () => {
  it('is taken by every credential, and goes to the tenant of the key', async () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
    const answers = await Promise.all([
      write('by token=1'),
      write('by bearer=1', { headers: { authorization: `Bearer ${KEYS.acme}` } }),
      write('by basic=1', { headers: basic(`acme:${KEYS.acme}`) }),
      write('by v1basic=1', { path: '/write?db=acme', headers: basic(`acme:${KEYS.acme}`) }),
      write('by query=1', { path: `/write?db=acme&u=acme&p=${KEYS.acme}`, key: '' }),
      write('by password=1', { path: `/write?p=${KEYS.acme}`, key: '' }),
      write('by bucket=1', { path: '/api/v2/write?bucket=acme/week', key: KEYS.both }),
      write('by header=1', { key: KEYS.both, headers: { 'x-scope-orgid': 'acme' } }),
      write('by db=1', { path: `/write?db=acme/week&rp=week&u=&p=${KEYS.both}`, key: '' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204))
    const found = (await storedPoints(gateway)).filter(({ series }) => series.name.startsWith('by_'))
    expect(found.map(({ envelope }) => envelope.tenant)).toEqual(answers.map(() => 'acme'))
  })

  it('has its precision', async () => {
    const nowS = Math.floor(Date.now() / 1000)
    await write(`at s=1 ${nowS}`, { path: '/api/v2/write?precision=s' })
    await write(`at m=1 ${Math.floor(nowS / 60)}`, { path: '/write?precision=m' })
    await write(`at ns=1 ${nowS}000000007`)
    const found = (await storedPoints(gateway)).filter(({ series }) => series.name.startsWith('at_'))
    expect(Object.fromEntries(found.map(({ series, timeMs, timeNs }) => [series.name, [timeMs, timeNs]]))).toEqual({
      at_s: [nowS * 1000, 0],
      at_m: [Math.floor(nowS / 60) * 60_000, 0],
      at_ns: [nowS * 1000, 7],
    })
  })

  it('may be packed', async () => {
    expect((await write(gzipSync('packed f=1'), { headers: { 'content-encoding': 'gzip' } })).status).toBe(204)
    expect(await storedValues(gateway, 'packed')).toEqual(['packed_f 1'])
  })

  it('counts texts beside numbers without failing', async () => {
    const answer = await write('mixed a=1,s="text",b=2')
    expect([answer.status, answer.headers.get('x-pegel-refused')]).toEqual([204, 'string_field=1'])
    const [point] = (await storedPoints(gateway)).filter(({ series }) => series.name === 'mixed_a')
    expect(point?.envelope).toMatchObject({ received: 3, refused: [{ reason: 'string_field', count: 1 }] })
  })

  it('is partial: good lines are stored, bad ones named by their number', async () => {
    const body = 'partial a=1\npartial\n# comment\npartial b=2 1\npartial c=3\n'
    const v2 = await write(body)
    const message =
      'partial write: 2 of 4 points refused, 2 stored; line 2: line_malformed (missing fields); ' +
      'line 4: max_point_age (older than limits.max_point_age) (influx.lines_refused)'
    expect([v2.status, await v2.json()]).toEqual([400, { code: 'invalid', message, line: 2 }])
    const v1 = await write(body, { path: '/write' })
    expect([v1.status, await v1.json()]).toEqual([400, { error: message }])
    expect(await storedValues(gateway, 'partial')).toEqual(
      ['partial_a 1', 'partial_c 3'].flatMap((each) => [each, each]),
    )
  })
})

const old = `m f=1 ${Date.now() - 30 * 86_400_000}000000`
const floods = () => Promise.all(Array.from({ length: 4 }, () => write('m a=1\n'.repeat(20), { to: narrow })))
/** Each row of the README by its first column. */
const cases: Readonly<Record<string, () => Promise<Response>>> = {
  'no credential': () => write('m f=1', { key: '' }),
  'an unknown key': () => write('m f=1', { key: 'pgl_x' }),
  'a key of several tenants and no bucket': () => write('m f=1', { key: KEYS.both }),
  'a user who is not of the key': () => write('m f=1', { path: `/write?u=globex&p=${KEYS.acme}`, key: '' }),
  "a bucket that is not the tenant's": () => write('m f=1', { path: '/api/v2/write?bucket=globex' }),
  'an org that is not the tenant': () => write('m f=1', { path: '/api/v2/write?org=globex&bucket=acme' }),
  'an unknown precision': () => write('m f=1', { path: '/api/v2/write?precision=h' }),
  'a line without fields': () => write('m'),
  'a value that is no number, boolean or text': () => write('m f=x'),
  'a time that is no 64-bit integer': () => write('m f=1 soon'),
  'a tag given twice': () => write('m,a=1,a=2 f=1'),
  'quotes that do not end': () => write('m f="x\nm f=2'),
  'bytes that are not UTF-8': () => write(Buffer.from('m,a=\xff f=1', 'latin1')),
  'a line of nothing but texts': () => write('m f="x"'),
  'a point beyond a limit of the tenant': () => write(old),
  'a body that is not what Content-Encoding says': () => write('m f=1', { headers: { 'content-encoding': 'gzip' } }),
  'a coding that is not known': () => write('m f=1', { headers: { 'content-encoding': 'br' } }),
  'a body larger than the tenant may send, packed or unpacked': () =>
    write(gzipBomb(), { headers: { 'content-encoding': 'gzip' } }),
  'another method': () => write('', { method: 'GET' }),
  "another path of InfluxDB's API": () => write('', { path: '/api/v2/buckets', method: 'GET' }),
  "points or bytes faster than the tenant's limit": async () =>
    (await floods()).find(({ status }) => status === 429) ?? Response.error(),
  'too much in memory': () => write(`m f=${'1'.repeat(3000)}`, { to: narrow }),
}

describe('bad input', () => {
  it.each(badInputRows('influx'))('$input: $status $code', async ({ input, status, code }) => {
    const response = await (cases[input] ?? (() => Promise.reject(new Error('the test does not know this row'))))()
    expect(response.status).toBe(status)
    expect(response.headers.get('x-influxdb-version')).toMatch(/^v2/)
    expect(response.headers.has('retry-after')).toBe([429, 503].includes(status))
    const body = (await response.json()) as { code?: string; message?: string; error?: string }
    expect(body.message ?? body.error).toContain(`(${code})`)
    expect(body.error === undefined).toBe(body.code !== undefined)
  })

  it('has a row for every case', () => {
    expect(Object.keys(cases)).toEqual(badInputRows('influx').map(({ input }) => input))
  })

  it('is stored of nothing that another tenant owns', async () => {
    const points = await storedPoints(gateway)
    expect(points.filter(({ envelope }) => envelope.tenant !== 'acme')).toEqual([])
  })
})

describe('the other paths', () => {
  it('say who answers', async () => {
    const ping = await fetch(gateway.url('/ping'), { method: 'HEAD' })
    expect([ping.status, ping.headers.get('x-influxdb-build')]).toEqual([204, 'pegel'])
    const query = await fetch(gateway.url('/query?q=SHOW+DATABASES'))
    expect([query.status, await query.json()]).toEqual([404, { error: expect.stringContaining('(gateway.not_found)') }])
    const unknown = await fetch(gateway.url('/api/v2/write/more'))
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { code: 'not found' }])
  })
})
