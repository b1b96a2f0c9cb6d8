import type { DoorCase } from '../load/cases.ts'
import { senderTo } from '../load/send.ts'
import type { Sender } from '../load/send.ts'
import type { PegelWorld } from '../support/pegel-world.ts'

export interface FreshnessOptions {
  /** With gateway, enricher and sink-prometheus. */
  readonly world: PegelWorld
  readonly prometheus: string
  readonly doors: readonly DoorCase[]
  readonly probes: number
}

export interface Freshness {
  readonly fresh50: number
  readonly fresh99: number
}

const DEADLINE_MS = 10_000
/** Clients of a case have series of their own; this one is nobody else's. */
const CLIENT = 999

/** From the moment a request is sent until its point answers a query of Prometheus, ms; by name of the door. Nothing else runs. */
export async function measureFreshness(options: FreshnessOptions): Promise<ReadonlyMap<string, Freshness>> {
  const { world, doors } = options
  const [key = ''] = Object.values(world.keys)
  const found = new Map<string, Freshness>()
  for (const door of doors.filter(({ fresh = true }) => fresh)) {
    const sender = await senderTo({ ...world.destination, key }, door, 1)
    found.set(door.name, await probe(sender, door, options))
    await sender.close()
  }
  return found
}

async function probe(sender: Sender, door: DoorCase, { prometheus, probes }: FreshnessOptions): Promise<Freshness> {
  const waits: number[] = []
  // The first ones find cold caches and open connections.
  for (let index = -5; index < probes; index++) {
    const timeMs = Date.now()
    const started = performance.now()
    await sender.send(door.body(1, CLIENT, timeMs))
    await untilReadable(prometheus, timeMs)
    if (index >= 0) waits.push(performance.now() - started)
  }
  waits.sort((a, b) => a - b)
  const at = (share: number): number => waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? NaN
  return { fresh50: at(0.5), fresh99: at(0.99) }
}

async function untilReadable(prometheus: string, timeMs: number): Promise<void> {
  const selector = `{__name__=~"http_server_request_duration.*",host=~"host-${CLIENT}-.*"}`
  const query = `max(timestamp(${selector})) >= ${timeMs / 1000}`
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const url = `${prometheus}/api/v1/query?${new URLSearchParams({ query, time: String(timeMs / 1000 + 1) }).toString()}`
    const { data } = (await (await fetch(url)).json()) as { readonly data: { readonly result: readonly unknown[] } }
    if (data.result.length > 0) return
    if (performance.now() > deadline) throw new Error(`a point of ${timeMs} was not readable within ${DEADLINE_MS} ms`)
  }
}
