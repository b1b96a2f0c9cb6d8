import { describe, expect, it } from '@jest/globals'
import type { PointsChunk } from '@pegel/contracts'
import { PegelError } from '@pegel/errors'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import { ActiveSeries } from './active-series.ts'
import type { Batcher, BatchOrigin } from './batcher.ts'
import { DecodedPoints } from './decoded-points.ts'
import { GatewayMetrics } from './gateway-metrics.ts'
import { Ingest } from './ingest.ts'
import type { IngestRequest } from './ingest.ts'
import type { RequestPoints } from './request-points.ts'

const NOW = 1_700_000_000_000
const kafkaAway = new PegelError('kafka.broker_lost', { retryable: true, text: 'away' })
const limits = { ...DEFAULT_LIMITS, pointsPerSecond: 10, burstPoints: 10, bytesPerSecond: 1000, burstBytes: 1000 }
const tenant = tenantConfig('acme', { version: 4, limits })

const HEAD = { name: 'm', kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '' } as const
const TIME = { ms: NOW, ns: 0 }
const POINT = { attributes: [], start: { ms: 0, ns: 0 }, time: TIME, flags: 0, value: 1, exemplars: [] }

function points(count: number, refused = 0): (points: RequestPoints) => void {
  return (into) => {
    const sink = new DecodedPoints(into)
    sink.group({ resource: [], scope: { name: '', version: '', attributes: [] } })
    for (let index = 0; index < count; index++) sink.point(HEAD, POINT)
    if (refused > 0) sink.refuse('value_missing', refused)
  }
}

/** Points of as many series. */
function labelled(count: number): (points: RequestPoints) => void {
  return (into) => {
    const sink = new DecodedPoints(into)
    sink.group({ resource: [], scope: { name: '', version: '', attributes: [] } })
    for (let index = 0; index < count; index++)
      sink.point(HEAD, { ...POINT, attributes: [{ key: 'n', value: `${index}` }] })
  }
}

