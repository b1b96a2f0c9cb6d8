import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answered } from '../attack.ts'
import type { Attack } from '../attack.ts'
import { noise } from '../chance.ts'
import type { Chance } from '../chance.ts'
import { MALLORY } from '../world.ts'
import type { World } from '../world.ts'

const CONNECTIONS = 2000
/** Less than an admin port takes: beyond that it turns away those who ask for its health, too. */
const ADMIN_CONNECTIONS = 500
const HOLD_MS = 2000

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined).resume()
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), closed(socket)])
  return socket
}

/** However it ends: a reset is an answer, too. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

function portOf({ ports, adminPort }: World, chance: Chance): number {
  return chance.pick([ports.http, ports.grpc, ports.ledger, adminPort('ingest-gateway')])
}

export const rawBytes: Attack = {
  name: 'raw-bytes',
  about: 'bytes that are neither HTTP nor HTTP/2, requests smuggled into others, huge heads',
  async attempt(world, chance) {
    const socket = await open(portOf(world, chance))
    const head = 'POST /v1/metrics HTTP/1.1\r\nHost: pegel\r\n'
    const bytes = chance.pick([
      () => chance.draw(noise),
      () => `${head}X-Filler: ${'x'.repeat(100_000)}\r\n\r\n`,
      () => `${head}${'A: b\r\n'.repeat(5000)}\r\n`,
      () => `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
      () => `${head}Content-Length: -1\r\n\r\n`,
      () => `${head}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n`,
      () => `${head}Host: two\r\n\u0000: x\r\n\r\n`,
      () => `GET ${'/a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
      () => `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\u0000'.repeat(200)}`,
    ])()
    socket.end(bytes)
    await answered('raw bytes', closed(socket))
  },
}

export const slowLoris: Attack = {
  name: 'slow-loris',
  about: 'requests that come a byte at a time, and never to their end',
  waits: true,
  async attempt(world, chance) {
    const port = chance.pick([world.ports.http, world.ports.http, world.ports.ledger, world.adminPort('enricher')])
    const begun = `POST /v1/metrics HTTP/1.1\r\nHost: pegel\r\nAuthorization: Bearer ${world.keys[MALLORY]}\r\nContent-Type: application/json\r\n`
    const start = chance.pick([begun, `${begun}Content-Length: 1000000\r\n\r\n`, ''])
    const sockets = await Promise.all(Array.from({ length: 200 }, () => open(port)))
    const over = Promise.all(sockets.map(closed))
    for (const socket of sockets) socket.write(start)
    const timer = setInterval(() => {
      for (const socket of sockets) if (!socket.destroyed) socket.write('x')
    }, 500)
    try {
      await answered('a request that never ends', over)
    } finally {
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
    }
  },
}

export const manyConnections: Attack = {
  name: 'connections',
  about: `${CONNECTIONS} connections that say nothing, over HTTP and gRPC; ${ADMIN_CONNECTIONS} to an admin port`,
  async attempt(world, chance) {
    const { http, grpc } = world.ports
    const [port, count] = chance.pick([
      [http, CONNECTIONS] as const,
      [grpc, CONNECTIONS] as const,
      [world.adminPort('ledger'), ADMIN_CONNECTIONS] as const,
    ])
    const sockets = await Promise.all(Array.from({ length: count }, () => open(port)))
    await sleep(HOLD_MS)
    for (const socket of sockets) socket.destroy()
  },
}

export const goneAway: Attack = {
  name: 'gone-away',
  about: 'clients that leave in the middle of a body or before the answer',
  workers: 2,
  async attempt(world, chance) {
    const socket = await open(world.ports.http)
    const body = '{"name":"fuzz","value":1}'
    const head = `POST /api/v1/metrics HTTP/1.1\r\nHost: pegel\r\nAuthorization: Bearer ${world.keys[MALLORY]}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
    const whole = head + body
    socket.write(whole.slice(0, chance.below(whole.length + 1)))
    await sleep(chance.below(20))
    socket.destroy()
  },
}
