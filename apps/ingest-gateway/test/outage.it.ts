import { mkdtemp } from 'node:fs/promises'
import { request } from 'node:http'
import type { ClientRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { compressSync } from 'snappy'
import { startComponent } from '../../../tools/stack/index.ts'
import type { KafkaComponent } from '../../../tools/stack/index.ts'
import { encode, labelsOf } from './remote-write/messages.ts'
import { badInputRows, rowOf } from './support/bad-input-rows.ts'
import { gauges } from './support/requests.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'

const one = (value: number): string => JSON.stringify(gauges([{ name: 'outage', value }]))
const rows = badInputRows('http')
const timeSeries = encode('v1', {
  timeseries: [{ labels: labelsOf('outage'), samples: [{ value: 2, timestamp: Date.now() }] }],
})

/** Something good for every door over HTTP. */
const EVERY_DOOR: readonly (readonly [path: string, body: Buffer | string, type: string])[] = [
  ['/v1/metrics', one(2), 'application/json'],
  ['/v1/logs', '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}', 'application/json'],
  ['/api/v1/logs', '{"message":"outage"}', 'application/json'],
  ['/api/v1/metrics', '{"name":"outage","value":2}', 'application/json'],
  ['/api/v1/push', Buffer.from(compressSync(timeSeries)), 'application/x-protobuf'],
  ['/api/v2/write', 'outage value=2', 'text/plain'],
  ['/write', 'outage value=2', 'text/plain'],
]

/** What each door answers, by its path, held against the row of the README. */
async function expectOfEveryDoor(gateway: RunningGateway, input: string): Promise<void> {
  const { status, code } = rowOf(rows, input)
  const answers = EVERY_DOOR.map(async ([path, body, type]) => {
    const packed = typeof body === 'string' ? {} : { 'content-encoding': 'snappy' }
    const answer = await gateway.post(body, { 'content-type': type, ...packed }, path)
    return [path, answer.status, answer.headers.get('retry-after'), await answer.text()]
  })
  expect(await Promise.all(answers)).toEqual(
    EVERY_DOOR.map(([path]) => [path, status, '1', expect.stringContaining(code)]),
  )
}

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
    await expectOfEveryDoor(gateway, 'anything while Kafka is away')
    const { code, message } = (await (await gateway.post(one(3))).json()) as { code: number; message: string }
    expect(code).toBe(14)
    expect(message).toMatch(/PEGEL_KAFKA_BROKERS.*\(gateway.kafka_unavailable\)/)
    expect(await gateway.metrics()).toMatch(/points_unconfirmed_total\{tenant="acme".*\} 6/)
    await kafka.brokers[0]?.restart()
    await eventually(async () => expect((await gateway.post(one(4))).status).toBe(200), { deadlineMs: 30_000 })
    const values = (await gateway.records()).flatMap(({ points }) => [...points.columns.value])
    expect(values).toContain(1)
    expect(values).toContain(4)
    // The ledger learns of them as soon as Kafka takes its rows.
    await eventually(async () => {
      const rows = (await gateway.ledger()).filter(({ stage }) => stage === 'gateway').flatMap((entry) => entry.rows)
      const sums = new Map(rows.map(({ offset: minute, received }) => [minute, received]))
      expect(new Set(rows.map(({ tenant }) => tenant))).toEqual(new Set(['acme']))
      expect([...sums.values()].reduce((all, points) => all + points, 0)).toBeGreaterThanOrEqual(2)
    })
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
    await expectOfEveryDoor(gateway, 'a new request while the gateway stops')
    expect((await gateway.post(one(2))).headers.get('connection')).toBe('close')
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
