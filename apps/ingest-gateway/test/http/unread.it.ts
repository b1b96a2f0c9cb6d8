import { once } from 'node:events'
import { connect, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals'
import { createLogger, createMetrics, NO_TRACING } from '@pegel/telemetry'
import { tenantConfig } from '@pegel/testing'
import { HttpDoor } from '../../src/doors/http/http.door.ts'
import { httpRoutes } from '../../src/doors/http-routes.ts'
import { ByteBudget } from '../../src/ingest/byte-budget.ts'
import { GatewayMetrics } from '../../src/ingest/gateway-metrics.ts'
import { LineCaches } from '../../src/line-protocol/index.ts'
import { LabelCaches } from '../../src/otlp/index.ts'
import { WriteCaches } from '../../src/remote-write/index.ts'
import { badInputRows, rowOf } from '../support/bad-input-rows.ts'

const nobody = (): never => {
  throw new Error('nothing of this should come so far')
}
const prometheus = createMetrics({ service: 'test', defaults: false })
const behind = {
  ingest: { submit: nobody, turnAway: () => undefined },
  logs: { submit: nobody, turnAway: () => undefined },
  alerts: { write: nobody, turnAway: nobody },
  alertBook: { of: nobody },
  security: { refused: () => undefined },
  tenants: {
    authenticate: () => ({ credentialId: 'k', tenants: ['acme'] }),
    current: () => ({ status: 'active', config: tenantConfig('acme') }) as const,
  },
  budget: new ByteBudget(1000),
  labels: new LabelCaches(10),
  metrics: new GatewayMetrics(prometheus),
  log: createLogger({ service: 'test', level: 'silent' }),
  tracing: NO_TRACING,
  now: Date.now,
}
const routes = httpRoutes({ behind, lines: new LineCaches(10), writes: new WriteCaches(10), linkSecret: undefined })
const limits = { headersTimeoutMs: 200, requestTimeoutMs: 400, maxHeaderBytes: 16 * 1024, maxConnections: 20 }
const where = { host: '127.0.0.1', port: 0, tls: undefined, limits }
const door = new HttpDoor({ ...behind, ...where, routes })

const listen = jest.spyOn(Server.prototype, 'listen')

beforeAll(() => door.start())
afterAll(() => door.close())

/** All that is answered to bytes as they are; resolves when the door has closed the connection. */
async function answerTo(bytes: string): Promise<string> {
  const socket = connect(Number(door.listening().port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(bytes)
  return text(socket)
}

const head = (path: string, more = ''): string => `POST ${path} HTTP/1.1\r\nHost: pegel\r\n${more}`
const rows = badInputRows('http')
const sender = 'Authorization: Bearer k\r\nContent-Type: application/json\r\n'

it.each([
  ['another path', head('/v1/traces', 'Connection: close\r\nContent-Length: 0\r\n\r\n')],
  ['a head that is none', 'GET / HTTP/1.1\r\nthis is no header\r\n\r\n'],
  ['a head of more than 16 KiB', head('/v1/metrics', `X-Filler: ${'x'.repeat(17_000)}\r\n\r\n`)],
  ['a head that is not there within 10 s', head('/v1/metrics', 'Content-Length: 100\r\n')],
  ['a request that is not there within 60 s', head('/v1/metrics', `${sender}Content-Length: 100\r\n\r\n{`)],
])('%s gets the answer of the README', async (input, bytes) => {
  const { status, code } = rowOf(rows, input)
  const answer = await answerTo(bytes)
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(answer).toContain(code)
})

it('a connection that says nothing is closed, too', async () => {
  expect(await answerTo('')).toMatch(/^HTTP\/1.1 408 /)
})

it('has room for a burst of connections that are not accepted yet', () => {
  const [[options] = []] = listen.mock.calls
  expect(options).toMatchObject({ backlog: 4096 })
})

it('more connections than there may be get the answer of the README', async () => {
  expect(rowOf(rows, 'more connections than `PEGEL_MAX_CONNECTIONS`').answer).toContain('closed')
  const sockets = Array.from({ length: 20 }, () => connect(Number(door.listening().port), '127.0.0.1'))
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  const closed = await answerTo(head('/v1/traces')).catch((error: unknown) => String(error))
  expect(closed).not.toContain('HTTP/1.1')
  expect(await prometheus.expose()).toContain('pegel_gateway_connections_dropped_total{door="http",service="test"} 1')
  for (const socket of sockets) socket.destroy()
})
