import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { decode, INGEST_EXPORT, LOGS_EXPORT, METRICS_EXPORT, RawClient } from './support/grpc-client.ts'
import { expectedOf, grpcRows, rowOf } from './support/grpc-rows.ts'
import { IngestStreamClient } from './support/ingest-stream-client.ts'
import { logsProtobuf as logs } from './support/logs-request.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'
import { refusedCount, securityEvents } from './support/security-events.ts'

let gateway: RunningGateway
let client: RawClient
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka(), { limits: 'log_events_per_second: 4' })
  client = new RawClient(gateway.grpcPort)
})
afterAll(async () => {
  client.close()
  await gateway.close()
})

async function stored(): Promise<string> {
  return JSON.stringify(
    (await gateway.events()).map(({ batch }) => batch),
    (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
  )
}

describe('log records over gRPC', () => {
  it('are in Kafka when the call is answered, and counted when they are refused', async () => {
    const answer = await client.unary(logs([{ text: 'sold a bicycle' }, { text: 'ancient', timeMs: 1000 }]), {
      path: LOGS_EXPORT,
    })
    expect(answer.status).toBe('OK')
    expect(decode('ExportResponse', answer.body)).toEqual({
      partialSuccess: { rejectedDataPoints: 1, errorMessage: expect.stringContaining('1 of 2 log records refused') },
    })
    expect(await stored()).toMatch(/"tenant":"acme".*sold a bicycle/)
    expect(await stored()).not.toContain('ancient')
  })

  it('are refused whole when they cannot be read, or are too many', async () => {
    const malformed = await client.unary(Buffer.from('no protobuf'), { path: LOGS_EXPORT })
    expect(malformed).toMatchObject(expectedOf(rowOf(grpcRows('otlp-grpc'), 'bytes that are no request'), 0))
    // More than a minute's worth: a slow machine must not pay it back between two calls.
    const many = logs(Array.from({ length: 400 }, () => ({ text: 'many' })))
    await client.unary(many, { path: LOGS_EXPORT })
    const refused = await client.unary(many, { path: LOGS_EXPORT })
    const row = rowOf(grpcRows('otlp-grpc'), 'more log records than `limits.log_events_per_second`')
    expect(refused).toMatchObject(expectedOf(row, expect.any(Number)))
  })

  it('are refused whole when they have too many bytes', async () => {
    await gateway.publish('globex', 4, { limits: 'log_bytes_per_second: 100' })
    const headers = { authorization: `Bearer ${KEYS.globex}` }
    const row = rowOf(grpcRows('otlp-grpc'), 'more bytes of logs than `limits.log_bytes_per_second`')
    await eventually(async () => {
      const refused = await client.unary(logs([{ text: 'x'.repeat(1000) }]), { path: LOGS_EXPORT, headers })
      expect(refused).toMatchObject(expectedOf(row, expect.any(Number)))
    })
  })
})

describe('refused credentials', () => {
  const unknown = { headers: { authorization: 'Bearer pgl_nobody' } }
  const forbidden = { headers: { 'x-scope-orgid': 'globex' } }

  it('of every door over gRPC are events of the tenant pegel', async () => {
    await client.unary(Buffer.alloc(0), { ...unknown, path: METRICS_EXPORT })
    await client.unary(Buffer.alloc(0), { ...forbidden, path: METRICS_EXPORT })
    await client.unary(Buffer.alloc(0), { ...unknown, path: LOGS_EXPORT })
    await client.unary(Buffer.alloc(0), { ...unknown, path: INGEST_EXPORT })
    await new IngestStreamClient(client, unknown.headers).ended
    await eventually(async () => {
      const events = await securityEvents(gateway)
      const counts = ['otlp_grpc', 'otlp_grpc_logs', 'pegel_grpc'].map((door) =>
        refusedCount(events, door, 'gateway.credential_unknown'),
      )
      expect([...counts, refusedCount(events, 'otlp_grpc', 'gateway.tenant_forbidden')]).toEqual([1, 1, 2, 1])
      expect(new Set(events.map(({ key, sourceAddress }) => [key, sourceAddress].join(' ')))).toEqual(
        new Set(['pegel 127.0.0.1']),
      )
    })
  })
})
