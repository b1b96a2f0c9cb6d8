import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../../tools/demo/run/build.ts'
import { takePlace } from '../../tools/demo/run/place.ts'
import { choose, readOptions, USAGE } from './options.ts'
import type { FaultOptions } from './options.ts'
import { unmountAll } from './rig/small-disk.ts'
import { renderRecovery, renderResults, renderTotals, totalsOf } from './run/report.ts'
import { runSuite } from './run/suite.ts'
import { SCENARIOS } from './scenarios/index.ts'
import type { LossScenario } from './scenarios/loss.ts'
import { LOSS_SCENARIOS } from './scenarios/losses.ts'
import { pairsOf } from './scenarios/pairs.ts'
import type { Scenario } from './scenarios/scenario.ts'

/** @returns the exit code: 0 when every scenario passed, 2 for a wrong command line */
export async function runFaults(args: readonly string[], root: string): Promise<number> {
  let options: FaultOptions
  let chosen: readonly (Scenario | LossScenario)[]
  try {
    options = readOptions(args)
    chosen = choose([...SCENARIOS, ...LOSS_SCENARIOS], options.only)
    if (options.pairs > 0) chosen = pairsOf(choose(SCENARIOS, options.only), options.pairs, options.seed)
    if (options.smoke) chosen = chosen.filter((each) => 'smoke' in each)
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    return 2
  }
  if (options.list) {
    say(describe(chosen))
    return 0
  }
  const results = await run(options, chosen, root)
  const totals = totalsOf(results)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ totals, results }, null, 2)}\n`)
  say(`\n${renderResults(results)}\n\n${renderRecovery(results)}\n${renderTotals(totals)}`)
  return totals.failed === 0 && results.length > 0 ? 0 : 1
}

async function run(options: FaultOptions, chosen: readonly (Scenario | LossScenario)[], root: string) {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const dir = join(root, '.stack', options.smoke ? 'faults-smoke' : 'faults')
  unmountAll(dir)
  const place = await takePlace(dir)
  await build(place.logs)
  return runSuite({
    ...{ dir: place.dir, seed: options.seed, say, signal: stop.signal },
    scenarios: chosen.filter((each) => 'fault' in each),
    losses: chosen.filter((each) => 'destroy' in each),
    thorough: !options.smoke,
  })
}

function describe(scenarios: readonly (Scenario | LossScenario)[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  return scenarios
    .map((scenario) => {
      const { name, about, expected } = scenario
      const marks = `${'brokers' in scenario && scenario.brokers === 3 ? '3' : ' '} ${'smoke' in scenario ? 's' : ' '}`
      return [
        `${name.padEnd(width)}  ${marks} ${about}`,
        ...(expected === undefined ? [] : [`${' '.repeat(width + 6)}expected: ${expected}`]),
      ].join('\n')
    })
    .join('\n')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
