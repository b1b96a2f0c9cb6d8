import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { LogEvent } from '@pegel/contracts'
import { eventually, requireKafka } from '@pegel/testing'
import { badInputRows } from '../support/bad-input-rows.ts'
import { KEYS, RunningGateway } from '../support/running-gateway.ts'
import { refusedCount, securityEvents } from '../support/security-events.ts'
import { encodeLogs } from './logs-oracle.ts'

let gateway: RunningGateway
let narrow: RunningGateway
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka())
  const limits = 'log_events_per_second: 2, max_points_per_request: 12, max_request_bytes: 2000'
  narrow = await RunningGateway.start(requireKafka(), { limits })
})
afterAll(async () => {
  await gateway.close()
  await narrow.close()
})

const OTLP = '/v1/logs'
const LINES = '/api/v1/logs'
const PROTOBUF = { 'content-type': 'application/x-protobuf' }
const old = '2020-01-01T00:00:00Z'

interface Post {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly method?: string
  readonly to?: RunningGateway
}

/** Lines as the tenant acme, unless told otherwise; an empty header is left out. */
function post(body: unknown, { path = LINES, headers, method = 'POST', to = gateway }: Post = {}): Promise<Response> {
  const bytes =
    Buffer.isBuffer(body) || typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body))
  const all = { authorization: `Bearer ${KEYS.acme}`, 'content-type': 'application/json', ...headers }
  return fetch(to.url(path), {
    method,
    ...(method === 'GET' ? {} : { body: new Uint8Array(bytes) }),
    headers: Object.entries(all).filter(([, value]) => value !== ''),
  })
}

const otlp = (records: readonly object[], service = 'shop'): object => ({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeLogs: [{ scope: { name: 'cart' }, logRecords: records }],
    },
  ],
})

/** Events with this message, with what stands around them. */
async function stored(message: string, from = gateway) {
  const found = await from.events()
  return found.flatMap(({ record, batch }) =>
    batch.groups.flatMap(({ events, service, scopeName }) =>
      events
        .filter((event) => event.message === message)
        .map((event: LogEvent) => ({ key: record.key?.toString(), batch, service, scopeName, event })),
    ),
  )
}

describe('lines', () => {
  it('are in Kafka when they are answered, with what was refused beside them', async () => {
    const timestamp = new Date().toISOString()
    const good = { timestamp, level: 'ERROR', service: 'shop', message: 'whole', metadata: { a: { b: 1 } } }
    const response = await post(`${JSON.stringify(good)}\n{"message":7}\n`)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(await response.json()).toEqual({
      received: 2,
      accepted: 1,
      refused: 1,
      rejected: [{ line: 2, code: 'invalid_line', message: expect.stringContaining('message: ') }],
    })
    expect(await stored('whole')).toMatchObject([
      {
        key: 'acme',
        service: 'shop',
        batch: {
          tenant: 'acme',
          configVersion: 3,
          protocol: 'json',
          received: 2,
          refused: [{ reason: 'invalid_line', count: 1 }],
        },
        event: {
          level: 'error',
          severity: 17,
          timeMs: Date.parse(timestamp),
          attributes: [{ key: 'a.b', value: '1' }],
        },
      },
    ])
  })

  it.each([
    ['an array', JSON.stringify([{ message: 'array' }]), 'application/json', 'array'],
    ['an object', JSON.stringify({ message: 'object' }, null, 2), '', 'object'],
    ['lines', '{"message":"lines"}\n', 'application/x-ndjson; charset=utf-8', 'lines'],
    ['packed', gzipSync('{"message":"packed"}'), 'application/json', 'packed'],
  ])('may come as %s', async (_form, body, type, message) => {
    const headers = { 'content-type': type, 'content-encoding': message === 'packed' ? 'gzip' : 'identity' }
    expect((await post(body, { headers })).status).toBe(200)
    expect(await stored(message)).toHaveLength(1)
  })

  it('go to the tenant of the key, whatever else is said', async () => {
    await post({ message: 'whose', metadata: { tenant: 'globex' } })
    await post({ message: 'whose' }, { headers: { authorization: `Bearer ${KEYS.globex}` } })
    await post({ message: 'whose', tenant_id: 'globex' })
    const found = await stored('whose')
    expect(found.map(({ key, batch }) => [key, batch.tenant]).toSorted()).toEqual([
      ['acme', 'acme'],
      ['globex', 'globex'],
    ])
  })

  it('of more than a record holds are split, and all there', async () => {
    const lines = Array.from({ length: 30 }, (_, index) => ({
      message: 'split',
      metadata: { index, text: 'x'.repeat(50_000) },
    }))
    expect(await (await post(lines)).json()).toMatchObject({ accepted: 30 })
    const found = await stored('split')
    expect(new Set(found.map(({ event }) => event.attributes[0]?.value)).size).toBe(30)
    expect(new Set(found.map(({ batch }) => Buffer.from(batch.batchId).toString('hex'))).size).toBeGreaterThan(2)
  })
})

