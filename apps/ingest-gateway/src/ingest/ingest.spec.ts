import { describe, expect, it } from '@jest/globals'
import type { PointsChunk } from '@pegel/contracts'
import { PegelError } from '@pegel/errors'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import type { Batcher, BatchOrigin } from './batcher.ts'
import { DecodedPoints } from './decoded-points.ts'
import { GatewayMetrics } from './gateway-metrics.ts'
import { Ingest } from './ingest.ts'
import { RateLimiter } from './rate-limiter.ts'
import type { RequestPoints } from './request-points.ts'

const NOW = 1_700_000_000_000
const kafkaAway = new PegelError('kafka.broker_lost', { retryable: true, text: 'away' })
const limits = { ...DEFAULT_LIMITS, pointsPerSecond: 10, burstPoints: 10 }
const tenant = tenantConfig('acme', { version: 4, limits })

function points(count: number, refused = 0): (points: RequestPoints) => void {
  return (into) => {
    const sink = new DecodedPoints(into)
    sink.group({ resource: [], scope: { name: '', version: '', attributes: [] } })
    const head = { name: 'm', kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' } as const
    const instant = { ms: NOW, ns: 0 }
    const point = { attributes: [], start: { ms: 0, ns: 0 }, time: instant, flags: 0, value: 1, exemplars: [] }
    for (let index = 0; index < count; index++) sink.point(head, point)
    if (refused > 0) sink.refuse('value_missing', refused)
  }
}

function setUp(fail?: Error) {
  const submitted: { origin: BatchOrigin; outcome: Parameters<Batcher<PointsChunk>['submit']>[1] }[] = []
  const batcher: Pick<Batcher<PointsChunk>, 'submit'> = {
    submit: (origin, outcome) => {
      submitted.push({ origin, outcome })
      return fail === undefined ? Promise.resolve() : Promise.reject(fail)
    },
  }
  const metrics = createMetrics({ service: 'test', defaults: false })
  const log = createLogger({ service: 'test', level: 'silent' })
  const limiter = new RateLimiter()
  const ingest = new Ingest({ batcher, limiter, metrics: new GatewayMetrics(metrics), log, now: () => NOW })
  const submit = (decode: (points: RequestPoints) => void) =>
    ingest.submit({ tenant, protocol: 'otlp_http', receivedAtMs: NOW, decode })
  return { submit, submitted, metrics }
}

describe('Ingest', () => {
  it('answers with the counts of the request once it is sent', async () => {
    const { submit, submitted, metrics } = setUp()
    expect(await submit(points(3, 2))).toEqual({
      received: 5,
      accepted: 3,
      refused: [{ reason: 'value_missing', count: 2 }],
    })
    expect(submitted[0]?.origin).toEqual({ tenant: 'acme', configVersion: 4, protocol: 'otlp_http' })
    expect(await metrics.expose()).toContain('points_accepted_total{tenant="acme",service="test"} 3')
  })

  it('sends nothing for a request without points', async () => {
    const { submit, submitted } = setUp()
    expect(await submit(points(0))).toEqual({ received: 0, accepted: 0, refused: [] })
    expect(submitted).toEqual([])
  })

  it('turns away what is too fast, before decoding when the tenant is in debt', async () => {
    const { submit, submitted } = setUp()
    await submit(points(25))
    let decoded = false
    const late = submit(() => {
      decoded = true
    })
    await expect(late).rejects.toMatchObject({ code: 'gateway.rate_limited', details: { retryAfterS: 2 } })
    expect(decoded).toBe(false)
    expect(submitted).toHaveLength(1)
  })

  it('takes nothing from the rate of what Kafka did not take, and counts it as unconfirmed', async () => {
    const { submit, metrics } = setUp(kafkaAway)
    for (let attempt = 0; attempt < 3; attempt++) {
      await expect(submit(points(10))).rejects.toMatchObject({
        code: 'gateway.kafka_unavailable',
        retryable: true,
        details: { problem: 'kafka.broker_lost', retryAfterS: 1 },
      })
    }
    const text = await metrics.expose()
    expect(text).toContain('points_unconfirmed_total{tenant="acme",service="test"} 30')
    expect(text).not.toContain('points_accepted_total{')
  })

  it('does not promise that trying again helps when it does not', async () => {
    const tooLarge = new PegelError('kafka.record_too_large', { retryable: false, text: 'large' })
    await expect(setUp(tooLarge).submit(points(1))).rejects.toMatchObject({ code: 'gateway.internal' })
    await expect(setUp(new TypeError('bug')).submit(points(1))).rejects.toMatchObject({ code: 'gateway.internal' })
  })

  it('takes nothing of a request whose decoding fails', async () => {
    const { submit, submitted } = setUp()
    const broken = submit((into) => {
      points(5)(into)
      throw new PegelError('otlp.malformed', { retryable: false, text: 'broken' })
    })
    await expect(broken).rejects.toMatchObject({ code: 'otlp.malformed' })
    expect(submitted).toEqual([])
  })
})