function setUp({ fail, gateways = 1 }: { readonly fail?: Error; readonly gateways?: number } = {}) {
  const submitted: { origin: BatchOrigin; outcome: Parameters<Batcher<PointsChunk>['submit']>[1] }[] = []
  const batcher: Pick<Batcher<PointsChunk>, 'submit'> = {
    submit: (origin, outcome) => {
      submitted.push({ origin, outcome })
      return fail === undefined ? Promise.resolve() : Promise.reject(fail)
    },
  }
  const metrics = createMetrics({ service: 'test', defaults: false })
  const log = createLogger({ service: 'test', level: 'silent' })
  const series = new ActiveSeries({ windowMs: 60_000, maxTracked: 100 })
  const clock = { nowMs: NOW }
  const ingest = new Ingest({
    ...{ batcher, series, metrics: new GatewayMetrics(metrics), log },
    now: () => clock.nowMs,
    gateways: () => gateways,
  })
  const submit = (decode: (points: RequestPoints) => void, more: Partial<IngestRequest> = {}) =>
    ingest.submit({ tenant, protocol: 'otlp_http', receivedAtMs: NOW, bytes: 0, decode, ...more })
  return { ingest, submit, submitted, metrics, series, clock }
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
    const { submit, metrics } = setUp({ fail: kafkaAway })
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
    await expect(setUp({ fail: tooLarge }).submit(points(1))).rejects.toMatchObject({ code: 'gateway.internal' })
    await expect(setUp({ fail: new TypeError('bug') }).submit(points(1))).rejects.toMatchObject({
      code: 'gateway.internal',
    })
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

describe('a request beyond a rate', () => {
  it('is refused by bytes as by points, and names the setting', async () => {
    const { submit, clock } = setUp()
    await submit(points(1), { bytes: 900 })
    const refused = submit(points(1), { bytes: 400 })
    await expect(refused).rejects.toMatchObject({
      code: 'gateway.bytes_rate_limited',
      retryable: true,
      details: { tenant: 'acme', limit: 1000, gateways: 1, retryAfterS: 1 },
      message: expect.stringMatching(/limits\.bytes_per_second or limits\.burst_bytes/),
    })
    // It took no points either: the other nine are still there.
    await submit(points(9), { bytes: 0 })
    clock.nowMs += 300
    await submit(points(1), { bytes: 400 })
  })

  it('meets the share of one gateway of several', async () => {
    const { submit } = setUp({ gateways: 5 })
    await submit(points(2))
    await expect(submit(points(1))).rejects.toMatchObject({ details: { limit: 10, gateways: 5, retryAfterS: 1 } })
  })

  it('is told to the ledger and counted, with all its points, by the setting', async () => {
    const { submit, submitted, ingest, metrics } = setUp()
    await submit(points(10))
    await expect(submit(points(3, 2))).rejects.toMatchObject({ code: 'gateway.rate_limited' })
    await expect(submit(points(1))).rejects.toMatchObject({ code: 'gateway.rate_limited' })
    await ingest.drain()
    expect(submitted.slice(1)).toEqual([
      {
        origin: { tenant: 'acme', configVersion: 4, protocol: 'otlp_http' },
        outcome: { chunks: [], refused: [{ reason: 'points_per_second', count: 6 }] },
      },
    ])
    const text = await metrics.expose()
    expect(text).toContain('points_shed_total{tenant="acme",reason="points_per_second",service="test"} 6')
    expect(text).toContain('requests_shed_total{tenant="acme",reason="points_per_second",service="test"} 2')
  })

  it('that its door keeps and sends again is told to nobody', async () => {
    const { submit, submitted, ingest, metrics } = setUp()
    await submit(points(10))
    await expect(submit(points(3), { keeps: true })).rejects.toMatchObject({ code: 'gateway.rate_limited' })
    await ingest.drain()
    expect(submitted).toHaveLength(1)
    expect(await metrics.expose()).not.toContain('requests_shed_total{')
  })

  it('is not even read when too much of its tenant was', async () => {
    const { submit, ingest, clock } = setUp()
    await submit(points(10))
    let decoded = 0
    const flood = async (): Promise<void> => {
      const decode = (into: RequestPoints): void => {
        decoded += 1
        points(10)(into)
      }
      await submit(decode).catch(() => undefined)
    }
    for (let attempt = 0; attempt < 20; attempt++) await flood()
    expect(decoded).toBe(4)
    expect(() => ingest.turnAway(tenant)).toThrow(/points_per_second/)
    clock.nowMs += 1000
    ingest.turnAway(tenant)
    await submit(points(10))
  })

  it('is read in a flood only when one of its size is let in, and none is let in less', async () => {
    const { submit, submitted, clock } = setUp()
    let decoded = 0
    const flood = async (perSecond: number, seconds: number): Promise<void> => {
      for (let sent = 0; sent < perSecond * seconds; sent++) {
        clock.nowMs += 1000 / perSecond
        const decode = (into: RequestPoints): void => {
          decoded += 1
          points(5)(into)
        }
        await submit(decode).catch(() => undefined)
      }
    }
    await flood(40, 10)
    // The burst and what the rate gives from the first request to the last, in requests of 5 points.
    expect(submitted).toHaveLength(2 + 19)
    // What may be read at once, four times the burst; up to four times the rate it would be 59.
    expect(decoded - submitted.length).toBeLessThanOrEqual(10)
    // Once it sends little more than it may, all that is refused is counted in points again.
    await flood(0.1, 20)
    const before = decoded
    await flood(4, 10)
    expect(decoded - before).toBe(40)
  })

  it('is read in a flood, too, when it is small and the rate has room for more', async () => {
    const { submit, clock } = setUp()
    for (let sent = 0; sent < 100; sent++) await submit(points(5)).catch(() => undefined)
    await expect(submit(points(1))).rejects.toMatchObject({ code: 'gateway.rate_limited', details: { retryAfterS: 1 } })
    clock.nowMs += 500
    await submit(points(1))
  })

  it('is read so often at most, though nothing of what it holds counts', async () => {
    const { submit } = setUp()
    let decoded = 0
    for (let sent = 0; sent < 100; sent++) {
      const decode = (into: RequestPoints): void => {
        decoded += 1
        points(0, 5)(into)
      }
      await submit(decode).catch(() => undefined)
    }
    expect(decoded).toBe(9)
  })

  it('leaves no series behind', async () => {
    const { submit, series } = setUp()
    await submit(points(10))
    await expect(submit(labelled(5))).rejects.toMatchObject({ code: 'gateway.rate_limited' })
    const broken = submit((into) => {
      labelled(5)(into)
      throw new PegelError('otlp.malformed', { retryable: false, text: 'broken' })
    })
    await expect(broken).rejects.toMatchObject({ code: 'otlp.malformed' })
    expect([series.active('acme'), series.tracked]).toEqual([1, 1])
  })
})
