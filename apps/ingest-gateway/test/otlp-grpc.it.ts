import { gzipSync } from 'node:zlib'
import { compressionAlgorithms, Metadata } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { requireKafka } from '@pegel/testing'
import fc from 'fast-check'
import { decode, METRICS_EXPORT, RawClient } from './support/grpc-client.ts'
import type { CallSettings } from './support/grpc-client.ts'
import { expectedOf, grpcRows, rowOf } from './support/grpc-rows.ts'
import { frame, offeredWindows, rawCall } from './support/raw-grpc.ts'
import { gauges, gzipBomb, protobufOf } from './support/requests.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'
import { storedPoints } from './support/stored-points.ts'

let gateway: RunningGateway
let client: RawClient
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka())
  client = new RawClient(gateway.grpcPort)
})
afterAll(async () => {
  client.close()
  await gateway.close()
})

const rows = grpcRows('otlp-grpc')
const one = (name: string): Buffer => protobufOf(gauges([{ name, value: 1 }]))

/** Tenant and value of the points named so, as they stand in Kafka. */
async function stored(name: string): Promise<readonly { readonly tenant: string; readonly value: number }[]> {
  const points = await storedPoints(gateway)
  return points
    .filter(({ series }) => series.name === name)
    .map(({ envelope, value }) => ({ tenant: envelope.tenant, value }))
}

describe('a call', () => {
  it('is in Kafka when it is answered, with its envelope, and tells what was refused', async () => {
    const row = rowOf(rows, 'points that are too old, without a value, or against another limit')
    const sent = gauges([{ name: 'whole', value: 42 }, { name: 'old', value: 1, timeMs: 1000 }, { name: 'none' }])
    const answer = await client.unary(protobufOf(sent))
    expect(answer.status).toBe(row.status)
    expect(decode('ExportResponse', answer.body)).toEqual({
      partialSuccess: {
        rejectedDataPoints: 2,
        errorMessage: expect.stringContaining(
          '2 of 3 points refused: 1 max_point_age (older than limits.max_point_age)',
        ),
      },
    })
    expect(await stored('whole')).toEqual([{ tenant: 'acme', value: 42 }])
    const envelopes = (await gateway.records()).map(({ envelope }) => envelope)
    expect(envelopes).toContainEqual(
      expect.objectContaining({ tenant: 'acme', protocol: 'otlp_grpc', received: 3, points: 1 }),
    )
    expect(await gateway.metrics()).toMatch(/pegel_gateway_requests_total\{door="otlp_grpc",code="partial".*\} 1/)
  })

  it('answers nothing but success when everything was taken', async () => {
    const answer = await client.unary(one('plain'))
    expect([answer.status, answer.body.length]).toEqual(['OK', 0])
    expect((await client.unary(Buffer.alloc(0))).status).toBe('OK')
  })

  it('finds a window that a usual message fits in', async () => {
    expect(await offeredWindows(gateway.grpcPort)).toEqual({ stream: 256 * 1024, connection: 1024 * 1024 })
  })

  it('may be larger than any window, beside others on one connection', async () => {
    const names = Array.from({ length: 8 }, (_, call) => `large_${call}`)
    const body = (name: string): Buffer =>
      protobufOf(gauges(Array.from({ length: 2000 }, (_, value) => ({ name: `${name}_${'x'.repeat(300)}`, value }))))
    const bodies = names.map(body)
    expect(bodies[0]?.length).toBeGreaterThan(512 * 1024)
    const outcomes = await Promise.all(bodies.map((each) => client.unary(each)))
    expect(outcomes.map(({ status, body: answer }) => [status, answer.length])).toEqual(names.map(() => ['OK', 0]))
  })

  it.each([
    ['gzip', compressionAlgorithms.gzip],
    ['deflate', compressionAlgorithms.deflate],
  ] as const)('may be packed: %s', async (name, algorithm) => {
    const packing = new RawClient(gateway.grpcPort, { options: { 'grpc.default_compression_algorithm': algorithm } })
    expect((await packing.unary(one(name))).status).toBe('OK')
    expect(await stored(name)).toEqual([{ tenant: 'acme', value: 1 }])
    packing.close()
  })

  it('of the OpenTelemetry SDK for JavaScript arrives', async () => {
    const metadata = new Metadata()
    metadata.set('authorization', `Bearer ${KEYS.globex}`)
    const exporter = new OTLPMetricExporter({ url: `http://127.0.0.1:${gateway.grpcPort}`, metadata })
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
    const provider = new MeterProvider({ readers: [reader] })
    provider.getMeter('shop').createCounter('orders').add(3, { shop: 'north' })
    await provider.shutdown()
    expect(await stored('orders')).toEqual([{ tenant: 'globex', value: 3 }])
  })
})

