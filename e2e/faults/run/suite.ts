import { join } from 'node:path'
import { freePort } from '../../../tools/stack/index.ts'
import { startBackends } from '../rig/backends.ts'
import type { Backends } from '../rig/backends.ts'
import { startRig } from '../rig/rig.ts'
import type { Rig, RigOptions } from '../rig/rig.ts'
import { SERVICES } from '../rig/services.ts'
import type { Ports, Replica, ServiceName } from '../rig/services.ts'
import type { LossScenario } from '../scenarios/loss.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import { lineOf } from './report.ts'
import { NOTHING } from './result.ts'
import type { ScenarioResult } from './result.ts'
import { runLosses } from './run-losses.ts'
import { runScenario } from './run-scenario.ts'

export interface SuiteOptions {
  readonly dir: string
  readonly seed: number
  readonly scenarios: readonly Scenario[]
  readonly losses: readonly LossScenario[]
  /** Begins with nothing broken, and waits at the end until every minute's books have closed. */
  readonly thorough: boolean
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

/** Between the last point and the end of the minute, and what closes it. */
const CLOSE_MS = 100_000

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
      const what = brokers === 1 ? 'one broker' : 'three brokers'
      options.say(`${chosen.length} scenarios on ${what}`)
      const where = { dir: join(options.dir, `rig-${brokers}`), brokers, backends, portsOf }
      await onRig(where, { ...options, what, results }, (rig) =>
        runOn(rig, chosen, { ...options, what, results, backends }),
      )
    }
    const { losses, seed } = options
    if (losses.length > 0 && !options.signal.aborted) {
      options.say(`${losses.length} scenarios that destroy records`)
      // A rig of their own: its books cannot balance any more.
      const where = { dir: join(options.dir, 'rig-losses'), brokers: 1, backends, portsOf } as const
      await onRig(where, { ...options, what: 'a broker whose records are destroyed', results }, async (rig) => {
        for (const result of await runLosses(rig, losses, { seed, ordinal: () => ordinals++ })) {
          results.push(result)
          options.say(lineOf(result))
        }
      })
    }
  } finally {
    await backends.stop()
  }
  return results
}

interface Reporting extends Pick<SuiteOptions, 'say' | 'seed' | 'thorough'> {
  /** Of what is done on this rig. */
  readonly what: string
  readonly results: ScenarioResult[]
}

/** A rig that does not start, or breaks beyond mending, costs its own scenarios and no others. */
async function onRig(where: RigOptions, reporting: Reporting, work: (rig: Rig) => Promise<void>) {
  try {
    const rig = await startRig(where)
    try {
      if (reporting.thorough) await calm(rig, reporting)
      await work(rig)
    } finally {
      await rig.stop()
    }
  } catch (error) {
    const { what, results, say, seed } = reporting
    const failures = [error instanceof Error ? (error.stack ?? error.message) : String(error)]
    const result = { ...NOTHING, name: `stack of ${what}`, seed, failures }
    results.push(result)
    say(lineOf(result))
  }
}

let ordinals = 0

/**
 * All that a scenario does, with nothing broken: no scenario waits for what is slow but once (the first index, code that has never
 * run), and whoever reads the others' times knows what to hold them against.
 */
async function calm(rig: Rig, { what, results, say, seed }: Reporting): Promise<void> {
  const { size: brokers } = rig.cluster
  const nothing = { inject: () => undefined, heal: () => undefined }
  const scenario = { name: `calm on ${what}`, about: 'nothing is broken', brokers, fault: nothing }
  const result = await runScenario(rig, scenario, { seed, ordinal: () => ordinals++ })
  results.push(result)
  say(lineOf(result))
}

async function runOn(
  rig: Rig,
  scenarios: readonly Scenario[],
  options: SuiteOptions & Reporting & { readonly backends: Backends },
): Promise<void> {
  const { seed, say, signal, thorough, what, results } = options
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
  if (!thorough || signal.aborted) return
  const problems = await rig.books.closed(Date.now(), CLOSE_MS)
  const result = { ...NOTHING, name: `books of ${what} closed`, seed, failures: problems.slice(0, 10) }
  results.push(result)
  say(lineOf(result))
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
