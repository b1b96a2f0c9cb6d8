import { describe, expect, it } from '@jest/globals'
import { createLogger, createMetrics, NO_TRACING } from '@pegel/telemetry'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { eventually, tenantConfig } from '@pegel/testing'
import { gatewayErrors } from '../../errors.ts'
import { GatewayMetrics } from '../../ingest/gateway-metrics.ts'
import type { IngestAnswer, IngestRequest } from '../../ingest/ingest.ts'
import { RequestPoints } from '../../ingest/request-points.ts'
import { LineCaches } from '../../line-protocol/index.ts'
import { MessageIntake } from './message-intake.ts'
import { ACK } from './ordered-acks.ts'

const NOW = 1_767_225_600_000
const limits = { ...DEFAULT_LIMITS, maxRequestBytes: 100 }

function setUp(answers: readonly (Error | 'decode')[]) {
  const prometheus = createMetrics({ service: 'test', defaults: false })
  const log = createLogger({ service: 'test', level: 'silent' })
  const requests: IngestRequest[] = []
  const submit = (request: IngestRequest): Promise<IngestAnswer> => {
    const answer = answers[Math.min(requests.length, answers.length - 1)]
    requests.push(request)
    if (answer instanceof Error) return Promise.reject(answer)
    const points = new RequestPoints({ limits, receivedAtMs: NOW })
    request.decode(points)
    const { accepted, refused } = points.finish()
    return Promise.resolve({
      accepted,
      refused,
      received: accepted + refused.reduce((sum, { count }) => sum + count, 0),
    })
  }
  const intake = new MessageIntake({
    ingest: { submit, turnAway: () => undefined },
    tenants: {
      authenticate: () => undefined,
      current: (tenant) =>
        tenant === 'acme' ? { status: 'active', config: tenantConfig('acme', { limits }) } : { status: 'deleted' },
    },
    metrics: new GatewayMetrics(prometheus),
    tracing: NO_TRACING,
    log,
    now: () => NOW,
    lines: new LineCaches(10),
    template: 'pegel/{tenant}/metrics',
  })
  const take = (payload: string, topic = 'pegel/acme/metrics') => intake.take({ topic, payload: Buffer.from(payload) })
  const codes = async () =>
    [...(await prometheus.expose()).matchAll(/requests_total\{door="mqtt",code="([\w.]+)"/g)].map(([, code]) => code)
  return { intake, take, codes, requests }
}

describe('MessageIntake', () => {
  it('answers for a message when it is stored, whole or in part', async () => {
    const { take, codes, requests } = setUp(['decode'])
    expect(await take('m f=1')).toBe(ACK.success)
    expect(await take('[{"name":"m","value":1},{"name":"m"}]')).toBe(ACK.success)
    expect(await codes()).toEqual(['ok', 'partial'])
    expect(requests.map(({ protocol, tenant }) => [protocol, tenant.tenant])).toEqual([
      ['mqtt', 'acme'],
      ['mqtt', 'acme'],
    ])
  })

  it('answers for what will never be stored', async () => {
    const { take, codes } = setUp(['decode'])
    expect(await take('m f=1', 'pegel/gone/metrics')).toBe(ACK.success)
    expect(await take('m f=1', 'pegel/../metrics')).toBe(ACK.success)
    expect(await take('x'.repeat(200))).toBe(ACK.success)
    expect(await take('{')).toBe(ACK.success)
    expect(await codes()).toEqual(['mqtt.tenant_unknown', 'mqtt.too_large', 'json.malformed'])
  })

  it('does not let others wait for a tenant beyond its rate, nor for a bug', async () => {
    const limited = setUp([gatewayErrors.rate_limited({ tenant: 'acme', retryAfterS: 60 })])
    expect(await limited.take('m f=1')).toBe(ACK.quotaExceeded)
    expect(await limited.codes()).toEqual(['gateway.rate_limited'])
    const broken = setUp([new TypeError('a bug')])
    expect(await broken.take('m f=1')).toBe(ACK.success)
    expect(await broken.codes()).toEqual(['gateway.internal'])
  })

  it('tries again while Kafka is away', async () => {
    const { take, codes, requests } = setUp([gatewayErrors.kafka_unavailable({ problem: 'away' }), 'decode'])
    expect(await take('m f=1')).toBe(ACK.success)
    expect([requests.length, await codes()]).toEqual([2, ['ok']])
  })

  it('leaves a message to the broker when it stops before Kafka is back', async () => {
    const { intake, take, codes, requests } = setUp([gatewayErrors.kafka_unavailable({ problem: 'away' })])
    const taken = take('m f=1')
    await eventually(() => expect(requests).toHaveLength(1))
    intake.stop()
    expect(await taken).toBeUndefined()
    expect(await codes()).toEqual([])
  })
})
