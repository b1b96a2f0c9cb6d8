import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { frame, rawCall } from './support/raw-grpc.ts'
import { gauges, protobufOf } from './support/requests.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'
import { storedPoints } from './support/stored-points.ts'

let gateway: RunningGateway
beforeAll(async () => {
  const env = {
    PEGEL_WORKERS: '2',
    PEGEL_STATSD_LISTENERS: 'acme=127.0.0.1:0',
    PEGEL_STATSD_FLUSH_INTERVAL: '300ms',
  }
  gateway = await RunningGateway.start(requireKafka(), { env })
  await eventually(() => expect(listening()).toHaveLength(2))
})
afterAll(() => gateway.close())

function said(message: string): readonly Readonly<Record<string, unknown>>[] {
  return gateway.lines
    .filter((line) => line.includes(`"message":"${message}"`))
    .map((line) => (JSON.parse(line) as { metadata: Readonly<Record<string, unknown>> }).metadata)
}

function listening() {
  return said('listening')
}

/** As long as a client waits, ms: one whose connection is on its way to a worker that dies gets no answer. */
const PATIENCE_MS = 5000

/** On a connection of its own, so that the next one may come to another worker. @returns 0 without an answer */
async function post(name: string): Promise<number> {
  const body = JSON.stringify(gauges([{ name, value: 1 }]))
  const headers = { authorization: `Bearer ${KEYS.acme}`, 'content-type': 'application/json', connection: 'close' }
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    return (await fetch(gateway.url(), { method: 'POST', body, headers, signal })).status
  } catch {
    return 0
  }
}

async function storedNames(prefix: string): Promise<readonly string[]> {
  const points = await storedPoints(gateway)
  return points.map(({ series }) => series.name).filter((name) => name.startsWith(prefix))
}

/** Points that each worker says Kafka has, by its number. */
async function acceptedByWorker(): Promise<readonly number[]> {
  const text = await gateway.metrics()
  return ['1', '2'].map((worker) => {
    const pattern = new RegExp(`pegel_gateway_points_accepted_total\\{.*worker="${worker}"\\} (\\d+)`)
    return Number(pattern.exec(text)?.[1] ?? 0)
  })
}

describe('a gateway of two workers', () => {
  it('listens once for both, over HTTP and gRPC, and both do the work', async () => {
    const [one, other] = listening()
    expect([one?.port, one?.grpcPort]).toEqual([other?.port, other?.grpcPort])
    expect(one?.instance).not.toBe(other?.instance)
    const names = Array.from({ length: 8 }, (_, index) => `both.${index}`)
    expect(await Promise.all(names.map(post))).toEqual(names.map(() => 200))
    const call = frame(protobufOf(gauges([{ name: 'both.grpc', value: 1 }])))
    expect(await Promise.all([rawCall(gateway.grpcPort, call), rawCall(gateway.grpcPort, call)])).toEqual(['OK', 'OK'])
    expect((await storedNames('both.')).toSorted()).toEqual([...names, 'both.grpc', 'both.grpc'])
    const accepted = await acceptedByWorker()
    expect(Math.min(...accepted)).toBeGreaterThan(0)
    expect(accepted.reduce((sum, count) => sum + count)).toBe(10)
  })

  it('counts as two where rates are shared', async () => {
    await eventually(async () => {
      const text = await gateway.metrics()
      for (const worker of [1, 2])
        expect(text).toContain(`pegel_gateway_live_gateways{service="ingest-gateway",worker="${worker}"} 2\n`)
    })
  })

  it('adds StatsD up in one of them', async () => {
    const ports = listening().flatMap(({ statsd }) => (statsd === undefined ? [] : [statsd as { acme: number }]))
    expect(ports).toHaveLength(1)
    const socket = createSocket('udp4')
    const sent = Array.from(
      { length: 20 },
      () => new Promise((done) => socket.send('w.count:1|c', ports[0]?.acme, done)),
    )
    await Promise.all(sent)
    socket.close()
    await eventually(async () => {
      const values = (await storedPoints(gateway)).filter(({ series }) => series.name === 'w.count')
      expect(values.reduce((sum, { value }) => sum + value, 0)).toBe(20)
    })
  })

  it('has all that it acknowledged, whichever worker dies, and goes on', async () => {
    const acknowledged: string[] = []
    let over = false
    const client = async (id: number): Promise<void> => {
      for (let count = 0; !over; count += 1) {
        const name = `die.${id}.${count}`
        if ((await post(name)) === 200) acknowledged.push(name)
      }
    }
    const clients = [1, 2, 3, 4].map(client)
    const pid = said('started a worker').find(({ worker }) => worker === 2)?.pid
    await eventually(() => expect(acknowledged.length).toBeGreaterThan(50))
    process.kill(Number(pid), 'SIGKILL')
    await eventually(() => expect(listening()).toHaveLength(3))
    const until = acknowledged.length + 50
    await eventually(() => expect(acknowledged.length).toBeGreaterThan(until))
    over = true
    await Promise.all(clients)
    const stored = new Set(await storedNames('die.'))
    expect(acknowledged.filter((name) => !stored.has(name))).toEqual([])
    expect(await gateway.terminate()).toBe(0)
  })
})
