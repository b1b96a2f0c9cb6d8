import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { gatewayErrors } from '../errors.ts'
import type { BatchOrigin } from '../ingest/batcher.ts'
import { LogMetrics } from './log-metrics.ts'
import type { LogsChunk } from './request-logs.ts'
import { SecurityEvents } from './security-events.ts'

beforeEach(() => void jest.useFakeTimers({ now: 1_700_000_000_000 }))
afterEach(() => void jest.useRealTimers())

const unknown = gatewayErrors.credential_unknown()
const SECOND = 1000

function setUp(maxKinds?: number) {
  const sent: { origin: BatchOrigin; chunks: readonly LogsChunk[]; answer: PromiseWithResolvers<undefined> }[] = []
  const metrics = createMetrics({ service: 'test', defaults: false })
  const security = new SecurityEvents({
    batcher: {
      submit: (origin, { chunks }) => {
        const answer = Promise.withResolvers<undefined>()
        sent.push({ origin, chunks, answer })
        return answer.promise
      },
    },
    metrics: new LogMetrics(metrics),
    log: createLogger({ service: 'test', level: 'silent' }),
    now: Date.now,
    ...(maxKinds === undefined ? {} : { maxKinds }),
  })
  const events = (index: number) => sent[index]?.chunks.flatMap(({ groups }) => groups.flatMap((group) => group.events))
  const refuse = (address = '10.0.0.1', error: unknown = unknown): void =>
    security.refused({ door: 'otlp_http', error, address })
  return { security, sent, events, refuse, text: () => metrics.expose() }
}

describe('SecurityEvents', () => {
  it('counts equal refusals of a second as one event of the tenant pegel', async () => {
    const { sent, events, refuse, text } = setUp()
    for (let index = 0; index < 1000; index++) refuse()
    refuse('::ffff:10.0.0.2')
    expect(sent).toHaveLength(0)
    await jest.advanceTimersByTimeAsync(SECOND)
    expect(sent).toMatchObject([{ origin: { tenant: 'pegel', configVersion: 0, protocol: 'gateway' } }])
    expect(events(0)).toMatchObject([
      {
        timeMs: 1_700_000_000_000,
        level: 'warn',
        category: 'authentication',
        outcome: 'failure',
        name: 'credential_refused',
        sourceAddress: '10.0.0.1',
        message: 'A credential was refused from 10.0.0.1: gateway.credential_unknown at otlp_http, 1000 times',
        attributes: [
          { key: 'door', value: 'otlp_http' },
          { key: 'code', value: 'gateway.credential_unknown' },
          { key: 'count', value: '1000' },
        ],
      },
      { sourceAddress: '10.0.0.2', attributes: expect.arrayContaining([{ key: 'count', value: '1' }]) },
    ])
    sent[0]?.answer.resolve(undefined)
    await jest.advanceTimersByTimeAsync(0)
    expect(await text()).toMatch(/pegel_gateway_security_events_total{.*fate="written".*} 1001/)
  })

  it('tells of credentials alone, and which tenant was asked for in vain', async () => {
    const { events, refuse } = setUp()
    refuse('a', gatewayErrors.tenant_forbidden({ tenant: 'acme' }))
    refuse('a', gatewayErrors.credential_missing())
    refuse('a', gatewayErrors.tenant_required({ tenants: 2 }))
    refuse('a', gatewayErrors.body_incomplete())
    refuse('a', new Error('a bug'))
    await jest.advanceTimersByTimeAsync(SECOND)
    expect(events(0)?.map(({ attributes }) => attributes.slice(1).map(({ value }) => value))).toEqual([
      ['gateway.tenant_forbidden', '1', 'acme'],
      ['gateway.credential_missing', '1'],
    ])
  })

  it('holds as many kinds as it may, and counts the rest without where they came from', async () => {
    const { events, refuse } = setUp(3)
    for (let index = 0; index < 10_000; index++) refuse(`10.0.0.${index}`)
    await jest.advanceTimersByTimeAsync(SECOND)
    const counts = events(0)?.map(({ sourceAddress, attributes }) => [sourceAddress, attributes[2]?.value])
    expect(counts).toEqual([
      ['10.0.0.0', '1'],
      ['10.0.0.1', '1'],
      ['10.0.0.2', '1'],
      ['', '9997'],
    ])
  })

  it('has one batch on its way at a time, and goes on counting meanwhile', async () => {
    const { sent, events, refuse } = setUp()
    refuse()
    await jest.advanceTimersByTimeAsync(SECOND)
    for (let second = 0; second < 5; second++) {
      refuse()
      await jest.advanceTimersByTimeAsync(SECOND)
    }
    expect(sent).toHaveLength(1)
    sent[0]?.answer.resolve(undefined)
    await jest.advanceTimersByTimeAsync(SECOND)
    expect(sent).toHaveLength(2)
    expect(events(1)).toMatchObject([{ attributes: expect.arrayContaining([{ key: 'count', value: '5' }]) }])
  })

  it('gives up what Kafka did not take, and counts it', async () => {
    const { sent, refuse, text } = setUp()
    refuse()
    await jest.advanceTimersByTimeAsync(SECOND)
    sent[0]?.answer.reject(new Error('down'))
    await jest.advanceTimersByTimeAsync(0)
    expect(await text()).toMatch(/pegel_gateway_security_events_total{.*fate="dropped".*} 1/)
    refuse()
    await jest.advanceTimersByTimeAsync(SECOND)
    expect(sent).toHaveLength(2)
  })

  it('sends what is counted before it ends', async () => {
    const { security, sent, refuse } = setUp()
    refuse()
    const drained = security.drain()
    await jest.advanceTimersByTimeAsync(0)
    expect(sent).toHaveLength(1)
    sent[0]?.answer.resolve(undefined)
    await drained
    await security.drain()
    expect(sent).toHaveLength(1)
  })
})
