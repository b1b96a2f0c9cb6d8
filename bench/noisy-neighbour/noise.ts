import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { OtlpBody } from '../load/otlp-body.ts'
import type { Child } from '../support/child.ts'

export interface NoiseOrder {
  readonly url: string
  readonly key: string
  readonly requestsPerSecond: number
  readonly points: number
}

/** How often each status was the answer; 0 for none in time. */
export type NoiseResult = Readonly<Record<number, number>>

const CONNECTIONS = 32
const BODIES = 16

/** Sends at its pace until it is told to end, whatever the answers are, as long as it has a connection. */
export async function makeNoise(
  { url, key, requestsPerSecond, points }: NoiseOrder,
  child: Child,
): Promise<NoiseResult> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1, headersTimeout: 10_000 })
  const bodies = Array.from({ length: BODIES }, (_, client) => new OtlpBody({ points, perMetric: 20, client }))
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/x-protobuf' }
  const answers: Record<number, number> = {}
  const sending = new Set<Promise<void>>()
  const send = async (body: OtlpBody): Promise<void> => {
    body.renew(Date.now())
    const status = await pool.request({ path: pathname, method: 'POST', headers, body: Buffer.from(body.bytes) }).then(
      async (answer) => {
        await answer.body.dump()
        return answer.statusCode
      },
      () => 0,
    )
    answers[status] = (answers[status] ?? 0) + 1
  }
  const end = { isNear: false }
  void child.over.then(() => (end.isNear = true))
  child.ready()
  const startedMs = performance.now()
  for (let index = 0; !end.isNear; index += 1) {
    await sleep(Math.max(0, startedMs + (index * 1000) / requestsPerSecond - performance.now()))
    const body = bodies[index % BODIES]
    if (body === undefined || sending.size >= CONNECTIONS) continue
    const request: Promise<void> = send(body).finally(() => sending.delete(request))
    sending.add(request)
  }
  await Promise.all(sending)
  await pool.close()
  return answers
}

/** Reads every request and refuses it: what the noise costs the machine when nobody works for it. */
export async function refuse(_order: object, child: Child): Promise<void> {
  const server = createServer((request, response) => {
    request.resume()
    request.once('end', () => response.writeHead(429, { 'retry-after': '1' }).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  child.ready({ port: (server.address() as AddressInfo).port })
  await child.over
  server.closeAllConnections()
}
