import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { generateKey } from '@pegel/tenancy'
import { eventually, requireKafka } from '@pegel/testing'
import { INGEST_EXPORT, RawClient } from './support/grpc-client.ts'
import { expectedOf, grpcRows, rowOf } from './support/grpc-rows.ts'
import { filesOf, healthOf, listedServices } from './support/grpc-services.ts'
import { decodeIngest, encodeIngest } from './support/ingest-proto.ts'
import { IngestStreamClient } from './support/ingest-stream-client.ts'
import { gauges } from './support/requests.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'
import { storedPoints, storedValues } from './support/stored-points.ts'

const rows = grpcRows('pegel-grpc')
let gateway: RunningGateway
let client: RawClient
beforeAll(async () => {
  const env = { PEGEL_LINGER_MS: '300', PEGEL_GRPC_STREAM_BATCHES: '4', PEGEL_GRPC_STREAM_BYTES: '20000' }
  const limits = 'max_request_bytes: 15000, points_per_second: 300, burst_points: 1000'
  gateway = await RunningGateway.start(requireKafka(), { env, limits })
  client = new RawClient(gateway.grpcPort)
})
afterAll(async () => {
  client.close()
  await gateway.close()
})

const one = (name: string, value = 1): object => gauges([{ name, value }])
const filled = (name: string, bytes: number): object =>
  gauges([{ name, value: 1, labels: { filler: 'x'.repeat(bytes) } }])

describe('Export', () => {
  it('is in Kafka when it is answered, and counts what was refused', async () => {
    const sent = gauges([
      { name: 'export_good', value: 1 },
      { name: 'export_old', value: 1, timeMs: 1000 },
      { name: 'export_none' },
    ])
    const answer = await client.unary(encodeIngest('ExportRequest', sent), { path: INGEST_EXPORT })
    expect(answer.status).toBe('OK')
    expect(decodeIngest('ExportResponse', answer.body)).toEqual({
      receivedPoints: 3,
      acceptedPoints: 1,
      refused: [
        { reason: 'max_point_age', points: 1 },
        { reason: 'value_missing', points: 1 },
      ],
      message: expect.stringContaining('2 of 3 points refused'),
    })
    const [point] = (await storedPoints(gateway)).filter(({ series }) => series.name === 'export_good')
    expect(point?.envelope).toMatchObject({ tenant: 'acme', protocol: 'pegel_grpc', received: 3, points: 1 })
  })

  it('refuses bytes that are no request', async () => {
    const refused = await client.unary(Buffer.from('no protobuf'), { path: INGEST_EXPORT })
    expect(refused).toMatchObject({ status: 'INVALID_ARGUMENT', reason: 'otlp.malformed' })
  })
})

