import { join } from 'node:path'
import { eventually } from '../../../libs/testing/src/eventually.ts'
import { startHttpGate } from '../../../libs/testing/src/http-gate.ts'
import type { HttpGate } from '../../../libs/testing/src/http-gate.ts'
import { startTcpProxy } from '../../../libs/testing/src/tcp-proxy.ts'
import type { TcpProxy } from '../../../libs/testing/src/tcp-proxy.ts'
import { startComponent } from '../../../tools/stack/index.ts'
import type { RunningComponent } from '../../../tools/stack/index.ts'
import { ROOT } from '../../../tools/demo/run/place.ts'
import type { Backend } from '../oracle/backend.ts'
import { elasticsearchBackend } from '../oracle/elasticsearch.ts'
import { influxdbBackend } from '../oracle/influxdb.ts'
import { prometheusBackend } from '../oracle/prometheus.ts'
import { mountSmallDisk } from './small-disk.ts'
import type { SmallDisk } from './small-disk.ts'

export type BackendName = Backend['name']
export const BACKENDS = ['prometheus', 'elasticsearch', 'influxdb'] as const satisfies readonly BackendName[]

/** One real backend: the sink reaches it through a network that can be broken and a gate that can lie. */
export interface BackendSite {
  readonly name: BackendName
  readonly url: string
  readonly reader: Backend
  readonly network: TcpProxy
  readonly gate: HttpGate
  /** Undefined where none could be made, and for Elasticsearch. */
  readonly disk: SmallDisk | undefined
  /** Ends it in order and starts it again, at the same address. */
  restart(): Promise<void>
}

export interface Backends {
  readonly sites: Readonly<Record<BackendName, BackendSite>>
  /** For the sinks: addresses of networks and gates. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

export interface BackendsOptions {
  readonly dir: string
  /** host:port of every service's metrics, scraped for the alert rules. */
  readonly targets: readonly string[]
}

const RESTART_MS = 30_000
const DISK_MB = { prometheus: 1536, influxdb: 768 } as const

export async function startBackends({ dir, targets }: BackendsOptions): Promise<Backends> {
  const disks = new Map<BackendName, SmallDisk | undefined>()
  for (const name of ['prometheus', 'influxdb'] as const) {
    disks.set(name, mountSmallDisk(join(dir, name), DISK_MB[name]))
  }
  const ruleFiles = [join(ROOT, 'alerts', 'pegel.yml')]
  // As Pegel's own metrics are when its agent has delivered them.
  const scrape = [{ job: 'pegel', targets, labels: { tenant: 'pegel' } }]
  const launch = (name: BackendName, port?: number): Promise<RunningComponent> =>
    startComponent(name, {
      // Compiling Elasticsearch as far as it goes would cost more than it saves within half an hour.
      ...{ dataDir: join(dir, name), local: true, jvm: 'fast-start', port },
      config: name === 'prometheus' ? { ruleFiles, scrape, intervalMs: 2000 } : undefined,
    })
  const results = await Promise.allSettled(BACKENDS.map((name) => launch(name)))
  const running = new Map<string, RunningComponent>()
  for (const result of results) if (result.status === 'fulfilled') running.set(result.value.name, result.value)
  const restart = async (name: BackendName): Promise<void> => {
    const old = running.get(name)
    await old?.stop()
    const port = Number(new URL(old?.url ?? '').port)
    // The threads of a process that has ended may hold its port for a moment longer.
    await eventually(async () => running.set(name, await launch(name, port)), { deadlineMs: RESTART_MS })
  }
  const sites: BackendSite[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(sites.flatMap(({ gate, network }) => [gate.close(), network.close()]))
    await Promise.all([...running.values()].map((component) => component.stop()))
    for (const disk of disks.values()) disk?.unmount()
  }
  try {
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
    for (const component of running.values()) {
      const name = component.name as BackendName
      sites.push({ ...(await siteOf(component, disks.get(name))), restart: () => restart(name) })
    }
  } catch (error) {
    await stop()
    throw error
  }
  const env = Object.assign({}, ...[...running.values()].map((component) => component.env)) as Record<string, string>
  for (const { name, network } of sites) {
    env[`PEGEL_${name.toUpperCase()}_URL`] = `http://${network.host}:${network.port}`
  }
  return { sites: Object.fromEntries(sites.map((site) => [site.name, site])) as Backends['sites'], env, stop }
}

async function siteOf(component: RunningComponent, disk: SmallDisk | undefined): Promise<Omit<BackendSite, 'restart'>> {
  const name = component.name as BackendName
  const gate = await startHttpGate(component.url)
  const network = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(gate.url).port) })
  return { name, url: component.url, reader: readerOf(component), network, gate, disk }
}

function readerOf({ name, url, env }: RunningComponent): Backend {
  if (name === 'prometheus') return prometheusBackend(url)
  if (name === 'elasticsearch') return elasticsearchBackend(url)
  return influxdbBackend({ url, token: env.PEGEL_INFLUXDB_TOKEN ?? '', org: env.PEGEL_INFLUXDB_ORG ?? '' })
}
