import { join } from 'node:path'
import { freePort } from '../../../tools/stack/index.ts'
import { startBackends } from '../rig/backends.ts'
import type { Backends } from '../rig/backends.ts'
import { startRig } from '../rig/rig.ts'
import type { Rig } from '../rig/rig.ts'
import { SERVICES } from '../rig/services.ts'
import type { Ports, Replica, ServiceName } from '../rig/services.ts'
import type { LossScenario } from '../scenarios/loss.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { lineOf } from './report.ts'
import { Probe } from './probe.ts'
import { NOTHING } from './result.ts'
import type { ScenarioResult } from './result.ts'
import { runLosses } from './run-losses.ts'
import { runScenario } from './run-scenario.ts'

export interface SuiteOptions {
  readonly dir: string
  readonly seed: number
  readonly scenarios: readonly Scenario[]
  readonly losses: readonly LossScenario[]
  /** Wait at the end until every minute's books have closed. */
  readonly closeBooks: boolean
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** Between the last point and the end of the minute, and what closes it. */
const CLOSE_MS = 100_000
const WARM_MS = 120_000

/** Runs all scenarios: those of one broker on one rig, those of three on another; the backends stay. */
export async function runSuite(options: SuiteOptions): Promise<readonly ScenarioResult[]> {
  const ports = await choosePorts()
  const portsOf = (name: ServiceName, replica: Replica): Ports => ports.get(`${name}.${replica}`) ?? never()
  const targets = SERVICES.map((name) => `127.0.0.1:${portsOf(name, 0).admin}`)
  const backends = await startBackends({ dir: join(options.dir, 'backends'), targets })
  const results: ScenarioResult[] = []
  try {
    for (const brokers of [1, 3] as const) {
      const chosen = options.scenarios.filter((scenario) => scenario.brokers === brokers)
      if (chosen.length === 0 || options.signal.aborted) continue
      options.say(`${chosen.length} scenarios on ${brokers === 1 ? 'one broker' : 'three brokers'}`)
      const rig = await startRig({ dir: join(options.dir, `rig-${brokers}`), brokers, backends, portsOf })
      try {
        await warmUp(rig)
        results.push(...(await runOn(rig, chosen, { ...options, backends })))
      } finally {
        await rig.stop()
      }
    }
    results.push(...(await destroyOn(ports, { ...options, backends })))
  } finally {
    await backends.stop()
  }
  return results
}

let ordinals = 0

/** So that no scenario waits for what is slow but once: the first index, code that has never run. */
async function warmUp(rig: Rig): Promise<void> {
  const [tenant] = await rig.tenants.add([`warm_up_${rig.prefix.replaceAll(/\W/g, '')}`])
  if (tenant === undefined) throw new Error('no tenant was made')
  await new Probe(rig, { run: tenant.tenant, tenant, ordinal: () => ordinals++ }).through(WARM_MS)
}

async function runOn(
  rig: Rig,
  scenarios: readonly Scenario[],
  options: SuiteOptions & { readonly backends: Backends },
): Promise<ScenarioResult[]> {
  const { seed, say, signal, closeBooks } = options
  const results: ScenarioResult[] = []
  for (const scenario of scenarios) {
    if (signal.aborted) break
    if (scenario.disk !== undefined && options.backends.sites[scenario.disk].disk === undefined) {
      say(`NOT RUN ${scenario.name}: a small file system could not be mounted; it takes root on Linux`)
      continue
    }
    const result = await runScenario(rig, scenario, { seed, ordinal: () => ordinals++ })
    results.push(result)
    say(lineOf(result))
  }
  if (closeBooks && !signal.aborted) {
    const problems = await rig.books.closed(Date.now(), CLOSE_MS)
    const name = `books of ${rig.cluster.size === 1 ? 'one broker' : 'three brokers'} closed`
    const result = { ...NOTHING, name, seed, failures: problems.slice(0, 10) }
    results.push(result)
    say(lineOf(result))
  }
  return results
}

/** What destroys records has a rig of its own: its books cannot balance any more. */
async function destroyOn(
  ports: ReadonlyMap<string, Ports>,
  { losses, dir, backends, seed, say, signal }: SuiteOptions & { readonly backends: Backends },
): Promise<readonly ScenarioResult[]> {
  if (losses.length === 0 || signal.aborted) return []
  say(`${losses.length} scenarios that destroy records`)
  const portsOf = (name: ServiceName, replica: Replica): Ports => ports.get(`${name}.${replica}`) ?? never()
  const rig = await startRig({ dir: join(dir, 'rig-losses'), brokers: 1, backends, portsOf })
  try {
    await warmUp(rig)
    const results = await runLosses(rig, losses, { seed, ordinal: () => ordinals++ })
    for (const result of results) say(lineOf(result))
    return results
  } finally {
    await rig.stop()
  }
}

async function choosePorts(): Promise<ReadonlyMap<string, Ports>> {
  const ports = new Map<string, Ports>()
  for (const name of SERVICES) {
    for (const replica of [0, 1]) {
      ports.set(`${name}.${replica}`, { admin: await freePort(), main: await freePort(), grpc: await freePort() })
    }
  }
  return ports
}

function never(): never {
  throw new Error('a service without ports')
}
