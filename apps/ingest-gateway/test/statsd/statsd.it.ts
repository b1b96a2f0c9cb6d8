import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { badInputRows } from '../support/bad-input-rows.ts'
import { RunningGateway } from '../support/running-gateway.ts'
import { storedPoints } from '../support/stored-points.ts'

const socket = createSocket('udp4')
const env = {
  PEGEL_STATSD_LISTENERS: 'acme=127.0.0.1:0,globex=127.0.0.1:0,nobody=127.0.0.1:0',
  PEGEL_STATSD_FLUSH_INTERVAL: '300ms',
  PEGEL_STATSD_MAX_SERIES: '40',
}
let gateway: RunningGateway
beforeAll(async () => {
  gateway = await RunningGateway.start(requireKafka(), { env })
})
afterAll(async () => {
  socket.close()
  await gateway.close()
})

function send(datagram: string, tenant = 'acme', to = gateway): Promise<void> {
  const ports = to.listening.statsd as Readonly<Record<string, number>>
  return new Promise((resolve, reject) => {
    socket.send(datagram, ports[tenant], '127.0.0.1', (error) => (error === null ? resolve() : reject(error)))
  })
}

async function pointsNamed(prefix: string, from = gateway) {
  return (await storedPoints(from)).filter(({ series }) => series.name.startsWith(prefix))
}

async function linesOf(fate: string): Promise<number> {
  const text = await gateway.metrics()
  const pattern = new RegExp(`pegel_gateway_statsd_lines_total\\{tenant="acme",fate="${fate}".*\\} (\\d+)`)
  return Number(pattern.exec(text)?.[1] ?? 0)
}

describe('what comes by StatsD', () => {
  it('is in Kafka as points of the tenant of its port', async () => {
    const before = Date.now()
    await send('it.count:1|c|@0.5|#b:1,a:2\nit.level:5|g\nit.time:40:80|ms\nit.users:x|s\nit.users:y|s')
    await send('it.count:3|c|#a:2,b:1')
    await send('it.count:7|c', 'globex')
    const found = await eventually(async () => {
      const points = await pointsNamed('it.')
      // Both datagrams may come into one interval or two.
      const sum = points.filter(({ tags }) => tags.a === '2').reduce((all, { value }) => all + value, 0)
      expect([sum, points.some(({ envelope }) => envelope.tenant === 'globex')]).toEqual([5, true])
      return points
    })
    const acme = found.filter(({ envelope }) => envelope.tenant === 'acme')
    const byName = (name: string) => acme.find(({ series }) => series.name === name)
    const count = byName('it.count')
    expect(count?.series).toMatchObject({ kind: 'sum', temporality: 'delta', monotonic: true })
    expect(count?.tags).toEqual({ a: '2', b: '1' })
    expect(count?.startMs).toBeLessThan(count?.timeMs ?? 0)
    expect(count?.timeMs).toBeGreaterThanOrEqual(before)
    expect(byName('it.level')).toMatchObject({ value: 5, startMs: 0, series: { kind: 'gauge' } })
    expect(byName('it.time')).toMatchObject({
      series: { kind: 'exponential_histogram', temporality: 'delta', unit: 'ms' },
      complex: { count: 2, sum: 120, min: 40, max: 80, scale: 3 },
    })
    expect(byName('it.users')?.value).toBe(2)
    expect(found.filter(({ envelope }) => envelope.tenant === 'globex').map(({ value }) => value)).toEqual([7])
    expect(count?.envelope).toMatchObject({ protocol: 'statsd' })
  })

  it('is written for no tenant that is not there, and that is counted', async () => {
    await send('ghost:1|c', 'nobody')
    await eventually(async () =>
      expect(await gateway.metrics()).toMatch(
        /statsd_points_dropped_total\{tenant="nobody",code="statsd.tenant_absent".*\} 1/,
      ),
    )
    expect(await pointsNamed('ghost')).toEqual([])
  })

  it('is sent when the gateway stops, before its interval ends', async () => {
    const slow = { ...env, PEGEL_STATSD_FLUSH_INTERVAL: '10m' }
    const stopping = await RunningGateway.start(requireKafka(), { env: slow })
    await send('last:1|c', 'acme', stopping)
    await send('last:1|c', 'acme', stopping)
    // Datagrams have no answer; one to a request says that the process has read what was there before it.
    expect((await fetch(stopping.url('/ping'))).status).toBe(204)
    expect(await stopping.terminate()).toBe(0)
    expect((await pointsNamed('last', stopping)).map(({ value }) => value)).toEqual([2])
    await stopping.close()
  })
})

/** Each row of the README by its first column. */
const cases: Readonly<Record<string, string>> = {
  'a line without a value': 'bad',
  'a value that is no number': 'bad:x|c',
  'an unknown type': 'bad:1|z',
  'a sample rate beyond 1': 'bad:1|c|@2',
  'a timestamp that is none': 'bad:1|c|Tx',
  'a counter that goes down': 'bad:-1|c',
  'more series than an interval may have': Array.from({ length: 50 }, (_, index) => `many.${index}:1|c`).join('\n'),
  'an event of DogStatsD': '_e{5,4}:title|text',
  'a service check of DogStatsD': '_sc|name|0',
}

describe('bad input', () => {
  it.each(badInputRows('statsd'))('$input: $code', async ({ input, code }) => {
    const line = cases[input]
    if (line === undefined) throw new Error('the test does not know this row')
    const [before, neighbour] = [await linesOf(code), `good.${Object.keys(cases).indexOf(input)}`]
    await send(`${neighbour}:1|c\n${line}`)
    const [point] = await eventually(async () => {
      expect(await linesOf(code)).toBeGreaterThan(before)
      const points = await pointsNamed(neighbour)
      expect(points).toHaveLength(1)
      return points
    })
    const refused = point?.envelope.refused.map(({ reason }) => reason)
    expect(refused).toEqual(input.includes('DogStatsD') ? [] : [code])
  })

  it('has a row for every case', () => {
    expect(Object.keys(cases)).toEqual(badInputRows('statsd').map(({ input }) => input))
  })
})
