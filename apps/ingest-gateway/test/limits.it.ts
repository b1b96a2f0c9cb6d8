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
