/**
 * What does a point cost at each door, and how soon can it be read? The built gateway as a process of its own, on a real Kafka
 * (PEGEL_KAFKA_BROKERS, or one that is started), fed by another process with bodies made beforehand; success means that Kafka has it.
 * CPU seconds are the gateway's alone, from /proc (Linux). Freshness goes on through enricher and sink-prometheus into a real
 * Prometheus. Build first: npm run build. Arguments: --seconds N, --clients N, --probes N, --only NAME, --json FILE.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startComponent } from '../tools/stack/index.ts'
import { measureFreshness } from './doors/freshness.ts'
import { DOOR_CASES } from './load/cases.ts'
import type { DoorCase } from './load/cases.ts'
import { sendLoad } from './load/send-load.ts'
import type { LoadOrder, LoadResult } from './load/send-load.ts'
import { quantile } from './support/bootstrap.ts'
import { startChild, workAsChild } from './support/child.ts'
import { PegelWorld } from './support/pegel-world.ts'
import { cpuSeconds } from './support/process-usage.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'
import { unlimitedTenants } from './support/tenants.ts'
import { note, withKafka } from './support/with-kafka.ts'

const COLUMNS: readonly Column[] = [
  { key: 'door', title: 'door, 1,000 points a request' },
  { key: 'bytes', title: 'B/point', decimals: 0 },
  { key: 'points', title: 'points', decimals: 0 },
  { key: 'wall', title: 'wall s' },
  { key: 'cpu', title: 'CPU s' },
  { key: 'perCpu', title: 'M points per CPU-second', decimals: 2 },
  { key: 'p50', title: 'p50 ms' },
  { key: 'p99', title: 'p99 ms' },
  { key: 'fresh50', title: 'readable p50 ms', decimals: 0 },
  { key: 'fresh99', title: 'readable p99 ms', decimals: 0 },
]
const POINTS = 1000
const WARM_UP_MS = 3000
const REST_MS = 11_000
const seconds = Number(argument('seconds') ?? 8)
const clients = Number(argument('clients') ?? 8)
const probes = Number(argument('probes') ?? 100)
const only = argument('only')
const GATEWAY = 'ingest-gateway'

if (!(await workAsChild({ load: sendLoad }))) await main()

async function main(): Promise<void> {
  process.stdout.write(`${machine()}; ${clients} clients, ${seconds} s each; ${probes} probes one after the other\n\n`)
  const rows = await withKafka(async ({ kafka, dataDir }) => {
    const prometheus = await startComponent('prometheus', { dataDir: join(dataDir, 'prometheus'), onProgress: note })
    const mosquitto = await startComponent('mosquitto', { dataDir: join(dataDir, 'mosquitto'), onProgress: note })
    const [tenant] = unlimitedTenants(1)
    const env = {
      ...{ PEGEL_PROMETHEUS_URL: prometheus.url, PEGEL_MQTT_URL: mosquitto.url },
      PEGEL_STATSD_LISTENERS: `${tenant?.tenant ?? ''}=127.0.0.1:0`,
    }
    const tenants = tenant === undefined ? [] : [tenant]
    const services = [GATEWAY, 'enricher', 'sink-prometheus']
    const world = await PegelWorld.start({ brokers: kafka.url, partitions: 12, tenants, services, env })
    try {
      const doors = DOOR_CASES.filter(({ name }) => only === undefined || name.includes(only))
      const freshness = await measureFreshness({ world, prometheus: prometheus.url, doors, probes })
      // What is measured now is the gateway alone.
      for (const name of ['sink-prometheus', 'enricher']) await world.stopService(name)
      const costs: Row[] = []
      for (const door of doors) costs.push({ ...(await measure(world, door)), ...freshness.get(door.name) })
      return costs
    } finally {
      await world.stop()
      await mosquitto.stop()
      await prometheus.stop()
    }
  })
  process.stdout.write(`${renderTable(COLUMNS, rows)}\n`)
  writeJson(rows)
}

async function measure(world: PegelWorld, { name: door, taken }: DoorCase): Promise<Row> {
  // The memory of another door's series is not this one's.
  await world.stopService(GATEWAY)
  await world.startService(GATEWAY)
  const order = { door, destination: world.destination, keys: Object.values(world.keys), clients, points: POINTS }
  const load = (forMs: number): Promise<LoadResult> =>
    startChild<LoadResult>('load', { ...order, forMs } satisfies LoadOrder).result
  await load(WARM_UP_MS)
  const takenBefore = taken === undefined ? 0 : await atRest(world, taken.counter)
  const before = cpuSeconds(world.pid(GATEWAY))
  const { latenciesMs, bytesPerPoint, wallMs, requests } = await load(seconds * 1000)
  const takenAfter = taken === undefined ? requests * POINTS : await atRest(world, taken.counter)
  const cpu = cpuSeconds(world.pid(GATEWAY)) - before
  const points = takenAfter - takenBefore
  const bytes = bytesPerPoint * (POINTS / (taken?.pointsPerBody ?? POINTS))
  const cost = { door, bytes, points, wall: wallMs / 1000, cpu, perCpu: points / cpu / 1e6 }
  return taken === undefined ? { ...cost, p50: quantile(latenciesMs, 0.5), p99: quantile(latenciesMs, 0.99) } : cost
}

/** A counter's value once it has not moved for longer than an interval of StatsD: what was under way has come. */
async function atRest(world: PegelWorld, counter: string): Promise<number> {
  let [value, since] = [await world.counted(GATEWAY, counter), performance.now()]
  while (performance.now() - since < REST_MS) {
    await sleep(250)
    const now = await world.counted(GATEWAY, counter)
    if (now !== value) [value, since] = [now, performance.now()]
  }
  return value
}
