import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '../support/child.ts'
import { DOOR_CASES, OTLP_OF_SHARED_LABELS } from './cases.ts'
import type { DoorCase } from './cases.ts'
import { senderTo } from './send.ts'
import type { Destination, Sender } from './send.ts'

/** What a sending process is told. It is over after `forMs`, or after so many `requests`. */
export interface LoadOrder {
  readonly destination: Omit<Destination, 'key'>
  /** Of tenants, who send by turns. */
  readonly keys: readonly string[]
  /** Name of a DoorCase. */
  readonly door: string
  readonly clients: number
  readonly points: number
  readonly forMs?: number
  readonly requests?: number
  /** Over all clients; as fast as answers come unless given. */
  readonly requestsPerSecond?: number
}

export interface LoadResult {
  readonly requests: number
  readonly points: number
  readonly wallMs: number
  /** Of each request, from when it was due to be sent. */
  readonly latenciesMs: readonly number[]
  readonly bytesPerPoint: number
}

/** Times and values differ between them; they are made before the clock starts. */
const BODIES_PER_CLIENT = 8

/** Sends from `clients` connections, each the next request when the last one is answered. Rejects when one is refused. */
export async function sendLoad(order: LoadOrder, child: Child): Promise<LoadResult> {
  const { points, clients, keys, destination, forMs = Infinity, requests = Infinity } = order
  const door = [...DOOR_CASES, OTLP_OF_SHARED_LABELS].find(({ name }) => name === order.door)
  if (door === undefined) throw new Error(`there is no door ${order.door}`)
  const all = await Promise.all(
    Array.from({ length: clients }, async (_none, client) => ({
      nextBody: bodiesOf(door, points, client),
      sender: await senderTo({ ...destination, key: keys[client % keys.length] ?? '' }, door, 1),
    })),
  )
  child.ready()
  const pace = new Pace({ forMs, requests, perSecond: order.requestsPerSecond ?? Infinity })
  const bytes = await Promise.all(all.map((client) => sendInTurn(client, pace)))
  const wallMs = pace.elapsedMs()
  await Promise.all(all.map(({ sender }) => sender.close()))
  const sent = pace.latenciesMs.length
  const bytesPerPoint = bytes.reduce((sum, each) => sum + each, 0) / (sent * points)
  return { requests: sent, points: sent * points, wallMs, latenciesMs: pace.latenciesMs, bytesPerPoint }
}

function bodiesOf(door: DoorCase, points: number, client: number): () => Buffer {
  const renewed = door.renewable?.(points, client)
  if (renewed === undefined) {
    const bodies = Array.from({ length: BODIES_PER_CLIENT }, (_none, index) =>
      door.body(points, client, Date.now() + index),
    )
    let next = 0
    return () => bodies[next++ % bodies.length] ?? Buffer.alloc(0)
  }
  let timeMs = 0
  return () => {
    timeMs = Math.max(timeMs + 1, Date.now())
    renewed.renew(timeMs)
    return renewed.bytes
  }
}

async function sendInTurn(client: { nextBody: () => Buffer; sender: Sender }, pace: Pace): Promise<number> {
  let bytes = 0
  for (;;) {
    const dueMs = pace.next()
    if (dueMs === undefined) return bytes
    if (dueMs > performance.now()) await sleep(dueMs - performance.now())
    const body = client.nextBody()
    await client.sender.send(body)
    pace.latenciesMs.push(performance.now() - dueMs)
    bytes += body.length
  }
}

/** When the next request is due, whoever sends it. One that waits for a client is late: its latency counts from when it was due. */
class Pace {
  readonly latenciesMs: number[] = []
  readonly #startedMs = performance.now()
  readonly #options: { readonly forMs: number; readonly requests: number; readonly perSecond: number }
  #next = 0

  constructor(options: { readonly forMs: number; readonly requests: number; readonly perSecond: number }) {
    this.#options = options
  }

  elapsedMs(): number {
    return performance.now() - this.#startedMs
  }

  /** Undefined when it is over. */
  next(): number | undefined {
    const { forMs, requests, perSecond } = this.#options
    const dueMs = perSecond === Infinity ? performance.now() : this.#startedMs + (this.#next * 1000) / perSecond
    if (this.#next >= requests || dueMs - this.#startedMs >= forMs) return undefined
    this.#next += 1
    return dueMs
  }
}
