import { describe, expect, it } from '@jest/globals'
import { createLogger, createMetrics } from '@pegel/telemetry'
import type { TenantLookup } from '@pegel/tenancy'
import { eventually, tenantConfig } from '@pegel/testing'
import { gatewayErrors } from '../../errors.ts'
import type { IngestAnswer, IngestRequest } from '../../ingest/ingest.ts'
import { flushesOf, IntervalWriter } from '../../statsd/index.ts'
import type { Flush } from '../../statsd/index.ts'
import { Delivery } from './delivery.ts'
import { StatsdMetrics } from './statsd-metrics.ts'

function flush(endMs: number): readonly Flush[] {
  const writer = new IntervalWriter(10, endMs - 1)
  writer.take('a:1|c\nb:1|c')
  return flushesOf(writer.close(endMs), endMs, 100)
}

type Submit = (request: IngestRequest) => Promise<IngestAnswer>
const done: IngestAnswer = { received: 2, accepted: 2, refused: [] }

function setUp(submit: Submit, active = true) {
  const prometheus = createMetrics({ service: 'test', defaults: false })
  const log = createLogger({ service: 'test', level: 'silent' })
  const found: TenantLookup = active ? { status: 'active', config: tenantConfig('acme') } : { status: 'deleted' }
  const tenants = { current: () => found, authenticate: () => undefined }
  const metrics = new StatsdMetrics(prometheus, 'acme')
  const delivery = new Delivery({
    ingest: { submit, turnAway: () => undefined },
    tenants,
    log,
    tenant: 'acme',
    metrics,
  })
  return { delivery, text: () => prometheus.expose() }
}

describe('Delivery', () => {
  it('sends in order and tries again while that may help', async () => {
    const sent: number[] = []
    let refusals = 2
    const { delivery, text } = setUp(({ receivedAtMs, protocol, bytes, keeps }) => {
      expect([protocol, bytes, keeps]).toEqual(['statsd', 11, true])
      if (refusals > 0) {
        refusals -= 1
        return Promise.reject(gatewayErrors.kafka_unavailable({ retryAfterS: 0.001 }))
      }
      sent.push(receivedAtMs)
      return Promise.resolve(done)
    })
    delivery.add(flush(1000))
    delivery.add(flush(2000))
    await delivery.drain(5000)
    expect(sent).toEqual([1000, 2000])
    expect(await text()).toContain('pegel_gateway_statsd_waiting_points{tenant="acme",service="test"} 0')
    delivery.add(flush(3000))
    await delivery.drain(5000)
    expect(sent).toEqual([1000, 2000, 3000])
  })

  it('drops and counts what will never be taken, and goes on', async () => {
    let first = true
    const { delivery, text } = setUp(() => {
      if (!first) return Promise.resolve(done)
      first = false
      return Promise.reject(new TypeError('a bug'))
    })
    delivery.add([...flush(1), ...flush(2)])
    await delivery.drain(5000)
    expect(await text()).toMatch(/points_dropped_total\{tenant="acme",code="gateway.internal".*\} 2\n/)
  })

  it('writes nothing for a tenant that is gone', async () => {
    const { delivery, text } = setUp(() => Promise.reject(new Error('never asked')), false)
    delivery.add(flush(1))
    await delivery.drain(5000)
    expect(await text()).toMatch(/points_dropped_total\{tenant="acme",code="statsd.tenant_absent".*\} 2\n/)
  })

  it('holds so many, then drops the oldest; at the deadline it drops the rest', async () => {
    const tried: number[] = []
    const { delivery, text } = setUp(({ receivedAtMs }) => {
      tried.push(receivedAtMs)
      return Promise.reject(gatewayErrors.kafka_unavailable({ retryAfterS: 0.005 }))
    })
    for (let at = 1; at <= 35; at++) delivery.add(flush(at))
    expect(await text()).toMatch(/points_dropped_total\{tenant="acme",code="statsd.backlog_full".*\} 10\n/)
    await eventually(() => expect(tried).toContain(6))
    await delivery.drain(1)
    expect(await text()).toMatch(/points_dropped_total\{tenant="acme",code="gateway.stopping".*\} 60\n/)
  })
})
