/**
 * What does a point cost at each door, and how soon can it be read? The built gateway as a process of its own, on a real Kafka
 * (PEGEL_KAFKA_BROKERS, or one that is started), fed by another process with bodies made beforehand; success means that Kafka has it.
 * CPU seconds are the gateway's alone, from /proc (Linux). Freshness goes on through enricher and sink-prometheus into a real
 * Prometheus. Build first: npm run build. Arguments: --seconds N, --clients N, --probes N, --only NAME, --json FILE.
 */
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { startComponent } from '../tools/stack/index.ts'
import { DOOR_CASES } from './doors/cases.ts'
import type { DoorCase } from './doors/cases.ts'
import { measureFreshness } from './doors/freshness.ts'
import { sendLoad } from './doors/load.ts'
import type { LoadOrder, LoadResult } from './doors/load.ts'
import { GatewayProcess } from './gateway/gateway-process.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

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
const order = argument('load')

if (order === undefined) await main()
else process.stdout.write(JSON.stringify(await sendLoad(JSON.parse(order) as LoadOrder)))

async function main(): Promise<void> {
  process.stdout.write(`${machine()}; ${clients} clients, ${seconds} s each; ${probes} probes one after the other\n\n`)
  const dataDir = await mkdtemp(join(tmpdir(), 'pegel-bench-'))
  const onProgress = (line: string) => process.stderr.write(`${line}\n`)
  const kafka = await startComponent('kafka', { dataDir: join(dataDir, 'kafka'), jvm: 'throughput', onProgress })
  const prometheus = await startComponent('prometheus', { dataDir: join(dataDir, 'prometheus'), onProgress })
  const mosquitto = await startComponent('mosquitto', { dataDir: join(dataDir, 'mosquitto'), onProgress })
  const rows: Row[] = []
  try {
    const doors = DOOR_CASES.filter(({ name }) => only === undefined || name.includes(only))
    const [brokers, mqtt] = [kafka.url, mosquitto.url]
    const freshness = await measureFreshness({ kafka: brokers, mqtt, prometheus: prometheus.url, doors, probes })
    for (const door of doors) rows.push({ ...(await measure(brokers, mqtt, door)), ...freshness.get(door.name) })
  } finally {
    await mosquitto.stop()
    await prometheus.stop()
    await kafka.stop()
  }
  process.stdout.write(`${renderTable(COLUMNS, rows)}\n`)
  writeJson(rows)
}

async function measure(brokers: string, mqttUrl: string, { name: door, taken }: DoorCase): Promise<Row> {
  const gateway = await GatewayProcess.start(brokers, mqttUrl)
  try {
    const common = { door, ...gateway.destination, clients, points: POINTS }
    await load({ ...common, forMs: WARM_UP_MS })
    const takenBefore = taken === undefined ? 0 : await atRest(gateway, taken.counter)
    const before = gateway.cpuSeconds()
    const result = await load({ ...common, forMs: seconds * 1000 })
    const takenAfter = taken === undefined ? result.requests * POINTS : await atRest(gateway, taken.counter)
    const cpu = gateway.cpuSeconds() - before
    const points = takenAfter - takenBefore
    const bytes = result.bytesPerPoint * (POINTS / (taken?.pointsPerBody ?? POINTS))
    const cost = { door, bytes, points, wall: result.wallMs / 1000, cpu, perCpu: points / cpu / 1e6 }
    return taken === undefined ? { ...cost, p50: result.p50Ms, p99: result.p99Ms } : cost
  } finally {
    await gateway.stop()
  }
}

/** A counter's value once it has not moved for longer than an interval of StatsD: what was under way has come. */
async function atRest(gateway: GatewayProcess, counter: string): Promise<number> {
  let [value, since] = [await gateway.counted(counter), performance.now()]
  while (performance.now() - since < REST_MS) {
    await sleep(250)
    const now = await gateway.counted(counter)
    if (now !== value) [value, since] = [now, performance.now()]
  }
  return value
}

/** In a process of its own, so that sending costs the gateway no CPU. */
async function load(what: LoadOrder): Promise<LoadResult> {
  const args = [process.argv[1] ?? '', '--load', JSON.stringify(what)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout) as LoadResult
}
