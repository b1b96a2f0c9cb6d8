/**
 * How soon can a point be read? A point every 50 ms through gateway, Kafka, enricher, Kafka, sink and backend, from the request until a query finds it: into Prometheus
 * beside 100,000 points a second, and into all three backends beside 10,000. Elasticsearch shows a point when it has refreshed, once a second unless told
 * otherwise, which is no work of ours. Real Kafka and backends (of the environment, or started). Arguments: --seconds N (a backend), --json FILE.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startComponent } from '../tools/stack/index.ts'
import type { ComponentName, RunningComponent } from '../tools/stack/index.ts'
import { OTLP_OF_SHARED_LABELS } from './load/cases.ts'
import { sendLoad } from './load/send-load.ts'
import type { LoadOrder, LoadResult } from './load/send-load.ts'
import type { Backend } from './probe/newest.ts'
import { probe } from './probe/probe.ts'
import type { ProbeOrder, ProbeResult } from './probe/probe.ts'
import { quantile } from './support/bootstrap.ts'
import { startChild, workAsChild } from './support/child.ts'
import type { Goal, GoalRow } from './support/goals.ts'
import { goalRow, reportGoals } from './support/goals.ts'
import { PegelWorld } from './support/pegel-world.ts'
import { argument, machine } from './support/report.ts'
import { unlimitedTenants } from './support/tenants.ts'
import { note, withKafka } from './support/with-kafka.ts'
import type { Place } from './support/with-kafka.ts'

const EVERY_MS = 50
const POINTS = 1000
/** How long the load runs before the first probe. */
const WARM_UP_MS = 5000
const PROBED_TENANT = 'quiet'
const BACKENDS = ['prometheus', 'influxdb', 'elasticsearch'] as const
const LOADS: readonly { readonly perSecond: number; readonly sinks: readonly (typeof BACKENDS)[number][] }[] = [
  { perSecond: 100_000, sinks: ['prometheus'] },
  { perSecond: 10_000, sinks: BACKENDS },
]
const seconds = Number(argument('seconds') ?? 10)

if (!(await workAsChild({ load: sendLoad, probe }))) await main()

async function main(): Promise<void> {
  process.stdout.write(`${machine()}; a probe every ${EVERY_MS} ms for ${seconds} s each\n`)
  const rows = await withKafka(async (place) => {
    const backends = new Map<ComponentName, RunningComponent>()
    try {
      for (const name of BACKENDS) {
        const options = { dataDir: join(place.dataDir, name), jvm: 'throughput', onProgress: note } as const
        backends.set(name, await startComponent(name, options))
      }
      const all: GoalRow[] = []
      for (const load of LOADS) all.push(...(await measure(place, load, backends)))
      return all
    } finally {
      for (const backend of backends.values()) await backend.stop()
    }
  })
  reportGoals(rows, 'peer')
}

async function measure(
  { kafka }: Place,
  { perSecond, sinks }: (typeof LOADS)[number],
  backends: ReadonlyMap<ComponentName, RunningComponent>,
): Promise<readonly GoalRow[]> {
  const routes = `sinks: [${sinks.join(', ')}]\nplacement: shared`
  const loud = unlimitedTenants(10, routes)
  const world = await PegelWorld.start({
    ...{ brokers: kafka.url, partitions: 12, tenants: [...loud, { tenant: PROBED_TENANT, yaml: routes }] },
    services: ['ingest-gateway', 'enricher', ...sinks.map((name) => `sink-${name}`)],
    env: Object.assign({}, ...sinks.map((name) => backends.get(name)?.env)) as Record<string, string>,
  })
  const url = `${world.url('ingest-gateway')}/v1/metrics`
  const common = { url, key: world.keys[PROBED_TENANT] ?? '', tenant: PROBED_TENANT, everyMs: EVERY_MS }
  const forMs = seconds * 1000
  const rows: GoalRow[] = []
  try {
    for (const [index, name] of sinks.entries()) {
      const background = startChild<LoadResult>('load', loadOf(world, loud, perSecond))
      await background.ready
      await sleep(WARM_UP_MS)
      const order: ProbeOrder = { ...common, forMs, backend: backendOf(name, world.env), first: index * 100_000 }
      const { freshMs } = await startChild<ProbeResult>('probe', order).result
      const sent = await background.result
      process.stdout.write(
        `${name}: ${((sent.points * 1000) / sent.wallMs).toFixed(0)} points/s beside ${freshMs.length} probes\n`,
      )
      const what = `readable in ${name}, at ${perSecond} points/s with ${sinks.length} sink${sinks.length > 1 ? 's' : ''}`
      const goal: Goal | undefined = name === 'elasticsearch' ? undefined : { atMost: 100 }
      rows.push(goalRow(`${what}: p99`, 'ms', quantile(freshMs, 0.99), goal === undefined ? {} : { goal }))
      rows.push(goalRow(`${what}: p50`, 'ms', quantile(freshMs, 0.5)))
    }
  } finally {
    await world.stop()
  }
  return rows
}

/** Runs until a while after the last probe. */
function loadOf(world: PegelWorld, loud: readonly { readonly tenant: string }[], perSecond: number): LoadOrder {
  return {
    ...{ door: OTLP_OF_SHARED_LABELS.name, destination: world.destination, clients: 10, points: POINTS },
    keys: loud.map(({ tenant }) => world.keys[tenant] ?? ''),
    ...{ requestsPerSecond: perSecond / POINTS, forMs: WARM_UP_MS + seconds * 1000 + 2000 },
  }
}

function backendOf(kind: (typeof BACKENDS)[number], env: Readonly<Record<string, string>>): Backend {
  const of = (name: string): string => env[name] ?? ''
  const url = of(`PEGEL_${kind.toUpperCase()}_URL`)
  if (kind !== 'influxdb') return { kind, url }
  return { kind, url, token: of('PEGEL_INFLUXDB_TOKEN'), org: of('PEGEL_INFLUXDB_ORG') }
}