describe('a stream', () => {
  it('tells its window, acknowledges each batch once Kafka has it, and ends with OK', async () => {
    const stream = new IngestStreamClient(client)
    await stream.opened()
    expect(stream.events).toEqual([
      { event: 'window', window: { maxOutstandingBatches: 4, maxOutstandingBytes: 20_000, maxBatchBytes: 15_000 } },
    ])
    for (const sequence of [1, 2, 7]) stream.send(sequence, one(`stream_${sequence}`, sequence))
    await stream.answered(1, 2, 7)
    expect(await storedValues(gateway, 'stream_')).toEqual(['stream_1 1', 'stream_2 2', 'stream_7 7'])
    expect(stream.outcome(7)?.result).toEqual({ receivedPoints: 1, acceptedPoints: 1 })
    stream.end()
    expect(await stream.ended).toMatchObject({ status: 'OK' })
  })

  it('answers what is outstanding when the client has no more to send', async () => {
    const stream = new IngestStreamClient(client)
    for (const sequence of [1, 2, 3]) stream.send(sequence, one('half_closed', sequence))
    stream.end()
    expect(await stream.ended).toMatchObject({ status: 'OK' })
    expect([...stream.order].sort()).toEqual([1, 2, 3])
    expect(await storedValues(gateway, 'half_closed')).toHaveLength(3)
  })

  it('keeps the order of batches within a series', async () => {
    const stream = new IngestStreamClient(client)
    const values = Array.from({ length: 12 }, (_, index) => index + 1)
    for (const value of values) {
      stream.send(value, gauges([{ name: 'ordered', value, timeMs: Date.now() + value }]))
      if (value % 4 === 0) await stream.answered(...values.slice(value - 4, value))
    }
    stream.end()
    await stream.ended
    const stored = (await storedPoints(gateway)).filter(({ series }) => series.name === 'ordered')
    expect(stored.map(({ value }) => value)).toEqual(values)
  })

  it('counts points that are refused, and nacks a batch that cannot be taken, without ending', async () => {
    const stream = new IngestStreamClient(client)
    stream.send(
      1,
      gauges([
        { name: 'mixed', value: 1 },
        { name: 'mixed_old', value: 1, timeMs: 1000 },
      ]),
    )
    stream.sendBytes(Buffer.concat([encodeIngest('StreamRequest', { sequence: 2 }), Buffer.from([0x0a, 2, 0x0a, 9])]))
    stream.send(3, filled('mixed', 16_000))
    await stream.answered(1, 2, 3)
    stream.send(4, one('mixed_after'))
    await stream.answered(4)
    expect(stream.outcome(1)).toMatchObject({
      status: 'OK',
      result: { receivedPoints: 2, acceptedPoints: 1, refused: [{ reason: 'max_point_age', points: 1 }] },
    })
    expect(rowOf(rows, 'points that are too old, without a value, or against a limit').answer).toMatch(/^ack/)
    expect(stream.outcome(2)).toMatchObject(expectedOf(rowOf(rows, 'a batch whose points cannot be read'), 0))
    expect(stream.outcome(3)).toMatchObject(expectedOf(rowOf(rows, 'a batch beyond `limits.max_request_bytes`'), 0))
    expect(stream.outcome(4)).toMatchObject({ status: 'OK' })
    stream.end()
    expect(await stream.ended).toMatchObject({ status: 'OK' })
  })

  it('nacks what is beyond its window, and takes more once it has answered', async () => {
    const stream = new IngestStreamClient(client)
    for (const sequence of [1, 2, 3, 4, 5, 6]) stream.send(sequence, one('window', sequence))
    await stream.answered(1, 2, 3, 4, 5, 6)
    const beyond = expectedOf(rowOf(rows, 'more batches than the window has room for'), 1)
    expect([5, 6].map((sequence) => stream.outcome(sequence))).toMatchObject([beyond, beyond])
    expect(stream.outcome(5)?.message).toContain('PEGEL_GRPC_STREAM_BATCHES')
    expect(stream.order.slice(0, 2)).toEqual([5, 6])
    stream.send(7, filled('window', 1900))
    for (const sequence of [8, 9])
      stream.send(sequence, gauges(Array.from({ length: 320 }, () => ({ name: 'window', value: sequence }))))
    await stream.answered(7, 8, 9)
    expect(stream.outcome(9)).toMatchObject(expectedOf(rowOf(rows, 'more bytes than the window has room for'), 1))
    expect([7, 8].map((sequence) => stream.outcome(sequence)?.status)).toEqual(['OK', 'OK'])
    stream.cancel()
  })

  it('is limited in its rate as any request, and told when to come back', async () => {
    const stream = new IngestStreamClient(client, { authorization: `Bearer ${KEYS.globex}` })
    const many = gauges(Array.from({ length: 200 }, () => ({ name: 'rate', value: 1 })))
    let sequence = 0
    await eventually(
      async () => {
        sequence += 1
        stream.send(sequence, many)
        stream.send((sequence += 1), many)
        await stream.answered(sequence)
        expect(stream.outcome(sequence)).toMatchObject(
          expectedOf(rowOf(rows, 'more points than `limits.points_per_second`'), expect.any(Number)),
        )
      },
      { deadlineMs: 30_000, everyMs: 1 },
    )
    stream.cancel()
  })

  it('of a client that goes away leaves what was sent on its way', async () => {
    const stream = new IngestStreamClient(client)
    await stream.opened()
    stream.send(1, one('gone'))
    // A later call on the same connection: the batch is there when it is answered.
    expect(await healthOf(client)).toBe('SERVING')
    stream.cancel()
    expect(await stream.ended).toMatchObject({ status: 'CANCELLED' })
    await eventually(async () => expect(await storedValues(gateway, 'gone')).toEqual(['gone 1']))
  })

  const invalid: readonly (readonly [input: string, send: (stream: IngestStreamClient) => void])[] = [
    ['a batch without a sequence', (stream) => stream.sendBytes(encodeIngest('StreamRequest', one('invalid')))],
    [
      'a sequence that does not ascend',
      (stream) => {
        stream.send(1, one('valid'))
        stream.send(1, one('invalid'))
      },
    ],
    ['a sequence beyond 2^53 - 1', (stream) => stream.sendBytes(Buffer.from([0x10, ...Array<number>(9).fill(255), 1]))],
    ['a message whose fields cannot be told apart', (stream) => stream.sendBytes(Buffer.from('no protobuf'))],
  ]
  it.each(invalid)('ends with what the README says for %s, once the rest is answered', async (input, send) => {
    const stream = new IngestStreamClient(client)
    send(stream)
    stream.send(1000, one('invalid'))
    expect(await stream.ended).toMatchObject(expectedOf(rowOf(rows, input), 0))
    expect(stream.order).toEqual(input.includes('ascend') ? [1] : [])
    expect(await storedValues(gateway, 'invalid')).toEqual([])
  })

  it.each([
    ['no credential', ''],
    ['an unknown key', 'Bearer pgl_x'],
  ])('does not begin with %s', async (input, authorization) => {
    const stream = new IngestStreamClient(client, { authorization })
    expect(await stream.ended).toMatchObject(expectedOf(rowOf(rows, input), 0))
    expect(stream.events).toEqual([])
  })
})