describe('OTLP', () => {
  it.each([
    ['protobuf', 'otlp_http'],
    ['json', 'otlp_json'],
  ] as const)('in %s is in Kafka when it is answered', async (encoding, protocol) => {
    const message = `otlp ${encoding}`
    const now = BigInt(Date.now()) * 1_000_000n
    const traceId = Buffer.alloc(16, 7)
    const id = encoding === 'json' ? traceId.toString('hex') : traceId.toString('base64')
    const log = { timeUnixNano: String(now + 5n), severityNumber: 13, body: { stringValue: message }, traceId: id }
    const request = otlp([log, { ...log, timeUnixNano: '5' }])
    const isJson = encoding === 'json'
    const response = await post(isJson ? request : encodeLogs(request), {
      path: OTLP,
      ...(isJson ? {} : { headers: PROTOBUF }),
    })
    expect(response.status).toBe(200)
    const answer = Buffer.from(await response.arrayBuffer()).toString('latin1')
    expect(answer).toContain('1 of 2 log records refused: 1 max_point_age (older than limits.max_point_age)')
    if (isJson) expect(JSON.parse(answer)).toMatchObject({ partialSuccess: { rejectedLogRecords: '1' } })
    expect(await stored(message)).toMatchObject([
      {
        key: 'acme',
        service: 'shop',
        scopeName: 'cart',
        batch: { protocol, received: 2, events: 1 },
        event: { level: 'warn', timeNs: 5, traceId: traceId.toString('hex') },
      },
    ])
  })

  it('of nothing is a success', async () => {
    expect(await (await post({}, { path: OTLP })).json()).toEqual({})
    const empty = await post('', { path: OTLP, headers: PROTOBUF })
    expect([empty.status, (await empty.arrayBuffer()).byteLength]).toEqual([200, 0])
  })
})

const line = { message: 'm' }
const nested = JSON.parse(`{"message":"m","metadata":${'{"a":'.repeat(17)}1${'}'.repeat(17)}}`) as object
const ahead = new Date(Date.now() + 3_600_000).toISOString()
const goodRecord = { body: { stringValue: 'm' } }

const BAD: Readonly<Record<string, () => Promise<Response>>> = {
  'a line without a message': () => post({ level: 'info' }),
  'a line that is no JSON': () => post('hello'),
  'a line with an unknown key': () => post({ ...line, user: 'x' }),
  'a line with a timestamp without a zone': () => post({ ...line, timestamp: '2026-01-01T00:00:00' }),
  'a line with a trace id that is not hexadecimal': () => post({ ...line, trace_id: 'x'.repeat(32) }),
  'a line whose metadata nests deeper than 16 levels': () => post(nested),
  'a number instead of a line': () => post([7]),
  'a line of another tenant': () => post({ ...line, tenant_id: 'globex' }),
  'a line larger than limits.max_log_bytes': () => post({ message: 'x'.repeat(70_000) }),
  'a line older than limits.max_point_age': () => post({ ...line, timestamp: old }),
  'a line further ahead than limits.max_point_future': () => post({ ...line, timestamp: ahead }),
  'more lines than limits.max_points_per_request': () =>
    post(
      Array.from({ length: 13 }, () => line),
      { to: narrow, headers: { authorization: `Bearer ${KEYS.globex}` } },
    ),
  'an empty body of lines': () => post(''),
  'an array that is cut off': () => post('[{"message":"m"}'),
  'lines that are not UTF-8': () => post(Buffer.from([0x22, 0xff, 0x22])),
  'OTLP: an old log record beside a good one': () =>
    post(otlp([goodRecord, { ...goodRecord, timeUnixNano: '1' }]), { path: OTLP }),
  'OTLP: bytes that are no request': () => post(Buffer.from([0x0a, 0xff]), { path: OTLP, headers: PROTOBUF }),
  'OTLP: JSON that is no request': () => post({ resourceLogs: {} }, { path: OTLP }),
  'OTLP: another Content-Type': () => post(line, { path: OTLP, headers: { 'content-type': 'text/plain' } }),
  'lines of another Content-Type': () => post(line, { headers: { 'content-type': 'application/xml' } }),
  'no credential': () => post(line, { headers: { authorization: '' } }),
  'an unknown key': () => post(line, { headers: { authorization: 'Bearer pgl_nobody' } }),
  'a key of several tenants without X-Scope-OrgID': () =>
    post(line, { headers: { authorization: `Bearer ${KEYS.both}` } }),
  'X-Scope-OrgID of a tenant who is not of the key': () => post(line, { headers: { 'x-scope-orgid': 'globex' } }),
  'a body that is not what Content-Encoding says': () => post(line, { headers: { 'content-encoding': 'gzip' } }),
  'a coding that is not known': () => post(line, { headers: { 'content-encoding': 'br' } }),
  'a body larger than limits.max_request_bytes': () => post({ message: 'x'.repeat(3000) }, { to: narrow }),
  'another method': () => post('', { method: 'GET' }),
  'logs faster than limits.log_events_per_second': async () => {
    await post(
      Array.from({ length: 10 }, () => line),
      { to: narrow },
    )
    return post(line, { to: narrow })
  },
  'bytes faster than limits.log_bytes_per_second': async () => {
    const headers = { authorization: `Bearer ${KEYS.globex}` }
    await narrow.publish('globex', 4, { limits: 'log_bytes_per_second: 100' })
    return eventually(async () => {
      const refused = await post({ message: 'x'.repeat(1000) }, { to: narrow, headers })
      // Until the new limits are known it may be the number of events.
      expect(await refused.clone().text()).toContain('log_bytes_per_second')
      return refused
    })
  },
}

