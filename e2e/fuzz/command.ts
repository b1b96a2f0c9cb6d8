import { join } from 'node:path'
import { mkdirSync } from 'node:fs'
import { build } from '../../tools/demo/run/build.ts'
import { startStack } from '../../tools/stack/index.ts'
import { deadLetters, judgeAftermath } from './aftermath.ts'
import type { Attack } from './attack.ts'
import { ATTACKS } from './attacks/index.ts'
import { Neighbour } from './neighbour.ts'
import { readOptions, USAGE } from './options.ts'
import type { FuzzOptions } from './options.ts'
import { renderAttacks, renderMemory } from './report.ts'
import { attackAll } from './run.ts'
import { Watch } from './watch.ts'
import { startWorld } from './world.ts'

/** As shells have it. */
const INTERRUPTED = 130

/** @returns the exit code: 0 when nothing was found, 2 for a wrong command line */
export async function runFuzz(args: readonly string[], root: string): Promise<number> {
  let options: FuzzOptions
  let chosen: readonly Attack[]
  try {
    options = readOptions(args)
    chosen = choose(options)
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    return 2
  }
  if (options.list) {
    for (const { name, about } of chosen) say(`${name.padEnd(16)} ${about}`)
    return 0
  }
  say(`seed ${options.seed}, ${options.forMs / 1000} s`)
  const dir = join(root, '.stack', `fuzz-${process.pid}`)
  mkdirSync(dir, { recursive: true })
  await build(dir)
  const stack = await startStack(['kafka', 'elasticsearch', 'influxdb', 'prometheus'], {
    dataDir: dir,
    onProgress: (line) => process.stderr.write(`stack: ${line}\n`),
  })
  try {
    return await fuzz({ ...options, chosen, root, env: stack.env })
  } finally {
    await stack.stop()
  }
}

interface FuzzRun extends FuzzOptions {
  readonly chosen: readonly Attack[]
  readonly root: string
  readonly env: Readonly<Record<string, string>>
}

async function fuzz(run: FuzzRun): Promise<number> {
  const world = await startWorld(run.env, run.root)
  const breakOff = (): void => void world.stop().finally(() => process.exit(INTERRUPTED))
  process.once('SIGINT', breakOff).once('SIGTERM', breakOff)
  const watch = new Watch(world)
  const neighbour = new Neighbour(world)
  try {
    watch.start(run.forMs)
    neighbour.start()
    const attacked = await attackAll(world, run)
    await neighbour.stop()
    const { memory, problems } = await watch.stop()
    const aftermath = await judgeAftermath(world, neighbour)
    say(`\n${renderAttacks(run.chosen, attacked)}\n\n${renderMemory(memory)}\n`)
    for (const [topic, count] of await deadLetters(world)) say(`dead letters of ${topic}: ${count}`)
    say(`neighbour: ${neighbour.acknowledged.size} points acknowledged`)
    const all = [...attacked.findings.map(({ text }) => text), ...problems, ...aftermath]
    for (const each of all) say(`FOUND ${each}`)
    const verdict = all.length === 0 ? 'PASSED: nothing found' : `FAILED: ${all.length} found`
    say(`${verdict} with --seed ${run.seed} in ${run.forMs / 1000} s`)
    return all.length === 0 ? 0 : 1
  } finally {
    await world.stop()
  }
}

/** @throws TypeError for a name that is none */
function choose({ only, attempt }: FuzzOptions): readonly Attack[] {
  const unknown = only.find((name) => !ATTACKS.some((attack) => attack.name === name))
  if (unknown !== undefined) throw new TypeError(`there is no attack ${unknown}; see --list`)
  if (attempt !== undefined && only.length !== 1) throw new TypeError('--attempt is of one attack: name it with --only')
  return only.length === 0 ? ATTACKS : ATTACKS.filter(({ name }) => only.includes(name))
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