describe('a key that is taken away', () => {
  it('ends its stream at the next batch', async () => {
    const stream = new IngestStreamClient(client)
    await stream.opened()
    await gateway.publish('acme', 4, { key: generateKey() })
    await eventually(async () => {
      const answer = await client.unary(encodeIngest('ExportRequest', {}), { path: INGEST_EXPORT })
      expect(answer.status).toBe('UNAUTHENTICATED')
    })
    stream.send(1, one('revoked'))
    const input = 'a key that is taken away while its stream is open'
    expect(await stream.ended).toMatchObject(expectedOf(rowOf(rows, input), 0))
    expect(await storedValues(gateway, 'revoked')).toEqual([])
    await gateway.publish('acme', 5, { key: KEYS.acme, limits: 'max_request_bytes: 30000' })
  })

  it('and given back is known again, and a new limit comes with a new window', async () => {
    await eventually(async () => {
      const answer = await client.unary(encodeIngest('ExportRequest', {}), { path: INGEST_EXPORT })
      expect(answer.status).toBe('OK')
    })
    const stream = new IngestStreamClient(client)
    await stream.opened()
    expect(stream.windows).toEqual([{ maxOutstandingBatches: 4, maxOutstandingBytes: 30_000, maxBatchBytes: 30_000 }])
    await gateway.publish('acme', 6, { key: KEYS.acme, limits: 'max_request_bytes: 12000' })
    let sequence = 0
    await eventually(async () => {
      stream.send((sequence += 1), one('adjusted'))
      await stream.answered(sequence)
      expect(stream.windows.at(-1)).toEqual({
        maxOutstandingBatches: 4,
        maxOutstandingBytes: 20_000,
        maxBatchBytes: 12_000,
      })
    })
    stream.end()
    expect(await stream.ended).toMatchObject({ status: 'OK' })
  })
})

describe('beside it', () => {
  it('health tells of each service, and needs no key', async () => {
    for (const service of ['', 'pegel.ingest.v1.Ingest', 'opentelemetry.proto.collector.metrics.v1.MetricsService']) {
      expect(await healthOf(client, service)).toBe('SERVING')
    }
    const row = rowOf(grpcRows('grpc'), 'health of a service that is not there')
    expect(await healthOf(client, 'nothing')).toBe(row.status)
  })

  it.each(['v1', 'v1alpha'] as const)('reflection (%s) lists the services', async (version) => {
    expect(await listedServices(client, version)).toEqual(
      expect.arrayContaining([
        'pegel.ingest.v1.Ingest',
        'opentelemetry.proto.collector.metrics.v1.MetricsService',
        'opentelemetry.proto.collector.logs.v1.LogsService',
        'grpc.health.v1.Health',
      ]),
    )
  })

  it('reflection gives the definition with all that it builds on', async () => {
    // ingest, metrics, common, resource and google.protobuf.Duration
    expect(await filesOf(client, 'pegel.ingest.v1.Ingest')).toBe(5)
  })
})
