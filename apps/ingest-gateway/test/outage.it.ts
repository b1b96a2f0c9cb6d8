import { mkdtemp } from 'node:fs/promises'
import { request } from 'node:http'
import type { ClientRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { startComponent } from '../../../tools/stack/index.ts'
import type { KafkaComponent } from '../../../tools/stack/index.ts'
import { gauges } from './support/requests.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'

const one = (value: number): string => JSON.stringify(gauges([{ name: 'outage', value }]))

describe('a gateway whose Kafka goes away', () => {
  let kafka: KafkaComponent
  let gateway: RunningGateway
  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'pegel-gateway-'))
    kafka = await startComponent('kafka', { dataDir, local: true, heapMb: 384 })
    gateway = await RunningGateway.start([kafka.url], { env: { PEGEL_PRODUCE_DEADLINE_MS: '1500' } })
  })
  afterAll(async () => {
    await gateway.close()
    await kafka.stop()
  })

  it('answers 503 with Retry-After, never success, and works again when Kafka is back', async () => {
    expect((await gateway.post(one(1))).status).toBe(200)
    await kafka.brokers[0]?.kill()
    const away = await Promise.all([2, 3].map((value) => gateway.post(one(value))))
    expect(away.map(({ status }) => status)).toEqual([503, 503])
    expect(away[0]?.headers.get('retry-after')).toBe('1')
    const { code, message } = (await away[0]?.json()) as { code: number; message: string }
    expect(code).toBe(14)
    expect(message).toMatch(/PEGEL_KAFKA_BROKERS.*\(gateway.kafka_unavailable\)/)
    expect(await gateway.metrics()).toMatch(/points_unconfirmed_total\{tenant="acme".*\} 2/)
    await kafka.brokers[0]?.restart()
    await eventually(async () => expect((await gateway.post(one(4))).status).toBe(200), { deadlineMs: 30_000 })
    const values = (await gateway.records()).flatMap(({ points }) => [...points.columns.value])
    expect(values).toContain(1)
    expect(values).toContain(4)
  })
})

describe('a gateway that is told to stop', () => {
  it('finishes what it has begun, turns new requests away, and exits 0', async () => {
    const gateway = await RunningGateway.start(requireKafka())
    const begun = open(gateway)
    await eventually(() => expect(begun.client.socket?.bytesWritten ?? 0).toBeGreaterThan(0))
    // Its head has been read once a later request on another connection is answered.
    expect((await gateway.post(one(1))).status).toBe(200)
    const exit = gateway.terminate()
    await eventually(() => expect(gateway.lines.join()).toContain('"stopping"'))
    const late = await gateway.post(one(2))
    expect([late.status, late.headers.get('retry-after'), late.headers.get('connection')]).toEqual([503, '1', 'close'])
    begun.client.end(begun.rest)
    expect(await begun.status).toBe(200)
    expect(await exit).toBe(0)
    const values = (await gateway.records()).flatMap(({ points }) => [...points.columns.value])
    expect(values.sort()).toEqual([1, 7])
    await gateway.close()
  })
})

/** A request whose body is half sent. */
function open(gateway: RunningGateway): { client: ClientRequest; rest: Buffer; status: Promise<number> } {
  const body = Buffer.from(one(7))
  const client = request(gateway.url(), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${KEYS.acme}`,
      'content-type': 'application/json',
      'content-length': body.length,
    },
  })
  const status = new Promise<number>((resolve, reject) => {
    client.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    client.once('error', reject)
  })
  client.write(body.subarray(0, 20))
  return { client, rest: body.subarray(20), status }
}
