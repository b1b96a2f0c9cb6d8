import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { badInputRows } from '../support/bad-input-rows.ts'
import { RunningGateway } from '../support/running-gateway.ts'
import { storedPoints, storedValues } from '../support/stored-points.ts'
import { Broker } from './broker.ts'

let broker: Broker
let gateway: RunningGateway
beforeAll(async () => {
  broker = await Broker.start()
  const limits = 'points_per_second: 20, burst_points: 20, max_request_bytes: 4000'
  gateway = await RunningGateway.start(requireKafka(), { limits, env: { PEGEL_MQTT_URL: broker.url } })
  await subscribed(gateway)
})
afterAll(async () => {
  await gateway.close()
  await broker.stop()
})

async function subscribed(to: RunningGateway, yes = 1): Promise<void> {
  const pattern = new RegExp(`pegel_gateway_mqtt_subscribed\\{.*\\} ${yes}`)
  await eventually(async () => expect(await to.metrics()).toMatch(pattern))
}

async function messages(code: string): Promise<number> {
  const pattern = new RegExp(`pegel_gateway_requests_total\\{door="mqtt",code="${code}".*\\} (\\d+)`)
  return Number(pattern.exec(await gateway.metrics())?.[1] ?? 0)
}

describe('a published message', () => {
  it('is in Kafka under the tenant of its topic, as JSON and as line protocol', async () => {
    const time = Date.now()
    await broker.publish('acme', JSON.stringify({ name: 'mqtt.json', value: 1, timestamp: time }))
    await broker.publish(
      'globex',
      `mqtt value=2,other=3 ${time}`,
      '-V',
      '5',
      '-D',
      'publish',
      'user-property',
      'precision',
      'ms',
    )
    await broker.publish('acme', '{"name":"mqtt.lines","value":4}\n{"name":"mqtt.lines","value":5}')
    await broker.publish('acme', '7', '-V', '5', '-D', 'publish', 'content-type', 'application/json')
    const found = await eventually(async () => {
      const points = (await storedPoints(gateway)).filter(({ series }) => series.name.startsWith('mqtt'))
      expect(points).toHaveLength(5)
      return points
    })
    const told = found.map(({ envelope, series, value }) => `${envelope.tenant} ${series.name} ${value}`)
    expect(told.sort()).toEqual([
      'acme mqtt.json 1',
      'acme mqtt.lines 4',
      'acme mqtt.lines 5',
      'globex mqtt 2',
      'globex mqtt_other 3',
    ])
    expect(found.find(({ value }) => value === 1)?.timeMs).toBe(time)
    expect(found.find(({ value }) => value === 3)).toMatchObject({ timeMs: time, envelope: { protocol: 'mqtt' } })
    // 7 is JSON, but no point.
    await eventually(async () => expect(await messages('partial')).toBe(1))
  })
})

const large = 'x'.repeat(5000)
/** Each row of the README by its first column: tenant, payload and more options of mosquitto_pub. */
const cases: Readonly<Record<string, readonly [tenant: string, payload: string, ...options: string[]]>> = {
  'a topic of a tenant that there is not': ['nobody', 'm f=1'],
  'a topic whose tenant is no tenant id': ['Acme!', 'm f=1'],
  'a message larger than the tenant may send': ['acme', large],
  'a message that begins as JSON and is none': ['acme', '{"name":'],
  'an unknown precision': ['acme', 'm f=1', '-V', '5', '-D', 'publish', 'user-property', 'precision', 'h'],
  'a point of another tenant': ['acme', '[{"name":"ok","value":1},{"name":"m","value":1,"tenant_id":"globex"}]'],
  'a bad line beside a good one': ['acme', 'm f=1\nbad'],
  "points or bytes faster than the tenant's limit": ['acme', Array.from({ length: 200 }, () => 'fast f=1').join('\n')],
}

describe('bad input', () => {
  it.each(badInputRows('mqtt'))('$input: $code', async ({ input, code, answer }) => {
    const [tenant, payload, ...options] = cases[input] ?? []
    if (tenant === undefined || payload === undefined) throw new Error('the test does not know this row')
    const before = await messages(code)
    await broker.publish(tenant, payload, ...options)
    // What is beyond the rate is turned away while the tenant is in debt, so more than one has to come.
    if (code === 'gateway.rate_limited') await broker.publish(tenant, payload, ...options)
    await eventually(async () => expect(await messages(code)).toBeGreaterThan(before))
    const reason = /reason `(\w+)`/.exec(answer)?.[1]
    if (reason !== undefined)
      expect(await gateway.metrics()).toMatch(new RegExp(`points_refused_total\\{tenant="acme",reason="${reason}"`))
    // It was acknowledged, so what comes behind it comes.
    const name = `behind${Object.keys(cases).indexOf(input)}`
    await broker.publish('globex', `${name} value=1`)
    await eventually(async () => expect(await storedValues(gateway, name)).toEqual([`${name} 1`]))
  })

  it('has a row for every case', () => {
    expect(Object.keys(cases)).toEqual(badInputRows('mqtt').map(({ input }) => input))
  })
})
