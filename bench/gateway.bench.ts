/**
 * What does a point cost at the gateway? The built gateway as a process of its own, on a real Kafka (PEGEL_KAFKA_BROKERS, or one that is started),
 * fed over HTTP by another process; success means that Kafka has it. CPU seconds are the gateway's alone, from /proc (Linux).
 * Build first: npm run build. Arguments: --seconds N, --clients N, --json FILE.
 */
import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startComponent } from '../tools/stack/index.ts'
import { GatewayProcess } from './gateway/gateway-process.ts'
import { sendLoad } from './gateway/load.ts'
import type { LoadOrder, LoadResult } from './gateway/load.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

type Case = Pick<LoadOrder, 'points' | 'encoding'>

const COLUMNS: readonly Column[] = [
  { key: 'case', title: 'request' },
  { key: 'bytes', title: 'B/point', decimals: 0 },
  { key: 'perCpu', title: 'M points per CPU-second', decimals: 2 },
  { key: 'wall', title: 'points/s', decimals: 0 },
  { key: 'requests', title: 'requests/s', decimals: 0 },
  { key: 'p50', title: 'p50 ms' },
  { key: 'p99', title: 'p99 ms' },
  { key: 'memory', title: 'MiB', decimals: 0 },
]
const CASES: readonly Case[] = [
  { points: 1000, encoding: 'identity' },
  { points: 1000, encoding: 'gzip' },
  { points: 1000, encoding: 'zstd' },
  { points: 10, encoding: 'identity' },
]
const WARM_UP_MS = 3000
const seconds = Number(argument('seconds') ?? 10)
const clients = Number(argument('clients') ?? 16)
const order = argument('load')

if (order === undefined) await main()
else process.stdout.write(JSON.stringify(await sendLoad(JSON.parse(order) as LoadOrder)))

async function main(): Promise<void> {
  process.stdout.write(`${machine()}; ${clients} clients, ${seconds} s each\n\n`)
  const kafka = await startComponent('kafka', {
    dataDir: await mkdtemp(join(tmpdir(), 'pegel-bench-')),
    jvm: 'throughput',
    onProgress: (line) => process.stderr.write(`${line}\n`),
  })
  const rows: Row[] = []
  try {
    for (const each of CASES) rows.push(await measure(kafka.url, each))
  } finally {
    await kafka.stop()
  }
  process.stdout.write(`${renderTable(COLUMNS, rows)}\n`)
  writeJson(rows)
}

async function measure(brokers: string, { points, encoding }: Case): Promise<Row> {
  const gateway = await GatewayProcess.start(brokers)
  try {
    const { url, key } = gateway
    await load({ url, key, clients, points, encoding, forMs: WARM_UP_MS })
    const before = gateway.cpuSeconds()
    const result = await load({ url, key, clients, points, encoding, forMs: seconds * 1000 })
    const cpuSeconds = gateway.cpuSeconds() - before
    if (result.failed > 0) throw new Error(`${result.failed} of ${result.requests} requests were refused`)
    return {
      case: `${points} points, ${encoding}`,
      bytes: result.bytesPerPoint,
      perCpu: result.points / cpuSeconds / 1e6,
      wall: (result.points * 1000) / result.wallMs,
      requests: (result.requests * 1000) / result.wallMs,
      p50: result.p50Ms,
      p99: result.p99Ms,
      memory: gateway.memoryMib(),
    }
  } finally {
    await gateway.stop()
  }
}

/** In a process of its own, so that sending costs the gateway no CPU. */
async function load(what: LoadOrder): Promise<LoadResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    process.argv[1] ?? '',
    '--load',
    JSON.stringify(what),
  ])
  return JSON.parse(stdout) as LoadResult
}