describe('bad input', () => {
  it.each(badInputRows('logs'))('$input: $status $code', async ({ input, status, code, answer }) => {
    const response = await (BAD[input] ?? (() => Promise.reject(new Error('a row without a test'))))()
    const text = await response.text()
    expect(response.status).toBe(status)
    if (code === 'partial') expect(text).toMatch(/max_point/)
    else expect(text).toContain(code)
    for (const [, reason = ''] of answer.matchAll(/`([a-z_]+)`/g))
      if (reason !== 'partial' && reason !== 'rejected_log_records') expect(text).toContain(reason)
    if (status === 429) expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('is only in the table when it is tested', () => {
    expect(Object.keys(BAD).toSorted()).toEqual(
      badInputRows('logs')
        .map(({ input }) => input)
        .toSorted(),
    )
  })

  it('leaves nothing behind where nothing was accepted', async () => {
    await post([{ message: 'left behind', timestamp: old }])
    await post(`[{"message":"left behind"}`)
    await post({ message: 'left behind' }, { headers: { authorization: 'Bearer pgl_nobody' } })
    expect(await stored('left behind')).toEqual([])
  })
})

describe('refused credentials', () => {
  it('of any HTTP door are events of the tenant pegel, a flood of them few events, the key nowhere', async () => {
    const secret = 'pgl_a_key_that_nobody_has'
    const before = await securityEvents(gateway)
    const headers = { authorization: `Bearer ${secret}` }
    await Promise.all(Array.from({ length: 200 }, () => gateway.post('{}', headers)))
    await gateway.post('{}', { 'x-scope-orgid': 'globex' })
    await eventually(async () => {
      const found = await securityEvents(gateway)
      const unknown = 'gateway.credential_unknown'
      expect(refusedCount(found, 'otlp_http', unknown) - refusedCount(before, 'otlp_http', unknown)).toBe(200)
      expect(refusedCount(found, 'otlp_http', 'gateway.tenant_forbidden')).toBe(1)
    })
    const added = (await securityEvents(gateway)).slice(before.length)
    expect(added.length).toBeLessThan(20)
    expect(added[0]).toMatchObject({
      key: 'pegel',
      category: 'authentication',
      outcome: 'failure',
      level: 'warn',
      sourceAddress: '127.0.0.1',
    })
    expect(added.find(({ labels }) => labels.code === 'gateway.tenant_forbidden')?.labels.tenant).toBe('globex')
    const raw = (await gateway.events()).map(({ record }) => record.value?.toString('latin1') ?? '')
    expect(raw.some((text) => text.includes(secret))).toBe(false)
    expect(await gateway.metrics()).toMatch(/pegel_gateway_security_events_total{.*fate="written".*}/)
  })

  it('that were counted are written before the gateway ends', async () => {
    const stopping = await RunningGateway.start(requireKafka())
    try {
      await stopping.post('{}', { authorization: 'Bearer pgl_nobody' })
      expect(await stopping.terminate()).toBe(0)
      expect((await stopping.events()).map(({ batch }) => [batch.tenant, batch.events])).toEqual([['pegel', 1]])
    } finally {
      await stopping.close()
    }
  })
})
