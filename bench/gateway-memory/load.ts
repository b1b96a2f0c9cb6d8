import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'
import { OtlpBody } from '../load/otlp-body.ts'
import type { Child } from '../support/child.ts'

export interface TenantsLoad {
  readonly url: string
  /** One for each tenant. */
  readonly keys: readonly string[]
  /** Series of each, all of them in every request. */
  readonly points: number
  readonly requestsPerSecond: number
  /** How often every tenant sends, as fast as it can, before the pace begins and `ready` is said. */
  readonly warmUpRounds?: number
}

export interface TenantsResult {
  readonly requests: number
  readonly failed: number
}

const CONNECTIONS = 16

/** One tenant after another, all series of each, until it is told to end. */
export async function sendAsTenants(load: TenantsLoad, child: Child): Promise<TenantsResult> {
  const { origin, pathname: path } = new URL(load.url)
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 })
  const bodies = load.keys.map((_key, client) => new OtlpBody({ points: load.points, perMetric: 20, client }))
  const result = { requests: 0, failed: 0 }
  const send = async (tenant: number): Promise<void> => {
    const body = bodies[tenant]
    body?.renew(Date.now())
    const headers = { authorization: `Bearer ${load.keys[tenant]}`, 'content-type': 'application/x-protobuf' }
    const answer = await pool.request({ path, method: 'POST', body: body?.bytes ?? null, headers })
    await answer.body.dump()
    result.requests += 1
    if (answer.statusCode !== 200) result.failed += 1
  }
  const everyMs = 1000 / load.requestsPerSecond
  for (let round = 0; round < (load.warmUpRounds ?? 0); round += 1)
    for (let first = 0; first < bodies.length; first += CONNECTIONS)
      await Promise.all(bodies.slice(first, first + CONNECTIONS).map((_body, index) => send(first + index)))
  child.ready()
  const end = { isNear: false }
  void child.over.then(() => (end.isNear = true))
  const inFlight = new Set<Promise<void>>()
  for (let [tenant, dueMs] = [0, performance.now()]; !end.isNear; tenant = (tenant + 1) % bodies.length) {
    await sleep(Math.max(0, dueMs - performance.now()))
    // What fell behind is not caught up with: the pace is what is measured at.
    dueMs = Math.max(dueMs + everyMs, performance.now() - 1000)
    const sending = send(tenant).finally(() => inFlight.delete(sending))
    inFlight.add(sending)
    if (inFlight.size >= CONNECTIONS) await Promise.race(inFlight)
  }
  await Promise.all(inFlight)
  await pool.close()
  return result
}
