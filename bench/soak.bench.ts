/**
 * Does it stay as it is? All protocols into all sinks at a steady pace for 15 minutes: what every process holds after a collection, and has resident then, must not grow once it is warm, the
 * sinks' lag must stay bounded, and in the end every point must have one outcome in the ledger. Built services on real backends, from their addresses in the environment, or
 * started. Build first: npm run build. Arguments: --for 15m, --requests N (a second and source), --points N, --json FILE.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { LedgerReport } from '@pegel/pipeline'
import { generateDirectKey, parseDuration } from '@pegel/tenancy'
import { isDrained, problemsOf } from '../tools/demo/live/ledger-report.ts'
import { PROBED } from '../libs/testing/src/memory-probe.ts'
import { startComponent } from '../tools/stack/index.ts'
import type { RunningComponent } from '../tools/stack/index.ts'
import { trendOf } from './soak/flatness.ts'
import type { Sample } from './soak/flatness.ts'
import { sendFromAll } from './soak/sources.ts'
import type { SourcesOrder, SourcesResult } from './soak/sources.ts'
import { watch } from './soak/watch.ts'
import type { Watched } from './soak/watch.ts'
import { startChild, workAsChild } from './support/child.ts'
import { PegelWorld } from './support/pegel-world.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

const COLUMNS: readonly Column[] = [
  { key: 'process', title: 'process' },
  ...(['held', 'resident'] as const).flatMap((what) => [
    { key: `${what}Start`, title: `${what} when warm`, decimals: 0 },
    { key: `${what}End`, title: 'at the end', decimals: 0 },
    { key: `${what}Slope`, title: 'MiB an hour' },
    { key: `${what}Interval`, title: '95 % interval' },
    { key: `${what}Flat`, title: 'flat' },
  ]),
  { key: 'cpu', title: 'CPU s' },
]
/** The name that the doors' benchmark has in its topics of MQTT. */
const TENANT = 'bench0'
const SINKS = ['prometheus', 'elasticsearch', 'influxdb'] as const
const BACKENDS = [...SINKS, 'mosquitto'] as const
const SERVICES = ['ingest-gateway', 'enricher', 'anomaly-detector', 'ledger', ...SINKS.map((sink) => `sink-${sink}`)]
const EVERY_MS = 15_000
/** Of the time, for caches to fill and the optimising compiler to be done. */
const WARM_UP_SHARE = 0.25
const MAX_WARM_UP_S = 240
const DRAIN_MS = 60_000
/** What is measured for a shorter time says nothing of growth: caches still fill. */
const JUDGED_S = 300
/** A sink may lag by what comes in so long. */
const LAG_S = 30
/** Of a process, in the table. */
const GROWS = 'NO'
const forMs = parseDuration(argument('for') ?? '15m') ?? 900_000
const requestsPerSecond = Number(argument('requests') ?? 2)
const points = Number(argument('points') ?? 100)

if (!(await workAsChild({ sources: sendFromAll }))) await main()

async function main(): Promise<void> {
  process.stdout.write(
    `${machine()}; ${forMs / 1000} s, ${requestsPerSecond} requests a second and source, ${points} points each\n\n`,
  )
  const dir = await mkdtemp(join(tmpdir(), 'pegel-soak-'))
  const started: RunningComponent[] = []
  const component = async (name: 'kafka' | (typeof BACKENDS)[number]): Promise<RunningComponent> => {
    const onProgress = (line: string): unknown => process.stderr.write(`${line}\n`)
    const running = await startComponent(name, { dataDir: join(dir, name), onProgress })
    started.push(running)
    return running
  }
  try {
    const kafka = await component('kafka')
    const backends = []
    for (const name of BACKENDS) backends.push(await component(name))
    const env = Object.assign({}, ...backends.map((each) => each.env)) as Record<string, string>
    await soak(kafka.url, { ...env, PEGEL_MQTT_URL: backends.at(-1)?.url ?? '' })
  } finally {
    for (const each of started.toReversed()) await each.stop()
  }
}

