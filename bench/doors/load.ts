import { DOOR_CASES } from './cases.ts'
import { senderTo } from './send.ts'
import type { Destination } from './send.ts'

/** What the sending process is told, as JSON on its command line. */
export interface LoadOrder extends Destination {
  /** Name of a DoorCase. */
  readonly door: string
  readonly forMs: number
  readonly clients: number
  readonly points: number
}

/** What it prints when it is done. */
export interface LoadResult {
  readonly requests: number
  readonly wallMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly bytesPerPoint: number
}

const BODIES_PER_CLIENT = 4

/** Sends from `clients` connections, each the next request when the last one is answered. All bodies are made before. */
export async function sendLoad(order: LoadOrder): Promise<LoadResult> {
  const door = DOOR_CASES.find(({ name }) => name === order.door)
  if (door === undefined) throw new Error(`there is no door ${order.door}`)
  const bodies = Array.from({ length: order.clients }, (_, client) =>
    Array.from({ length: BODIES_PER_CLIENT }, (_none, index) => door.body(order.points, client, Date.now() + index)),
  )
  const sender = await senderTo(order, door, order.clients)
  const latencies: number[] = []
  let bytes = 0
  const started = performance.now()
  const endMs = started + order.forMs
  await Promise.all(
    bodies.map(async (own) => {
      for (let index = 0; performance.now() < endMs; index++) {
        const body = own[index % own.length] ?? Buffer.alloc(0)
        const sentAt = performance.now()
        await sender.send(body)
        latencies.push(performance.now() - sentAt)
        bytes += body.length
      }
    }),
  )
  const wallMs = performance.now() - started
  await sender.close()
  latencies.sort((a, b) => a - b)
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? NaN
  const requests = latencies.length
  return { requests, wallMs, p50Ms: at(0.5), p99Ms: at(0.99), bytesPerPoint: bytes / (requests * order.points) }
}
