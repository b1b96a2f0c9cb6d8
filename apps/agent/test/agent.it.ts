import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { loadConfig } from '@pegel/config'
import { agentConfig } from '../src/component.ts'
import type { AgentConfig } from '../src/component.ts'
import { thisHost } from '../src/host.ts'
import { runAgent } from '../src/run.ts'
import type { RunningAgent } from '../src/run.ts'

interface Request {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

let requests: Request[]
let status: number
let server: Server
let agent: RunningAgent | undefined

beforeEach(async () => {
  requests = []
  status = 200
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
  await agent?.stop()
  agent = undefined
  server.closeAllConnections()
  server.close()
})

async function start(interval: string): Promise<RunningAgent> {
  const loaded = loadConfig(agentConfig, {
    PEGEL_AGENT_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    PEGEL_AGENT_KEY: 'pgl_secret',
    PEGEL_AGENT_INTERVAL: interval,
    PEGEL_ADMIN_PORT: '0',
    PEGEL_ADMIN_HOST: '127.0.0.1',
    MONITORING_LOG_LEVEL: 'fatal',
  })
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  agent = await runAgent(loaded.config, thisHost())
  return agent
}

async function admin(path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${agent?.adminPort ?? 0}${path}`)
  return { status: response.status, text: await response.text() }
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 10_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 10 s')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the agent', () => {
  it('sends what it measures with its key, again and again', async () => {
    await start('100ms')
    await until(() => requests.length >= 3)
    const [first] = requests
    expect(first?.path).toBe('/v1/metrics')
    expect(first?.headers).toMatchObject({
      authorization: 'Bearer pgl_secret',
      'content-type': 'application/x-protobuf',
    })
    for (const text of ['pegel-agent', 'system.cpu.time', 'system.memory.usage', 'system.filesystem.usage']) {
      expect(first?.body.includes(text)).toBe(true)
    }
  })

  it('reads and sends once more when it is stopped', async () => {
    await (await start('1h')).stop()
    expect(requests).toHaveLength(1)
    expect(requests[0]?.body.includes('system.cpu.time')).toBe(true)
  })

  it('is not ready while the gateway refuses it, counts that, and recovers', async () => {
    status = 401
    await start('100ms')
    await until(async () => (await admin('/readyz')).status === 503)
    expect((await admin('/healthz')).status).toBe(200)
    expect((await admin('/metrics')).text).toMatch(/pegel_agent_points_total\{result="failed",service="agent"\} [1-9]/)
    status = 200
    await until(async () => (await admin('/readyz')).status === 200)
    expect((await admin('/metrics')).text).toMatch(
      /pegel_agent_points_total\{result="acknowledged",service="agent"\} [1-9]/,
    )
    expect((await admin('/nothing')).status).toBe(404)
  })

  it('ends in time when the gateway is gone', async () => {
    const running = await start('100ms')
    server.closeAllConnections()
    server.close()
    const started = Date.now()
    await running.stop()
    expect(Date.now() - started).toBeLessThan(5_000)
  })
})

describe('its settings', () => {
  const problems = (env: Partial<Record<keyof AgentConfig, string>>): readonly string[] => {
    const loaded = loadConfig(agentConfig, env)
    return loaded.ok ? [] : loaded.problems
  }

  it('need a key and nothing else', () => {
    expect(problems({ PEGEL_AGENT_KEY: 'k' })).toEqual([])
    expect(problems({})).toEqual([expect.stringContaining('PEGEL_AGENT_KEY is not set')])
  })

  it('name every problem at once and show no key', () => {
    expect(problems({ PEGEL_AGENT_ENDPOINT: 'gateway', PEGEL_AGENT_INTERVAL: 'often' })).toHaveLength(3)
  })
})
