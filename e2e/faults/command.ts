import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from '../../tools/demo/run/build.ts'
import { takePlace } from '../../tools/demo/run/place.ts'
import { choose, readOptions, USAGE } from './options.ts'
import type { FaultOptions } from './options.ts'
import { renderResults, renderTotals, totalsOf } from './run/report.ts'
import { runSuite } from './run/suite.ts'
import { SCENARIOS } from './scenarios/index.ts'
import type { Scenario } from './scenarios/scenario.ts'

/** @returns the exit code: 0 when every scenario passed, 2 for a wrong command line */
export async function runFaults(args: readonly string[], root: string): Promise<number> {
  let options: FaultOptions
  let scenarios: readonly Scenario[]
  try {
    options = readOptions(args)
    scenarios = choose(SCENARIOS, options.only).filter(({ smoke }) => !options.smoke || smoke === true)
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    return 2
  }
  if (options.list) {
    say(describe(scenarios))
    return 0
  }
  const results = await run(options, scenarios, root)
  const totals = totalsOf(results)
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ totals, results }, null, 2)}\n`)
  say(`\n${renderResults(results)}\n\n${renderTotals(totals)}`)
  return totals.failed === 0 && results.length > 0 ? 0 : 1
}

async function run(options: FaultOptions, scenarios: readonly Scenario[], root: string) {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const place = await takePlace(join(root, '.stack', options.smoke ? 'faults-smoke' : 'faults'))
  await build(place.logs)
  return runSuite({
    ...{ dir: place.dir, seed: options.seed, scenarios, say, signal: stop.signal },
    closeBooks: !options.smoke,
  })
}

function describe(scenarios: readonly Scenario[]): string {
  const width = Math.max(...scenarios.map(({ name }) => name.length))
  return scenarios
    .map(({ name, about, brokers, expected, smoke }) =>
      [
        `${name.padEnd(width)}  ${brokers === 1 ? ' ' : '3'} ${smoke === true ? 's' : ' '} ${about}`,
        ...(expected === undefined ? [] : [`${' '.repeat(width + 6)}expected: ${expected}`]),
      ].join('\n'),
    )
    .join('\n')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
