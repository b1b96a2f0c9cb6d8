/**
 * All questions that have a goal, one after the other, each as a process of its own; in the end one table. Exit code 0 also when goals are missed, 1 when a
 * benchmark failed. One Kafka (PEGEL_KAFKA_BROKERS, or one that is started) for those that need none of their own. Arguments: --only TEXT, --json FILE.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../tools/run.ts'
import { PEER } from './support/collector.ts'
import type { GoalRow } from './support/goals.ts'
import { reportGoals } from './support/goals.ts'
import { argument, machine } from './support/report.ts'
import { withKafka } from './support/with-kafka.ts'

/** In the order of the pipeline; the arguments keep the whole well under 20 minutes on an idle machine of two cores. */
const BENCHMARKS: readonly (readonly [name: string, ...args: string[]])[] = [
  ['gateway'],
  ['gateway-grpc'],
  ['remote-write'],
  ['enricher'],
  ['sink-prometheus'],
  ['sink-influxdb'],
  // Its server needs a million points to be compiled and warm.
  ['sink-elasticsearch', '--rounds', '1'],
  ['topic-bytes'],
  ['latency'],
  ['freshness'],
  ['chain'],
  ['gateway-memory', '--for', '60s'],
  ['tenants'],
]
const only = argument('only')

const wanted = BENCHMARKS.filter(([name]) => only === undefined || name.includes(only))
process.stdout.write(`${machine()}\n`)
const rows: GoalRow[] = []
const failed: string[] = []
await withKafka(async ({ kafka, dataDir }) => {
  const env = { ...process.env, PEGEL_KAFKA_BROKERS: kafka.url }
  for (const [name, ...args] of wanted) {
    process.stdout.write(`\n## ${name}\n\n`)
    const file = join(dataDir, `${name}.json`)
    const code = await run(process.execPath, ['tools/bench.ts', '--built', name, ...args, '--json', file], env)
    // A goal that was missed is no failure here: what was measured has been written.
    if (existsSync(file)) rows.push(...(JSON.parse(readFileSync(file, 'utf8')) as GoalRow[]))
    else failed.push(`${name} (exit code ${code})`)
  }
})
process.stdout.write('\n## all\n')
reportGoals(rows, PEER)
if (failed.length > 0) {
  process.stdout.write(`\nFAILED: ${failed.join(', ')}\n`)
  process.exitCode = 1
}
