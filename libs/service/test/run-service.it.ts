import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createKafka } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { eventually, requireKafka, startService, startTcpProxy } from '@pegel/testing'
import type { RunningService } from '@pegel/testing'
import { adminPortOf, buildTiny, get, run, tinySettings } from './support/tiny-service.ts'

let entry = ''
beforeAll(async () => {
  entry = await buildTiny('tiny')
})

describe('a service at work', () => {
  const env = tinySettings()
  let service: RunningService
  beforeAll(async () => {
    service = await startService({ entry, env })
  })
  afterAll(async () => {
    await service.stop('SIGKILL')
  })

  it('is alive and ready, and names its checks', async () => {
    const listening = service.listening as { adminPort: number }
    expect(service.listening).toMatchObject({ port: 1, tenants: 0 })
    expect(await get(listening, '/healthz')).toEqual({ status: 200, text: '{"status":"alive"}' })
    const ready = await get(listening, '/readyz')
    expect(ready.status).toBe(200)
    const ok = { status: 'ok', tookMs: expect.any(Number) }
    expect(JSON.parse(ready.text)).toEqual({ status: 'ready', checks: { kafka: ok, tenants: ok, trouble: ok } })
    expect((await get(listening, '/nothing')).status).toBe(404)
  })

  it('serves what it counts', async () => {
    const { text } = await get(service.listening as { adminPort: number }, '/metrics')
    expect(text).toContain('tiny_records_total{service="tiny"} 1')
    expect(text).toContain('process_cpu_seconds_total')
  })

  it('made the topics and published the schemas before it started', async () => {
    const log = createLogger({ service: 'test', level: 'silent' })
    const metrics = createMetrics({ service: 'test', defaults: false })
    const kafka = createKafka({
      brokers: requireKafka(),
      clientId: 'test',
      prefix: env.PEGEL_KAFKA_PREFIX ?? '',
      log,
      metrics,
    })
    const offsets = await kafka.offsets('pegel.ingest.v1')
    expect(offsets.map(({ latest }) => latest).sort()).toEqual([0, 1])
    const [schemas] = await kafka.offsets('pegel.schemas.v1')
    expect(schemas?.latest).toBeGreaterThanOrEqual(6)
    await kafka.close()
  })

  it('drains on SIGTERM and exits 0', async () => {
    expect(await service.stop('SIGTERM')).toBe(0)
    const messages = service.lines.map((line) => (JSON.parse(line) as { message: string }).message)
    expect(messages.slice(-4)).toEqual(['stopping', 'draining', 'drained', 'stopped'])
  })
})

describe('a service that is told to stop', () => {
  it('ends at once at a second signal', async () => {
    const service = await startService({ entry, env: tinySettings({ TINY_DRAIN_MS: '1h' }) })
    const first = service.stop('SIGTERM')
    await eventually(() => expect(service.lines.join()).toContain('draining'))
    void service.stop('SIGTERM')
    expect(await first).toBe(143)
  })

  it('exits 1 when the work in flight does not end within the deadline', async () => {
    const env = tinySettings({ TINY_DRAIN_MS: '1h', PEGEL_SHUTDOWN_DEADLINE_MS: '50' })
    const service = await startService({ entry, env })
    expect(await service.stop('SIGINT')).toBe(1)
    expect(service.lines.join()).toContain('did not stop within the deadline')
  })
})

describe('a service without Kafka', () => {
  it('waits for it, alive but not ready, and works once it is there', async () => {
    const [host = '', port] = (requireKafka()[0] ?? '').split(':')
    const proxy = await startTcpProxy({ host, port: Number(port) })
    proxy.set({ kind: 'cut' })
    const service = run(entry, tinySettings({ PEGEL_KAFKA_BROKERS: `127.0.0.1:${proxy.port}` }))
    const adminPort = await eventually(() => adminPortOf(service.output()))
    expect((await get({ adminPort }, '/healthz')).status).toBe(200)
    const readiness = await get({ adminPort }, '/readyz')
    expect(readiness.status).toBe(503)
    expect(readiness.text).toContain(`"waitingFor":"reach Kafka at 127.0.0.1:${proxy.port}"`)
    await eventually(() => expect(service.output()).toContain('could not reach Kafka'))
    proxy.set({ kind: 'pass' })
    await eventually(async () => expect((await get({ adminPort }, '/readyz')).status).toBe(200))
    service.child.kill('SIGTERM')
    expect(await service.exit).toBe(0)
    await proxy.close()
  })

  it('stops while it waits', async () => {
    const service = run(entry, tinySettings({ PEGEL_KAFKA_BROKERS: '127.0.0.1:1' }))
    await eventually(() => expect(service.output()).toContain('could not reach Kafka'))
    service.child.kill('SIGTERM')
    expect(await service.exit).toBe(0)
    expect(service.output()).not.toContain('could not start')
  })
})

describe('a service in trouble', () => {
  it('refuses a wrong configuration with exit 2 and all problems', async () => {
    const service = run(entry, tinySettings({ PEGEL_PARTITIONS: 'many', TINY_DRAIN_MS: 'long' }))
    expect(await service.exit).toBe(2)
    expect(service.output()).toMatch(/2 problems[\s\S]*PEGEL_PARTITIONS must be[\s\S]*TINY_DRAIN_MS must be/)
  })

  it('prints its configuration without secrets', async () => {
    const service = run(entry, tinySettings(), '--print-config')
    expect(await service.exit).toBe(0)
    expect(service.output()).toContain('PEGEL_PARTITIONS=2\n')
    expect(service.output()).toContain('TINY_SECRET=<redacted>\n')
  })

  it.each([
    ['start', 'could not start'],
    ['uncaught', 'uncaught exception'],
    ['unhandled', 'unhandled rejection'],
  ])('exits 1 after trouble of the kind %s', async (trouble, message) => {
    const service = run(entry, tinySettings({ TINY_TROUBLE: trouble }))
    expect(await service.exit).toBe(1)
    expect(service.output()).toContain(message)
  })
})
