import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { loadConfig } from '@pegel/config'
import type { Hosted } from '@pegel/service'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { eventually } from '@pegel/testing'
import { createAgent } from '../src/agent.ts'
import { component } from '../src/component.ts'
import { agentConfig } from '../src/config.ts'
import type { AgentConfig } from '../src/config.ts'

interface Request {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

let requests: Request[]
let status: number
let server: Server
let metrics: ReturnType<typeof createMetrics>
let agent: Hosted | undefined

beforeEach(async () => {
  requests = []
  status = 200
  metrics = createMetrics({ service: 'agent', defaults: false })
  server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      requests.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks as Buffer[]) })
      response.writeHead(status).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterEach(async () => {
  await agent?.stop(1000)
  agent = undefined
  server.closeAllConnections()
  server.close()
})

async function start(interval: string): Promise<Hosted> {
  const loaded = loadConfig(agentConfig, {
    PEGEL_AGENT_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    PEGEL_AGENT_KEY: 'pgl_secret',
    PEGEL_AGENT_INTERVAL: interval,
  })
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  const log = createLogger({ service: 'agent', level: 'silent' })
  agent = createAgent({ config: loaded.config as Parameters<typeof createAgent>[0]['config'], log, metrics })
  await agent.start()
  return agent
}

const ready = (hosted: Hosted): Promise<boolean> | undefined =>
  hosted.checks.gateway?.(AbortSignal.timeout(1000)).then(
    () => true,
    () => false,
  )

describe('the agent', () => {
  it('sends what it measures with its key, again and again', async () => {
    const hosted = await start('100ms')
    await eventually(() => expect(requests.length).toBeGreaterThanOrEqual(3))
    const [first] = requests
    expect(first?.path).toBe('/v1/metrics')
    expect(first?.headers).toMatchObject({
      authorization: 'Bearer pgl_secret',
      'content-type': 'application/x-protobuf',
    })
    const measured = ['system.cpu.time', 'system.memory.usage', 'system.filesystem.usage', 'process.memory.usage']
    for (const text of ['pegel-agent', 'process.pid', ...measured]) {
      expect(first?.body.includes(text)).toBe(true)
    }
    expect(await ready(hosted)).toBe(true)
  })

  it('reads and sends once more when it is stopped', async () => {
    const hosted = await start('1h')
    await hosted.stop(5000)
    expect(requests).toHaveLength(1)
    expect(requests[0]?.body.includes('system.cpu.time')).toBe(true)
  })

  it('is not ready while the gateway refuses it, counts that, and recovers', async () => {
    status = 401
    const hosted = await start('100ms')
    await eventually(async () => expect(await ready(hosted)).toBe(false))
    expect(await metrics.expose()).toMatch(/pegel_agent_points_total\{result="failed",service="agent"\} [1-9]/)
    status = 200
    await eventually(async () => expect(await ready(hosted)).toBe(true))
    expect(await metrics.expose()).toMatch(/pegel_agent_points_total\{result="acknowledged",service="agent"\} [1-9]/)
  })

  it('ends in time when the gateway is gone', async () => {
    const hosted = await start('100ms')
    server.closeAllConnections()
    server.close()
    const started = Date.now()
    await hosted.stop(1000)
    expect(Date.now() - started).toBeLessThan(5000)
  })
})

describe('its manifest', () => {
  const problems = (env: Partial<Record<keyof AgentConfig, string>>): readonly string[] => {
    const loaded = loadConfig(component.config, env)
    return loaded.ok ? [] : loaded.problems
  }

  it('has nothing to do with Kafka', () => {
    expect(component.topics).toEqual({ in: [], out: [] })
  })

  it('needs a key and nothing else', () => {
    expect(problems({ PEGEL_AGENT_KEY: 'k' })).toEqual([])
    expect(problems({})).toEqual([expect.stringContaining('PEGEL_AGENT_KEY is not set')])
  })

  it('names every problem at once', () => {
    expect(problems({ PEGEL_AGENT_ENDPOINT: 'gateway', PEGEL_AGENT_INTERVAL: 'often' })).toHaveLength(3)
  })
})
