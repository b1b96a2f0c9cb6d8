/**
 * What does the gateway hold for a million active series of a thousand tenants? The built gateway as a process of its own, on a real Kafka
 * (PEGEL_KAFKA_BROKERS, or one that is started); every tenant sends all of its series again and again over OTLP/HTTP. Build first: npm run build.
 * Arguments: --for 10m, --tenants N, --series N (of each), --requests N (a second, over all), --json FILE.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseDuration } from '@pegel/tenancy'
import { liveMemory, PROBED } from '../libs/testing/src/memory-probe.ts'
import { startComponent } from '../tools/stack/index.ts'
import { sendAsTenants } from './gateway-memory/load.ts'
import type { TenantsLoad, TenantsResult } from './gateway-memory/load.ts'
import { trendOf } from './soak/flatness.ts'
import type { Sample } from './soak/flatness.ts'
import { startChild, workAsChild } from './support/child.ts'
import { goalRow, reportGoals } from './support/goals.ts'
import { PegelWorld } from './support/pegel-world.ts'
import { memoryMib } from './support/process-usage.ts'
import { argument, machine } from './support/report.ts'

const GATEWAY = 'ingest-gateway'
const EVERY_MS = 5000
const MAX_RESIDENT_MIB = 600
/** Rounds in which every tenant has sent all it has, before anything is measured. */
const WARM_UP_ROUNDS = 2
const forMs = parseDuration(argument('for') ?? '10m') ?? 600_000
const tenantCount = Number(argument('tenants') ?? 1000)
const seriesEach = Number(argument('series') ?? 1000)
const requestsPerSecond = Number(argument('requests') ?? 50)

if (!(await workAsChild({ tenants: sendAsTenants }))) await main()

async function main(): Promise<void> {
  process.stdout.write(
    `${machine()}; ${tenantCount} tenants with ${seriesEach} series each, ${requestsPerSecond} requests a second, ${forMs / 1000} s\n\n`,
  )
  const dataDir = await mkdtemp(join(tmpdir(), 'pegel-bench-'))
  const kafka = await startComponent('kafka', { dataDir, onProgress: (line) => process.stderr.write(`${line}\n`) })
  const yaml = 'limits: {points_per_second: 1000000, max_active_series: 1000000}'
  const tenants = Array.from({ length: tenantCount }, (_, index) => ({ tenant: `bench${index}`, yaml }))
  const world = await PegelWorld.start({
    ...{ brokers: kafka.url, partitions: 12, tenants, services: [GATEWAY], env: PROBED },
  })
  try {
    await measure(world)
  } finally {
    await world.stop()
    await kafka.stop()
  }
}

async function measure(world: PegelWorld): Promise<void> {
  const empty = await liveMemory(world.lines(GATEWAY))
  const keys = Object.values(world.keys)
  const order: TenantsLoad = { url: `${world.url(GATEWAY)}/v1/metrics`, keys, points: seriesEach, requestsPerSecond }
  const senders = startChild<TenantsResult>('tenants', { ...order, warmUpRounds: WARM_UP_ROUNDS })
  await senders.ready
  const cpuBefore = world.cpuSeconds()[GATEWAY] ?? NaN
  const resident = await sample(() => memoryMib(world.pid(GATEWAY)))
  const cpu = (world.cpuSeconds()[GATEWAY] ?? NaN) - cpuBefore
  const active = await world.counted(GATEWAY, 'pegel_gateway_active_series')
  const live = await liveMemory(world.lines(GATEWAY))
  senders.end()
  const { requests, failed } = await senders.result
  const { slope, low, high, flat } = trendOf(resident)
  const most = Math.max(...resident.map(({ value }) => value))
  const rows = [
    goalRow('most resident', 'MiB', most, { goal: { atMost: MAX_RESIDENT_MIB } }),
    goalRow('resident, a trend', 'MiB an hour', slope),
    goalRow('held after a collection', 'MiB', live.heapMib + live.externalMib),
    goalRow('the same before the first request', 'MiB', empty.heapMib + empty.externalMib),
    goalRow('resident after a collection', 'MiB', live.residentMib),
    goalRow('CPU', 's', cpu),
  ]
  reportGoals(rows, 'peer')
  process.stdout.write(`\n${active} active series; ${requests} requests${failed > 0 ? `, ${failed} FAILED` : ''}\n`)
  process.stdout.write(`trend: 95 % interval ${low.toFixed(0)} – ${high.toFixed(0)}, ${flat ? 'flat' : 'NOT FLAT'}\n`)
  if (failed > 0 || most > MAX_RESIDENT_MIB || !flat) process.exitCode = 1
}

async function sample(read: () => number): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  const startedMs = performance.now()
  for (let round = 0; round * EVERY_MS <= forMs; round += 1) {
    await sleep(Math.max(0, startedMs + round * EVERY_MS - performance.now()))
    samples.push({ atS: (performance.now() - startedMs) / 1000, value: read() })
  }
  return samples
}
