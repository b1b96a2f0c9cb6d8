import { describe, expect, it } from '@jest/globals'
import { decodeRecord } from '@pegel/contracts'
import { PegelError } from '@pegel/errors'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import type { Batcher, BatchOrigin } from '../ingest/batcher.ts'
import { LogIngest, LOGS } from './log-ingest.ts'
import { LogMetrics } from './log-metrics.ts'
import type { LogSink } from './log-sink.ts'
import type { LogsChunk } from './request-logs.ts'

const NOW = 1_700_000_000_000
const tenant = tenantConfig('acme', {
  limits: { ...DEFAULT_LIMITS, logEventsPerSecond: 2, logBytesPerSecond: 100 },
  version: 7,
})

function decode(count: number, refused = 0): (sink: LogSink) => void {
  return (sink) => {
    sink.group({ service: 's', resource: [], scopeName: '', scopeVersion: '' })
    const texts = { severityText: '', message: 'm', name: '', traceId: '', spanId: '' }
    const times = { time: { ms: NOW, ns: 0 }, observed: { ms: 0, ns: 0 } }
    for (let index = 0; index < count; index++) sink.log({ ...times, ...texts, severity: 9, attributes: [] })
    for (let index = 0; index < refused; index++) sink.refuse('invalid_line')
  }
}

function setUp(fail?: Error) {
  const submitted: { origin: BatchOrigin; outcome: Parameters<Batcher<LogsChunk>['submit']>[1] }[] = []
  const batcher: Pick<Batcher<LogsChunk>, 'submit'> = {
    submit: (origin, outcome) => {
      submitted.push({ origin, outcome })
      return fail === undefined ? Promise.resolve() : Promise.reject(fail)
    },
  }
  const metrics = createMetrics({ service: 'test', defaults: false })
  const log = createLogger({ service: 'test', level: 'silent' })
  const ingest = new LogIngest({
    batcher,
    metrics: new LogMetrics(metrics),
    log,
    now: () => NOW,
  })
  const submit = (each: (sink: LogSink) => void, bytes = 0) =>
    ingest.submit({ tenant, protocol: 'json', receivedAtMs: NOW, bytes, decode: each })
  return { submit, submitted, text: () => metrics.expose() }
}

describe('LogIngest', () => {
  it('answers and counts what was taken and what was refused', async () => {
    const { submit, submitted, text } = setUp()
    expect(await submit(decode(3, 2))).toEqual({
      received: 5,
      accepted: 3,
      refused: [{ reason: 'invalid_line', count: 2 }],
    })
    expect(submitted).toMatchObject([{ origin: { tenant: 'acme', configVersion: 7, protocol: 'json' } }])
    const told = await text()
    expect(told).toMatch(/pegel_gateway_log_events_accepted_total{.*tenant="acme".*} 3/)
    expect(told).toMatch(/pegel_gateway_log_events_refused_total{.*reason="invalid_line".*} 2/)
  })

  it('sends refusals without anything accepted, and nothing for nothing', async () => {
    const { submit, submitted } = setUp()
    expect(await submit(decode(0, 1))).toMatchObject({ received: 1, accepted: 0 })
    expect(await submit(decode(0))).toEqual({ received: 0, accepted: 0, refused: [] })
    expect(submitted).toHaveLength(1)
  })

  it('lets five seconds of the rate pass, then turns all of a request away and says for how long', async () => {
    const { submit, submitted, text } = setUp()
    await submit(decode(8))
    await expect(submit(decode(4))).rejects.toMatchObject({
      code: 'gateway.logs_rate_limited',
      retryable: true,
      details: { retryAfterS: 1, limit: 2 },
    })
    await submit(decode(2))
    await expect(submit(decode(1))).rejects.toMatchObject({ code: 'gateway.logs_rate_limited' })
    expect(submitted).toHaveLength(2)
    expect(await text()).toMatch(/pegel_gateway_log_events_shed_total{.*} 5/)
  })

  it('limits bytes alike', async () => {
    const { submit, text } = setUp()
    await submit(decode(1), 500)
    await expect(submit(decode(1), 250)).rejects.toMatchObject({
      code: 'gateway.log_bytes_rate_limited',
      details: { retryAfterS: 3, limit: 100 },
    })
    expect(await text()).toMatch(/requests_shed_total{tenant="acme",reason="log_bytes_per_second".*} 1/)
  })

  it('gives the rate back when Kafka did not take the logs, and says that trying again may help', async () => {
    const broken = new PegelError('kafka.deadline_exceeded', { retryable: true, text: 'late' })
    const { submit, text } = setUp(broken)
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(submit(decode(10))).rejects.toMatchObject({ code: 'gateway.kafka_unavailable' })
    expect(await text()).toMatch(/pegel_gateway_log_events_unconfirmed_total{.*} 30/)
  })

  it('hides what is nobody’s business', async () => {
    const { submit } = setUp(new TypeError('a bug'))
    await expect(submit(decode(1))).rejects.toMatchObject({ code: 'gateway.internal' })
  })

  it('takes nothing of a request that cannot be decoded', async () => {
    const { submit, submitted } = setUp()
    const broken = (sink: LogSink): void => {
      decode(1)(sink)
      throw new Error('malformed')
    }
    await expect(submit(broken)).rejects.toThrow('malformed')
    expect(submitted).toEqual([])
  })
})

describe('LOGS', () => {
  it('seals chunks of several requests into one record', () => {
    const event = { timeMs: NOW, timeNs: 0, observedMs: 0, severity: 9, level: 'info', message: 'm', attributes: [] }
    const texts = { traceId: '', spanId: '', name: '', category: '', outcome: '', sourceAddress: '' }
    const group = { service: 's', resource: [], scopeName: '', scopeVersion: '', events: [{ ...event, ...texts }] }
    const chunk: LogsChunk = { groups: [group], events: 1, bytes: 100 }
    const head = { tenant: 'acme', configVersion: 1, protocol: 'json', receivedAtMs: NOW, received: 2, refused: [] }
    const batch = decodeRecord('LogBatch', LOGS.seal(head, [chunk, chunk]))
    expect(batch).toEqual({ ...head, batchId: expect.any(Uint8Array), events: 2, groups: [group, group] })
    expect(batch.batchId).toHaveLength(16)
  })
})
