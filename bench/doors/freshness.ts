import { startService } from '../../libs/testing/src/start-service.ts'
import type { RunningService } from '../../libs/testing/src/start-service.ts'
import { GatewayProcess } from '../gateway/gateway-process.ts'
import type { DoorCase } from './cases.ts'
import { senderTo } from './send.ts'
import type { Sender } from './send.ts'

export interface FreshnessOptions {
  /** Brokers. */
  readonly kafka: string
  /** Of an MQTT broker. */
  readonly mqtt: string
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
  const gateway = await GatewayProcess.start(options.kafka, options.mqtt)
  const services: RunningService[] = []
  try {
    for (const name of ['enricher', 'sink-prometheus']) {
      const env = { ...gateway.env, PEGEL_PROMETHEUS_URL: options.prometheus }
      services.push(await startService({ entry: `dist/apps/${name}/main.js`, env, startDeadlineMs: 60_000 }))
    }
    const found = new Map<string, Freshness>()
    for (const door of options.doors.filter(({ fresh = true }) => fresh)) {
      const sender = await senderTo(gateway.destination, door, 1)
      found.set(door.name, await probe(sender, door, options))
      await sender.close()
    }
    return found
  } finally {
    for (const service of services) await service.stop()
    await gateway.stop()
  }
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
