import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { startAdminServer } from '../src/admin-server.ts'
import type { AdminServer } from '../src/admin-server.ts'
import { Health } from '../src/health.ts'

const MAX_CONNECTIONS = 5
let server: AdminServer

beforeAll(async () => {
  const health = new Health()
  health.running({})
  server = await startAdminServer({
    ...{ health, metrics: createMetrics({ service: 'test', defaults: false }), host: '127.0.0.1', port: 0 },
    log: createLogger({ service: 'test', level: 'silent' }),
    limits: { requestTimeoutMs: 200, maxConnections: MAX_CONNECTIONS },
  })
})
afterAll(() => server.close())

async function open(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

/** All that is answered; resolves when the server has closed the connection. */
async function answerTo(bytes: string): Promise<string> {
  const socket = await open()
  socket.write(bytes)
  return text(socket)
}

describe('the admin port', () => {
  it.each([
    ['a connection that says nothing', '', /^HTTP\/1.1 408 |^$/],
    ['a head that never ends', 'GET /metrics HTTP/1.1\r\nHost: pegel\r\n', /^HTTP\/1.1 408 /],
    ['a head of more than 16 KiB', `GET /metrics HTTP/1.1\r\nA: ${'x'.repeat(17_000)}\r\n\r\n`, /^HTTP\/1.1 431 /],
    [
      'a body that never comes',
      'POST /metrics HTTP/1.1\r\nHost: pegel\r\nContent-Length: 9\r\n\r\n',
      /^HTTP\/1.1 404 /,
    ],
  ])('closes %s', async (_what, bytes, answer) => {
    expect(await answerTo(bytes)).toMatch(answer)
  })

  it('answers a body that it does not want without reading it', async () => {
    const body = '{'.repeat(100_000)
    const answer = await answerTo(
      `POST /healthz HTTP/1.1\r\nHost: pegel\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 404 /)
  })

  it('holds so many connections, and has room again when they are gone', async () => {
    const held = await Promise.all(Array.from({ length: MAX_CONNECTIONS }, open))
    const beyond = await open()
    await once(beyond.resume(), 'close')
    await Promise.all(held.map((socket) => once(socket.resume(), 'close')))
    expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200)
  })
})
