import { afterEach, describe, expect, it } from '@jest/globals'
import { eventually, requireKafka } from '@pegel/testing'
import { gauges } from './support/requests.ts'
import { RunningGateway } from './support/running-gateway.ts'

let gateway: RunningGateway
afterEach(() => gateway.close())

const points = (count: number): string =>
  JSON.stringify(gauges(Array.from({ length: count }, (_, index) => ({ name: `m${index}`, value: index }))))

async function partOf(response: Response): Promise<{ rejectedDataPoints: string; errorMessage: string } | undefined> {
  const body = (await response.json()) as { partialSuccess?: { rejectedDataPoints: string; errorMessage: string } }
  return body.partialSuccess
}

describe('limits of a tenant', () => {
  it('turn away what comes too fast, take nothing of it, and let it in after Retry-After', async () => {
    gateway = await RunningGateway.start(requireKafka(), { limits: 'points_per_second: 20, burst_points: 20' })
    expect((await gateway.post(points(20))).status).toBe(200)
    const refused = await gateway.post(points(10))
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('1')
    const { message, details } = (await refused.json()) as { message: string; details: object[] }
    expect(message).toContain('limits.points_per_second')
    expect(details[1]).toMatchObject({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1s' })
    await eventually(async () => expect((await gateway.post(points(10))).status).toBe(200))
    const stored = (await gateway.records()).reduce((sum, { envelope }) => sum + envelope.points, 0)
    expect(stored).toBe(30)
    expect(await gateway.metrics()).toMatch(/pegel_gateway_points_shed_total\{tenant="acme".*\} \d/)
  })

  it('refuse for good what is beyond a number of points, labels or bytes, and name the setting', async () => {
    const limits = 'max_points_per_request: 3, max_labels_per_series: 1, max_request_bytes: 2000'
    gateway = await RunningGateway.start(requireKafka(), { limits })
    expect(await partOf(await gateway.post(points(5)))).toMatchObject({
      rejectedDataPoints: '2',
      errorMessage: expect.stringContaining('limits.max_points_per_request'),
    })
    const labelled = JSON.stringify(gauges([{ name: 'm', value: 1, labels: { a: '1', b: '2' } }]))
    expect(await partOf(await gateway.post(labelled))).toMatchObject({ rejectedDataPoints: '1' })
    expect((await gateway.post(points(50))).status).toBe(413)
    const envelopes = (await gateway.records()).map(({ envelope }) => envelope)
    expect(envelopes.reduce((sum, { received }) => sum + received, 0)).toBe(6)
    expect(envelopes.reduce((sum, { points: count }) => sum + count, 0)).toBe(3)
  })

  it('hold for what all clients have in memory together', async () => {
    const env = { PEGEL_MAX_BODY_BYTES_IN_FLIGHT: '4096' }
    gateway = await RunningGateway.start(requireKafka(), { env })
    const refused = await gateway.post(points(100))
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect((await gateway.post(points(5))).status).toBe(200)
  })
})

const named = (...names: readonly string[]): string =>
  JSON.stringify(gauges(names.map((label) => ({ name: 'm', value: 1, labels: { label } }))))

async function refusedOf(response: Response): Promise<string> {
  expect(response.status).toBe(200)
  return (await partOf(response))?.errorMessage ?? ''
}

describe('limits of series', () => {
  it('refuse the points of those that are too many, take all others, and let go of what is not sent any more', async () => {
    const env = { PEGEL_ACTIVE_SERIES_WINDOW: '3s' }
    gateway = await RunningGateway.start(requireKafka(), { limits: 'max_active_series: 2', env })
    expect(await refusedOf(await gateway.post(named('a', 'b', 'c', 'a', 'c')))).toBe(
      '2 of 5 points refused: 2 max_active_series (of a new series beyond limits.max_active_series; send fewer different labels or raise it)',
    )
    const [batch] = await gateway.records()
    expect(batch?.envelope).toMatchObject({
      received: 5,
      points: 3,
      refused: [{ reason: 'max_active_series', count: 2 }],
    })
    await eventually(async () => expect(await gateway.metrics()).toMatch(/max_active_series\{tenant="acme".*\} 2\n/))
    expect(await gateway.metrics()).toMatch(/points_refused_total\{tenant="acme",reason="max_active_series".*\} 2\n/)
    await eventually(async () => expect(await refusedOf(await gateway.post(named('c')))).toBe(''))
    await eventually(async () => expect(await gateway.metrics()).toMatch(/active_series\{tenant="acme".*\} 1\n/))
  })

  it('hold the rate of new ones alike', async () => {
    const limits = 'new_series_per_second: 1, burst_new_series: 2'
    gateway = await RunningGateway.start(requireKafka(), { limits })
    expect(await refusedOf(await gateway.post(named('a', 'b', 'c')))).toMatch(/^1 of 3 .* limits.burst_new_series\)$/)
    expect(await refusedOf(await gateway.post(named('a', 'b')))).toBe('')
    await eventually(async () => expect(await refusedOf(await gateway.post(named('c')))).toBe(''))
  })
})

describe('several gateways', () => {
  it('share a rate, as many as there are', async () => {
    const limits = 'points_per_second: 10, burst_points: 20'
    gateway = await RunningGateway.start(requireKafka(), { limits })
    const live = (count: number, of = gateway) =>
      eventually(async () => expect(await of.metrics()).toMatch(new RegExp(`_live_gateways\\{.*\\} ${count}\\n`)))
    await live(1)
    const second = await gateway.another()
    await Promise.all([live(2), live(2, second)])
    for (const each of [gateway, second]) {
      expect((await each.post(points(10))).status).toBe(200)
      const { message } = (await (await each.post(points(10))).json()) as { message: string }
      expect(message).toContain('more than 10 points/s (over 2 gateways)')
    }
    expect(await second.terminate()).toBe(0)
    await second.close()
    await live(1)
    await eventually(async () => expect((await gateway.post(points(20))).status).toBe(200))
  })
})
