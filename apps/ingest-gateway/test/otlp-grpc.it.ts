import { compressionAlgorithms, Metadata } from '@grpc/grpc-js'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { parseSeriesBlock } from '@pegel/contracts'
import { requireKafka } from '@pegel/testing'
import { decode, RawClient } from './support/grpc-client.ts'
import type { CallSettings } from './support/grpc-client.ts'
import { gauges, protobufOf } from './support/requests.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'

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

const one = (name: string): Buffer => protobufOf(gauges([{ name, value: 1 }]))

/** Tenant and value of the points named so, as they stand in Kafka. */
async function stored(name: string): Promise<readonly { readonly tenant: string; readonly value: number }[]> {
  const records = await gateway.records()
  return records.flatMap(({ envelope, points }) =>
    points.series
      .filter(({ block }) => parseSeriesBlock(block).name === name)
      .map(({ first }) => ({ tenant: envelope.tenant, value: points.columns.value[first] ?? NaN })),
  )
}

describe('a call', () => {
  it('is in Kafka when it is answered, with its envelope, and tells what was refused', async () => {
    const body = protobufOf(
      gauges([{ name: 'whole', value: 42 }, { name: 'old', value: 1, timeMs: 1000 }, { name: 'none' }]),
    )
    const answer = await client.unary(body)
    expect(answer.status).toBe('OK')
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
  })

  it('answers nothing but success when everything was taken', async () => {
    const answer = await client.unary(one('plain'))
    expect([answer.status, answer.body.length]).toEqual(['OK', 0])
    expect((await client.unary(Buffer.alloc(0))).status).toBe('OK')
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
  type Case = readonly [name: string, status: string, reason: string | undefined, body: Buffer, settings: CallSettings]
  const whole = one('refused')
  const cases: readonly Case[] = [
    ['no credential', 'UNAUTHENTICATED', 'gateway.credential_missing', whole, { headers: { authorization: '' } }],
    [
      'an unknown key',
      'UNAUTHENTICATED',
      'gateway.credential_unknown',
      whole,
      { headers: { authorization: 'Bearer pgl_x' } },
    ],
    [
      'a key of two tenants',
      'INVALID_ARGUMENT',
      'gateway.tenant_required',
      whole,
      { headers: { authorization: `Bearer ${KEYS.both}` } },
    ],
    [
      'no tenant id',
      'INVALID_ARGUMENT',
      'gateway.tenant_invalid',
      whole,
      { headers: { 'x-scope-orgid': 'acme|globex' } },
    ],
    [
      'another tenant',
      'PERMISSION_DENIED',
      'gateway.tenant_forbidden',
      whole,
      { headers: { 'x-scope-orgid': 'globex' } },
    ],
    [
      'a tenant that is none',
      'PERMISSION_DENIED',
      'gateway.tenant_forbidden',
      whole,
      { headers: { 'x-scope-orgid': 'nobody' } },
    ],
    ['bytes that are no request', 'INVALID_ARGUMENT', 'otlp.malformed', Buffer.from('no protobuf'), {}],
    ['a request cut off', 'INVALID_ARGUMENT', 'otlp.malformed', whole.subarray(0, -3), {}],
    [
      'another method',
      'UNIMPLEMENTED',
      undefined,
      whole,
      { path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Push' },
    ],
    [
      'another service',
      'UNIMPLEMENTED',
      undefined,
      whole,
      { path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export' },
    ],
  ]
  it.each(cases)('for %s is %s', async (_name, status, reason, body, settings) => {
    const outcome = await client.unary(body, settings)
    expect(outcome).toMatchObject({ status, reason, retryAfterS: undefined })
    if (reason !== undefined) expect(outcome.message).toContain(`(${reason})`)
    expect(await stored('refused')).toEqual([])
  })
})
