import { gzipSync, deflateRawSync, deflateSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parseSeriesBlock } from '@pegel/contracts'
import { requireKafka } from '@pegel/testing'
import { gauges, protobufOf } from './support/requests.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka())
})
afterAll(() => gateway.close())

const one = (name: string): string => JSON.stringify(gauges([{ name, value: 1 }]))

/** Value of the points named so, by tenant, as they stand in Kafka. */
async function stored(name: string): Promise<readonly { readonly tenant: string; readonly value: number }[]> {
  const records = await gateway.records()
  return records.flatMap(({ envelope, points }) =>
    points.series
      .filter(({ block }) => parseSeriesBlock(block).name === name)
      .map(({ first }) => ({ tenant: envelope.tenant, value: points.columns.value[first] ?? NaN })),
  )
}

describe('a request', () => {
  it('is in Kafka when it is answered, with the envelope that the stages behind need', async () => {
    const request = gauges([
      { name: 'whole', value: 42, labels: { host: 'a' } },
      { name: 'whole', value: 7, labels: { host: 'b' } },
      { name: 'old', value: 1, timeMs: 1000 },
      { name: 'empty' },
    ])
    const response = await gateway.post(protobufOf(request), { 'content-type': 'application/x-protobuf' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/x-protobuf')
    const answer = Buffer.from(await response.arrayBuffer()).toString('latin1')
    expect(answer).toContain(
      '2 of 4 points refused: 1 max_point_age (older than limits.max_point_age), 1 value_missing',
    )
    const found = (await gateway.records()).find(({ points }) =>
      points.series.some(({ block }) => parseSeriesBlock(block).name === 'whole'),
    )
    expect(found?.record.key?.toString()).toBe('acme')
    expect(found?.envelope).toMatchObject({ tenant: 'acme', configVersion: 3, protocol: 'otlp_http', source: null })
    expect(found?.envelope.batchId).toHaveLength(16)
    expect(found?.envelope).toMatchObject({ received: 4, points: 2 })
    expect(found?.envelope.refused).toEqual([
      { reason: 'max_point_age', count: 1 },
      { reason: 'value_missing', count: 1 },
    ])
    expect(Math.abs((found?.envelope.receivedAtMs ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  it.each([
    ['gzip', 'gzip', gzipSync],
    ['zstd', 'zstd', zstdCompressSync],
    ['deflate', 'deflate', deflateSync],
    ['bare', 'deflate', deflateRawSync],
    ['identity', 'identity', (body: Buffer) => body],
  ] as const)('may be packed: %s', async (name, encoding, pack) => {
    const response = await gateway.post(pack(Buffer.from(one(name))), { 'content-encoding': encoding })
    expect([response.status, await response.text()]).toEqual([200, '{}'])
    expect(await stored(name)).toEqual([{ tenant: 'acme', value: 1 }])
  })

  it('may have no points at all', async () => {
    expect((await gateway.post('{}')).status).toBe(200)
    const empty = await gateway.post('', { 'content-type': 'application/x-protobuf' })
    expect([empty.status, (await empty.arrayBuffer()).byteLength]).toEqual([200, 0])
  })

  it('of many at the same time is answered by its own counts, and shares records', async () => {
    const before = (await gateway.records()).length
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const points = [{ name: `many_${index}`, value: index }, ...(index % 2 === 0 ? [{ name: 'none' }] : [])]
        const response = await gateway.post(JSON.stringify(gauges(points)))
        return (await response.json()) as { partialSuccess?: { rejectedDataPoints: string } }
      }),
    )
    const rejected = answers.map(({ partialSuccess }) => partialSuccess?.rejectedDataPoints ?? '0')
    expect(rejected).toEqual(answers.map((_, index) => (index % 2 === 0 ? '1' : '0')))
    const added = (await gateway.records()).slice(0)
    expect(added.length - before).toBeLessThan(40)
    const names = added.flatMap(({ points }) => points.series.map(({ block }) => parseSeriesBlock(block).name))
    expect(names.filter((name) => name.startsWith('many_')).sort()).toEqual(
      answers.map((_, index) => `many_${index}`).sort(),
    )
  })

  it('that does not fit into one record is in several, all of them there at the answer', async () => {
    const points = Array.from({ length: 6000 }, (_, index) => ({
      name: 'large',
      value: index,
      labels: { index: `${index}`, filler: 'x'.repeat(180) },
    }))
    expect((await gateway.post(protobufOf(gauges(points)), { 'content-type': 'application/x-protobuf' })).status).toBe(
      200,
    )
    const values = (await stored('large')).map(({ value }) => value)
    expect(values.sort((a, b) => a - b)).toEqual(points.map(({ value }) => value))
  })
})

describe('the tenant', () => {
  const credentials = {
    bearer: `Bearer ${KEYS.globex}`,
    token: `Token ${KEYS.globex}`,
    basic: `Basic ${Buffer.from(`globex:${KEYS.globex}`).toString('base64')}`,
  }
  it.each(Object.entries(credentials))('is the one of the key: %s', async (scheme, authorization) => {
    expect((await gateway.post(one(`by_${scheme}`), { authorization })).status).toBe(200)
    expect(await stored(`by_${scheme}`)).toEqual([{ tenant: 'globex', value: 1 }])
  })

  it('is picked by X-Scope-OrgID among those of the key', async () => {
    const headers = { authorization: `Bearer ${KEYS.both}`, 'x-scope-orgid': 'globex' }
    expect((await gateway.post(one('picked'), headers)).status).toBe(200)
    expect(await stored('picked')).toEqual([{ tenant: 'globex', value: 1 }])
  })

  it('is never another than those of the key', async () => {
    expect((await gateway.post(one('foreign'), { 'x-scope-orgid': 'globex' })).status).toBe(403)
    const basic = `Basic ${Buffer.from(`globex:${KEYS.acme}`).toString('base64')}`
    expect((await gateway.post(one('foreign'), { authorization: basic })).status).toBe(403)
    expect(await stored('foreign')).toEqual([])
  })
})

describe('the numbers', () => {
  it('are at /metrics, by tenant and reason', async () => {
    const text = await gateway.metrics()
    expect(text).toMatch(/pegel_gateway_points_accepted_total\{tenant="acme",service="ingest-gateway"\} \d{4}/)
    expect(text).toContain(
      'pegel_gateway_points_refused_total{tenant="acme",reason="max_point_age",service="ingest-gateway"} 1',
    )
    expect(text).toMatch(/pegel_gateway_requests_total\{door="otlp_http",code="gateway.tenant_forbidden"/)
  })
})
