import { once } from 'node:events'
import { connect } from 'node:net'
import { compressionAlgorithms } from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { INGEST_EXPORT, RawClient } from './support/grpc-client.ts'
import type { Outcome } from './support/grpc-client.ts'
import { expectedOf, grpcRows, rowOf } from './support/grpc-rows.ts'
import { gauges, protobufOf } from './support/requests.ts'
import { RunningGateway } from './support/running-gateway.ts'

const rows = grpcRows('otlp-grpc')
let gateway: RunningGateway
let client: RawClient
afterEach(async () => {
  client.close()
  await gateway.close()
})

async function start(settings: Parameters<typeof RunningGateway.start>[1]): Promise<void> {
  gateway = await RunningGateway.start(requireKafka(), settings)
  client = new RawClient(gateway.grpcPort)
}

function points(count: number): Buffer {
  return protobufOf(
    gauges(Array.from({ length: count }, (_, index) => ({ name: 'm', value: index, labels: { index: `${index}` } }))),
  )
}

describe('limits over gRPC', () => {
  it('of the rate turn a request away whole, and say when to come back', async () => {
    await start({ limits: 'points_per_second: 10, burst_points: 20' })
    expect((await client.unary(points(20))).status).toBe('OK')
    const refused = await client.unary(points(10))
    expect(refused).toMatchObject(expectedOf(rowOf(rows, 'more points than `limits.points_per_second`'), 1))
    expect(refused.message).toContain('limits.points_per_second')
    expect(await client.unary(points(10), { path: INGEST_EXPORT })).toMatchObject({
      status: 'RESOURCE_EXHAUSTED',
      retryAfterS: 1,
    })
    const stored = (await gateway.records()).reduce((sum, { envelope }) => sum + envelope.points, 0)
    expect(stored).toBe(20)
  })

  it('of bytes a second turn a request away whole, and say when to come back', async () => {
    await start({ limits: 'bytes_per_second: 1000, burst_bytes: 1000' })
    expect((await client.unary(points(100))).status).toBe('OK')
    const refused = await client.unary(points(10))
    expect(refused).toMatchObject(
      expectedOf(rowOf(rows, 'more bytes than `limits.bytes_per_second`'), expect.any(Number)),
    )
    expect(refused.message).toContain('limits.burst_bytes')
    const row = rowOf(grpcRows('pegel-grpc'), 'more bytes than `limits.bytes_per_second`')
    expect(await client.unary(points(10), { path: INGEST_EXPORT })).toMatchObject(expectedOf(row, expect.any(Number)))
  })

  it('of bytes hold for a message unpacked, and name the setting', async () => {
    await start({ limits: 'max_request_bytes: 2000' })
    const row = rowOf(rows, 'a message beyond `limits.max_request_bytes` of its tenant')
    const expected = {
      ...expectedOf(row, 0),
      message: expect.stringContaining('limits.max_request_bytes of tenant acme'),
    }
    const packing = new RawClient(gateway.grpcPort, {
      options: { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip },
    })
    const answers: readonly Outcome[] = [await client.unary(points(100)), await packing.unary(points(100))]
    for (const answer of answers) expect(answer).toMatchObject(expected)
    expect((await client.unary(points(10))).status).toBe('OK')
    packing.close()
  })

  it('of bytes may be greater than what gRPC takes by default', async () => {
    await start({ limits: 'max_request_bytes: 8000000' })
    const large = protobufOf(gauges([{ name: 'm', value: 1, labels: { filler: 'x'.repeat(5_000_000) } }]))
    // The label is too long, so the point is refused; the message was read.
    expect((await client.unary(large)).status).toBe('OK')
  })

  it('hold for the connections that there are', async () => {
    await start({ env: { PEGEL_MAX_CONNECTIONS: '2' } })
    const { answer } = rowOf(grpcRows('grpc'), 'more connections than `PEGEL_MAX_CONNECTIONS`')
    expect(answer).toContain('closed at once')
    const held = [1, 2].map(() => connect(gateway.grpcPort, '127.0.0.1'))
    await Promise.all(held.map((socket) => once(socket, 'data')))
    const more = connect(gateway.grpcPort, '127.0.0.1').resume()
    await once(more, 'close')
    expect(await gateway.metrics()).toMatch(/connections_dropped_total\{door="grpc".*\} 1\n/)
    for (const socket of held) socket.destroy()
    await eventually(async () => expect((await client.unary(points(1))).status).toBe('OK'))
  })

  it('hold for what all calls have in memory together', async () => {
    await start({ env: { PEGEL_MAX_BODY_BYTES_IN_FLIGHT: '4096' } })
    const row = rowOf(rows, 'more bytes than `PEGEL_MAX_BODY_BYTES_IN_FLIGHT` in all calls')
    expect(await client.unary(points(100))).toMatchObject(expectedOf(row, 1))
    expect((await client.unary(points(5))).status).toBe('OK')
  })
})