describe('the tenant', () => {
  const basic = `Basic ${Buffer.from(`globex:${KEYS.globex}`).toString('base64')}`
  it.each([
    ['bearer', { authorization: `Bearer ${KEYS.globex}` }],
    ['basic', { authorization: basic }],
    ['picked', { authorization: `Bearer ${KEYS.both}`, 'x-scope-orgid': 'globex' }],
  ])('is the one of the key: %s', async (name, headers) => {
    expect((await client.unary(one(`by_${name}`), { headers })).status).toBe('OK')
    expect(await stored(`by_${name}`)).toEqual([{ tenant: 'globex', value: 1 }])
  })
})

describe('a refusal', () => {
  type Case = readonly [input: string, body: Buffer, settings: CallSettings]
  const whole = one('refused')
  const as = (authorization: string): CallSettings => ({ headers: { authorization } })
  const orgId = (name: string): CallSettings => ({ headers: { 'x-scope-orgid': name } })
  const cases: readonly Case[] = [
    ['no credential', whole, as('')],
    ['an unknown key', whole, as('Bearer pgl_x')],
    ['a key of several tenants without `x-scope-orgid`', whole, as(`Bearer ${KEYS.both}`)],
    ['`x-scope-orgid` that is no tenant id', whole, orgId('acme|globex')],
    ['`x-scope-orgid` of another tenant', whole, orgId('globex')],
    ['`x-scope-orgid` of nobody', whole, orgId('nobody')],
    ['bytes that are no request', Buffer.from('no protobuf'), {}],
    ['a request that is cut off', whole.subarray(0, -3), {}],
    ['another method or service', whole, { path: METRICS_EXPORT.replace('Export', 'Push') }],
    ['another method or service', whole, { path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export' }],
  ]
  it.each(cases)('for %s is the one of the README', async (input, body, settings) => {
    const row = rowOf(rows, input)
    const outcome = await client.unary(body, settings)
    expect(outcome).toMatchObject(expectedOf(row, expect.any(Number)))
    if (row.reason !== undefined) expect(outcome.message).toContain(`(${row.reason})`)
    expect(await stored('refused')).toEqual([])
  })

  const gzip = { 'grpc-encoding': 'gzip' }
  const bytes: readonly (readonly [input: string, bytes: Buffer, headers: Record<string, string>])[] = [
    ['gzip that is none', frame(whole, { packed: true }), gzip],
    ['gzip that is none', frame(gzipSync(whole).subarray(0, -6), { packed: true }), gzip],
    ['a few bytes of gzip that unpack to many', frame(gzipBomb(), { packed: true }), gzip],
    [
      '`grpc-encoding` other than gzip, deflate or identity',
      frame(whole, { packed: true }),
      { 'grpc-encoding': 'zstd' },
    ],
    ['a frame that announces more bytes than come', frame(whole, { announced: whole.length + 10 }), {}],
    ['a message beyond what any tenant may send', frame(whole, { announced: 200 * 1024 * 1024 }), {}],
  ]
  it.each(bytes)('for %s is the one of the README', async (input, sent, headers) => {
    expect(await rawCall(gateway.grpcPort, sent, { headers })).toBe(rowOf(rows, input).status)
    expect(await stored('refused')).toEqual([])
  })

  it('is counted even when gRPC itself makes it', async () => {
    expect(await gateway.metrics()).toMatch(/pegel_gateway_requests_total\{door="otlp_grpc",code="grpc.unread".*\} \d/)
  })
})

describe('any bytes', () => {
  const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }) })

  it('end a call in a status of its own, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), fc.boolean(), async (bytes, framed) => {
        const sent = Buffer.from(bytes)
        const status = await rawCall(gateway.grpcPort, framed ? frame(sent) : sent)
        expect(['OK', 'INVALID_ARGUMENT', 'RESOURCE_EXHAUSTED', 'INTERNAL', 'UNIMPLEMENTED']).toContain(status)
      }),
      { numRuns: 100, endOnFailure: true },
    )
    expect((await client.unary(one('after_noise'))).status).toBe('OK')
  })

  it('of a packed request that was changed do the same', async () => {
    const packed = frame(gzipSync(one('changed')), { packed: true })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const sent = Buffer.from(packed)
        for (const { at, to } of changes) sent[at % sent.length] = to
        const status = await rawCall(gateway.grpcPort, sent, { headers: { 'grpc-encoding': 'gzip' } })
        expect(['OK', 'INVALID_ARGUMENT', 'RESOURCE_EXHAUSTED', 'INTERNAL', 'UNIMPLEMENTED']).toContain(status)
      }),
      { numRuns: 100, endOnFailure: true },
    )
    expect((await client.unary(one('after_changes'))).status).toBe('OK')
  })
})
