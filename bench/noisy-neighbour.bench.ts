/**
 * What does a quiet tenant feel of a loud one? It sends a point every 50 ms; measured are the time to its answer and the time until the point is
 * readable in a real Prometheus, alone and beside a neighbour in the same partition. Alone, the same generators run against a process that refuses at once, so that
 * the machine is as busy. Built services, a real Kafka (PEGEL_KAFKA_BROKERS, or one that is started). Build first: npm run build.
 * Arguments: --rounds N, --seconds N, --only NAME, --json FILE.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHttpGate } from '../libs/testing/src/http-gate.ts'
import { startComponent } from '../tools/stack/index.ts'
import { makeNoise, refuse } from './noisy-neighbour/noise.ts'
import { probe } from './probe/probe.ts'
import type { ProbeOrder, ProbeResult } from './probe/probe.ts'
import { compare, runRounds } from './noisy-neighbour/rounds.ts'
import type { Arm } from './noisy-neighbour/rounds.ts'
import { REPLAYED } from './noisy-neighbour/replay.ts'
import { FLOOD, FLOOD_LIMIT, QUIET, SCENARIOS, STUCK } from './noisy-neighbour/scenarios.ts'
import type { Scenario, Surroundings } from './noisy-neighbour/scenarios.ts'
import { startChild, workAsChild } from './support/child.ts'
import { PegelWorld } from './support/pegel-world.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

const COLUMNS: readonly Column[] = [
  { key: 'beside', title: 'beside' },
  { key: 'what', title: 'of the quiet tenant' },
  { key: 'aloneMs', title: 'alone ms' },
  { key: 'besideMs', title: 'beside ms' },
  { key: 'ratio', title: 'ratio', decimals: 2 },
  { key: 'interval', title: '95 % interval' },
  { key: 'goal', title: 'goal' },
  { key: 'met', title: 'met' },
]
const GOAL = 1.25
const EVERY_MS = 50
/** Of each service, when something fails. */
const COMPLAINTS = 10
const SHARES = [
  ['p99', 0.99],
  ['p50', 0.5],
] as const
/** Of the quiet tenant's next point. */
let nextProbe = 0
const rounds = Number(argument('rounds') ?? 10)
const seconds = Number(argument('seconds') ?? 10)
const only = argument('only')

if (!(await workAsChild({ probe, noise: makeNoise, refuse }))) await main()

async function main(): Promise<void> {
  process.stdout.write(`${machine()}; ${rounds} rounds, ${seconds} s each\n\n`)
  const dataDir = await mkdtemp(join(tmpdir(), 'pegel-bench-'))
  const onProgress = (line: string) => process.stderr.write(`${line}\n`)
  const kafka = await startComponent('kafka', { dataDir: join(dataDir, 'kafka'), onProgress })
  const prometheus = await startComponent('prometheus', { dataDir: join(dataDir, 'prometheus'), onProgress })
  const gate = await startHttpGate(prometheus.url)
  gate.rule(({ headers }) => (headers['x-scope-orgid'] === STUCK ? 'hang' : undefined))
  const world = await PegelWorld.start({
    brokers: kafka.url,
    // One partition: nobody has it to himself.
    partitions: 1,
    tenants: [
      { tenant: QUIET, yaml: 'sinks: [prometheus]' },
      {
        tenant: FLOOD,
        yaml: `sinks: [prometheus]\nlimits: {points_per_second: ${FLOOD_LIMIT}, burst_points: ${FLOOD_LIMIT}}`,
      },
      { tenant: STUCK, yaml: 'sinks: [prometheus]' },
      {
        tenant: REPLAYED,
        yaml: `sinks: [prometheus, influxdb]\nlimits: {points_per_second: 1000000, burst_points: 1000000}`,
      },
    ],
    services: ['ingest-gateway', 'enricher', 'sink-prometheus'],
    env: { PEGEL_PROMETHEUS_URL: gate.url, PEGEL_PROMETHEUS_FLAVOUR: 'prometheus' },
  })
  const refuser = startChild('refuse', {}, { background: true })
  const { port } = await refuser.ready
  const rows: Row[] = []
  try {
    const surroundings = { world, refuser: `http://127.0.0.1:${Number(port)}` }
    for (const scenario of SCENARIOS.filter(({ id }) => only === undefined || id === only))
      rows.push(...(await measureScenario(scenario, surroundings, prometheus.url)))
  } catch (error) {
    for (const name of world.services)
      process.stderr.write(`${name}:\n${world.complaints(name).slice(-COMPLAINTS).join('\n')}\n`)
    throw error
  } finally {
    refuser.end()
    await world.stop()
    await gate.close()
    await prometheus.stop()
    await kafka.stop()
  }
  process.stdout.write(`\n${renderTable(COLUMNS, rows)}\n`)
  writeJson(rows)
  if (rows.some(({ met }) => met === 'NO')) process.exitCode = 1
}

async function measureScenario(
  scenario: Scenario,
  surroundings: Surroundings,
  prometheus: string,
): Promise<readonly Row[]> {
  const { world } = surroundings
  await scenario.prepare?.(world)
  const measure = async (arm: Arm, round: number): Promise<ProbeResult> => {
    const noise = await scenario.start(arm, surroundings)
    const order: ProbeOrder = {
      ...{ url: `${world.url('ingest-gateway')}/v1/metrics`, key: world.keys[QUIET] ?? '', tenant: QUIET },
      ...{
        backend: { kind: 'prometheus', url: prometheus },
        everyMs: EVERY_MS,
        forMs: seconds * 1000,
        first: nextProbe,
      },
    }
    nextProbe += 100 + (seconds * 1000) / EVERY_MS
    const before = world.cpuSeconds()
    const prober = startChild<ProbeResult>('probe', order)
    const result = await prober.result
    const cpu = Object.entries(world.cpuSeconds()).map(
      ([name, used]) => `${name} ${(used - (before[name] ?? 0)).toFixed(1)}`,
    )
    told(`${scenario.id} ${round} ${arm}`, result, `${await noise.end()}; CPU s: ${cpu.join(', ')}`)
    return result
  }
  const done = await runRounds(rounds, measure)
  return (['ingestMs', 'freshMs'] as const).flatMap((what) =>
    SHARES.map(([name, share]): Row => {
      const { alone, beside, ratio } = compare(done, what, share)
      const isGoal = share === 0.99
      return {
        beside: scenario.name,
        what: `${what === 'ingestMs' ? 'answer' : 'readable'} ${name}`,
        ...{ aloneMs: alone, besideMs: beside, ratio: ratio.median },
        interval: `${ratio.low.toFixed(2)} – ${ratio.high.toFixed(2)}`,
        ...{ goal: isGoal ? `<= ${GOAL}` : '', met: isGoal ? (ratio.median <= GOAL ? 'yes' : 'NO') : '' },
      }
    }),
  )
}

function told(what: string, { ingestMs, freshMs, refused }: ProbeResult, noise: string): void {
  const p99 = (values: readonly number[]): string =>
    `${(values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN).toFixed(1)} ms`
  process.stderr.write(
    `${what}: answer p99 ${p99(ingestMs)}, readable p99 ${p99(freshMs)}, ${refused} refused; noise: ${noise}\n`,
  )
}