async function soak(brokers: string, env: Readonly<Record<string, string>>): Promise<void> {
  const direct = generateDirectKey()
  const limits = 'limits: {points_per_second: 1000000, burst_points: 1000000}'
  const yaml = `sinks: [${SINKS.join(', ')}]\ndirect_keys: [{id: soak, public_key: '${direct.publicKey}'}]\n${limits}`
  const world = await PegelWorld.start({
    ...{ brokers, partitions: 4, tenants: [{ tenant: TENANT, yaml }], services: SERVICES },
    env: { ...env, ...PROBED, PEGEL_STATSD_LISTENERS: `${TENANT}=127.0.0.1:0` },
  })
  try {
    const sources = startChild<SourcesResult>('sources', orderOf(world, brokers, direct.privateKey))
    await sources.ready
    const watched = await watch({ world, sinks: SINKS, forMs, everyMs: EVERY_MS })
    sources.end()
    const sent = await sources.result
    conclude(world, watched, sent, await settle(world))
  } finally {
    await world.stop()
  }
}

function orderOf(world: PegelWorld, brokers: string, directKey: string): SourcesOrder {
  const destination = { ...world.destination, key: world.keys[TENANT] ?? '' }
  const prefix = world.env.PEGEL_KAFKA_PREFIX ?? ''
  return { destination, brokers, prefix, tenant: TENANT, directKey, requestsPerSecond, points }
}

/** The books once nothing is on its way any more. */
async function settle(world: PegelWorld): Promise<LedgerReport> {
  const deadline = performance.now() + DRAIN_MS
  for (;;) {
    const report = JSON.parse(await world.pegel('ledger', '--json', '--since', '1d')) as LedgerReport
    if (isDrained(report, SINKS) || performance.now() > deadline) return report
    await sleep(500)
  }
}

function conclude(world: PegelWorld, { memory, lag }: Watched, sent: SourcesResult, report: LedgerReport): void {
  const warmS = Math.min(MAX_WARM_UP_S, (forMs / 1000) * WARM_UP_SHARE)
  const cpu = world.cpuSeconds()
  const rows = [...memory].map(([process, { held, resident }]) => ({
    process,
    ...memoryColumns('held', held, warmS),
    ...memoryColumns('resident', resident, warmS),
    cpu: cpu[process] ?? NaN,
  }))
  process.stdout.write(`${renderTable(COLUMNS, rows)}\n\n`)
  for (const [name, { sent: good, failed }] of Object.entries(sent))
    process.stdout.write(`${name}: ${good} requests${failed === 0 ? '' : `, ${failed} FAILED`}\n`)
  const sources = Object.keys(sent).length
  const worst = [...lag].map(([sink, samples]) => ({ sink, records: Math.max(...samples.map(({ value }) => value)) }))
  // The gateway may merge requests into a record, never split one of these.
  const bound = LAG_S * requestsPerSecond * sources
  process.stdout.write(
    `\nlag at most: ${worst.map(({ sink, records }) => `${sink} ${records}`).join(', ')} records (bound ${bound})\n`,
  )
  const problems = [
    ...problemsOf(report, SINKS),
    ...rows.filter((row) => Object.values(row).includes(GROWS)).map(({ process: name }) => `${name} grows`),
    ...worst.filter(({ records }) => records > bound).map(({ sink }) => `${sink} lags too far behind`),
    ...Object.entries(sent).flatMap(([name, { failed }]) =>
      failed > 0 ? [`${name} was refused ${failed} times`] : [],
    ),
  ]
  const received = report.tenants.reduce((sum, tenant) => sum + tenant.received, 0)
  process.stdout.write(`ledger: ${received} points received, ${report.balanced ? 'balanced' : 'NOT BALANCED'}\n`)
  for (const problem of problems) process.stdout.write(`PROBLEM: ${problem}\n`)
  for (const name of world.services)
    for (const line of world.complaints(name).slice(-3)) process.stderr.write(`${name}: ${line}\n`)
  writeJson({ rows, worst, sent, received, problems, memory: Object.fromEntries(memory) })
  if (problems.length > 0) process.exitCode = 1
}

function memoryColumns(what: 'held' | 'resident', all: readonly Sample[], warmS: number): Row {
  const samples = all.filter(({ atS }) => atS >= warmS)
  const { start, end, slope, low, high, flat } = trendOf(samples)
  const measuredS = (samples.at(-1)?.atS ?? 0) - (samples[0]?.atS ?? 0)
  return {
    ...{ [`${what}Start`]: start, [`${what}End`]: end, [`${what}Slope`]: slope },
    [`${what}Interval`]: `${low.toFixed(0)} – ${high.toFixed(0)}`,
    [`${what}Flat`]: measuredS < JUDGED_S ? 'too short to tell' : flat ? 'yes' : GROWS,
  }
}
