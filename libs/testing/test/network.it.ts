import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startHttpGate } from '../src/http-gate'
import { startTcpProxy } from '../src/tcp-proxy'
import type { HttpGate } from '../src/http-gate'
import type { TcpProxy } from '../src/tcp-proxy'

let backend: Server
let port = 0
let bodies: string[] = []

beforeEach(async () => {
  bodies = []
  backend = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      bodies.push(body)
      response.writeHead(201, { 'x-path': request.url }).end(`got ${body}`)
    })
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  port = (backend.address() as AddressInfo).port
})
afterEach(async () => {
  backend.closeAllConnections()
  await new Promise((resolve) => backend.close(resolve))
})

const post = (url: string, timeoutMs = 5_000): Promise<Response> =>
  fetch(url, { method: 'POST', body: 'hello', signal: AbortSignal.timeout(timeoutMs) })

describe('startHttpGate', () => {
  let gate: HttpGate
  beforeEach(async () => {
    gate = await startHttpGate(`http://127.0.0.1:${port}`)
  })
  afterEach(() => gate.close())

  it('passes requests and answers on as they are', async () => {
    const response = await post(`${gate.url}/a?b=c`)
    expect([response.status, response.headers.get('x-path'), await response.text()]).toEqual([
      201,
      '/a?b=c',
      'got hello',
    ])
    expect(gate.requests).toBe(1)
  })

  it('answers itself, where the rule says so', async () => {
    gate.rule(({ method, path, sizeBytes }) =>
      method === 'POST' && path === '/write' && sizeBytes === 5
        ? { status: 429, headers: { 'retry-after': '3' }, body: 'slow down' }
        : undefined,
    )
    const refused = await post(`${gate.url}/write`)
    expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([429, '3', 'slow down'])
    expect((await post(`${gate.url}/other`)).status).toBe(201)
    gate.rule()
    expect((await post(`${gate.url}/write`)).status).toBe(201)
  })

  it('drops the connection, hangs, or loses the answer', async () => {
    gate.rule(() => 'reset')
    await expect(post(gate.url)).rejects.toThrow('fetch failed')
    gate.rule(() => 'hang')
    await expect(post(gate.url, 100)).rejects.toThrow('timeout')
    expect(bodies).toEqual([])
    gate.rule(() => 'lose')
    await expect(post(gate.url)).rejects.toThrow('fetch failed')
    expect(bodies).toEqual(['hello'])
  })

  it('breaks a request off in the middle, and changes what the backend said', async () => {
    gate.rule(() => 'break')
    await expect(post(gate.url)).rejects.toThrow('fetch failed')
    expect(bodies).toEqual([])
    gate.rule(() => ({ rewrite: ({ status, body }) => ({ status: status + 1, body: `${body}, it says` }) }))
    const changed = await post(gate.url)
    expect([changed.status, await changed.text()]).toEqual([202, 'got hello, it says'])
  })
})

describe('startTcpProxy', () => {
  let proxy: TcpProxy
  beforeEach(async () => {
    proxy = await startTcpProxy({ host: '127.0.0.1', port })
  })
  afterEach(() => proxy.close())

  it('passes, cuts, swallows and slows down', async () => {
    const url = `http://${proxy.host}:${proxy.port}`
    expect(await (await post(url)).text()).toBe('got hello')
    proxy.set({ kind: 'cut' })
    await expect(post(url)).rejects.toThrow('fetch failed')
    proxy.set({ kind: 'drop' })
    await expect(post(url, 100)).rejects.toThrow('timeout')
    expect(bodies).toEqual(['hello'])
    const waiting = post(url)
    proxy.set({ kind: 'pass' })
    expect(await (await waiting).text()).toBe('got hello')
    proxy.set({ kind: 'slow', delayMs: 60 })
    const startedMs = performance.now()
    expect((await post(url)).status).toBe(201)
    expect(performance.now() - startedMs).toBeGreaterThan(100)
    proxy.set({ kind: 'pass' })
    expect((await post(url)).status).toBe(201)
  })
})
