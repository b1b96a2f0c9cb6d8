import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { startComponent } from '../../../tools/stack/index.ts'
import type { KafkaComponent } from '../../../tools/stack/index.ts'
import { METRICS_EXPORT, RawClient, metadataOf, same } from './support/grpc-client.ts'
import type { Outcome } from './support/grpc-client.ts'
import { expectedOf, grpcRows, rowOf } from './support/grpc-rows.ts'
import { healthOf } from './support/grpc-services.ts'
import { IngestStreamClient } from './support/ingest-stream-client.ts'
import { gauges, protobufOf } from './support/requests.ts'
import { RunningGateway } from './support/running-gateway.ts'

const rows = grpcRows('otlp-grpc')
const streamRows = grpcRows('pegel-grpc')
const one = (value: number): Buffer => protobufOf(gauges([{ name: 'outage', value }]))

describe('a gateway whose Kafka goes away', () => {
  let kafka: KafkaComponent
  let gateway: RunningGateway
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'pegel-gateway-grpc-'))
    kafka = await startComponent('kafka', { dataDir, local: true, heapMb: 384 })
    gateway = await RunningGateway.start([kafka.url], { env: { PEGEL_PRODUCE_DEADLINE_MS: '1500' } })
  })
  afterAll(async () => {
    await gateway.close()
    await kafka.stop()
  })

  it('answers UNAVAILABLE with RetryInfo and nacks, is NOT_SERVING, and works again when Kafka is back', async () => {
    const client = new RawClient(gateway.grpcPort)
    const stream = new IngestStreamClient(client)
    expect(await healthOf(client)).toBe('SERVING')
    expect((await client.unary(one(1))).status).toBe('OK')
    await kafka.brokers[0]?.kill()
    const input = 'anything while Kafka is away'
    stream.send(1, gauges([{ name: 'outage', value: 2 }]))
    const [away] = await Promise.all([client.unary(one(3)), stream.answered(1)])
    expect(away).toMatchObject(expectedOf(rowOf(rows, input), 1))
    expect(away.message).toContain('PEGEL_KAFKA_BROKERS')
    expect(stream.outcome(1)).toMatchObject(expectedOf(rowOf(streamRows, input), 1))
    await eventually(async () => expect(await healthOf(client)).toBe('NOT_SERVING'), { deadlineMs: 15_000 })
    await kafka.brokers[0]?.restart()
    await eventually(async () => expect((await client.unary(one(4))).status).toBe('OK'), { deadlineMs: 30_000 })
    await eventually(async () => expect(await healthOf(client)).toBe('SERVING'), { deadlineMs: 15_000 })
    // The stream has outlived it.
    stream.send(2, gauges([{ name: 'outage', value: 5 }]))
    await stream.answered(2)
    expect(stream.outcome(2)).toMatchObject({ status: 'OK' })
    stream.cancel()
    client.close()
  })
})

describe('a gateway that is told to stop', () => {
  it('finishes the calls and batches it has, turns new ones away, and exits 0', async () => {
    const gateway = await RunningGateway.start(requireKafka(), { env: { PEGEL_LINGER_MS: '1000' } })
    const client = new RawClient(gateway.grpcPort)
    const stream = new IngestStreamClient(client)
    await stream.opened()
    const begun = halfSent(client)
    stream.send(1, gauges([{ name: 'stopping', value: 1 }]))
    // The heads and the batch are there once a later call is answered.
    expect((await client.unary(one(1))).status).toBe('OK')
    stream.send(2, gauges([{ name: 'stopping', value: 2 }]))
    expect(await healthOf(client)).toBe('SERVING')
    const exit = gateway.terminate()
    await stream.closing()
    stream.send(3, gauges([{ name: 'stopping', value: 3 }]))
    expect(await client.unary(one(2))).toMatchObject(expectedOf(rowOf(rows, 'a new call while the gateway stops'), 1))
    expect(await healthOf(client)).toBe('NOT_SERVING')
    begun.finish(one(7))
    expect((await begun.outcome).status).toBe('OK')
    expect(await stream.ended).toMatchObject({ status: 'UNAVAILABLE', reason: 'gateway.stopping', retryAfterS: 1 })
    expect([1, 2].map((sequence) => stream.outcome(sequence)?.status)).toEqual(['OK', 'OK'])
    expect(stream.outcome(3)).toMatchObject(expectedOf(rowOf(streamRows, 'a batch after Closing'), 1))
    expect(await exit).toBe(0)
    const values = (await gateway.records()).flatMap(({ points }) => [...points.columns.value])
    expect(values.sort()).toEqual([1, 1, 2, 7])
    client.close()
    await gateway.close()
  })

  it('does not wait for a client that watches its health or holds an idle stream open', async () => {
    const gateway = await RunningGateway.start(requireKafka())
    const client = new RawClient(gateway.grpcPort)
    const stream = new IngestStreamClient(client)
    await stream.opened()
    const watch = client.client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', same, same, Buffer.alloc(0))
    watch.on('error', () => undefined)
    const served = new Promise((resolve) => watch.once('data', resolve))
    await served
    const started = performance.now()
    expect(await gateway.terminate()).toBe(0)
    expect(performance.now() - started).toBeLessThan(8000)
    client.close()
    await gateway.close()
  })
})

/** A call whose head is sent, and whose message is not. */
function halfSent(client: RawClient): { readonly outcome: Promise<Outcome>; finish: (body: Buffer) => void } {
  const { promise, resolve } = Promise.withResolvers<Outcome>()
  const call = client.client.makeClientStreamRequest(METRICS_EXPORT, same, same, metadataOf(), (error, body) => {
    const status = error === null ? 'OK' : 'UNKNOWN'
    resolve({
      status,
      message: error?.details ?? '',
      reason: undefined,
      retryAfterS: undefined,
      body: body ?? Buffer.alloc(0),
    })
  })
  return {
    outcome: promise,
    finish(body) {
      call.write(body)
      call.end()
    },
  }
}
