/**
 * npm run pegel -- …: the command line tool, built first when its sources are newer than what is built. Talks to the local
 * stack when that is up and the environment names no Kafka.
 */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { readState } from './stack/cli/state.ts'

const root = process.cwd()
const args = process.argv.slice(2)

/** The apps that the command needs: `run` starts others. */
function neededApps(): readonly string[] {
  if (args[0] !== 'run') return ['cli']
  const apps = readdirSync('apps').filter((app) => existsSync(join('apps', app, 'src', 'main.ts')))
  const targets = (/--target[= ](\S+)/.exec(args.join(' '))?.[1] ?? 'all').split(',')
  return targets.includes('all') ? apps : apps.filter((app) => app === 'cli' || targets.includes(app))
}

function built(app: string): string {
  return join('dist', 'apps', app, 'main.js')
}

function newest(path: string): number {
  if (!existsSync(path)) return 0
  const stats = statSync(path)
  return stats.isDirectory() ? Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name)))) : stats.mtimeMs
}

function isStale(app: string): boolean {
  if (!existsSync(built(app))) return true
  const libs = readdirSync('libs').map((lib) => join('libs', lib, 'src'))
  return (
    statSync(built(app)).mtimeMs < Math.max(...[join('apps', app, 'src'), 'package-lock.json', ...libs].map(newest))
  )
}

/** Passes this terminal on; a signal that ends the program counts as 1. `stdout: 2` sends its output to standard error. */
function run(
  command: string,
  argv: readonly string[],
  options: { env: NodeJS.ProcessEnv; stdout: 1 | 2 },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, argv, { stdio: [0, options.stdout, 2], env: options.env })
    // The program decides how to stop: Ctrl-C reaches it from the terminal, a kill of this process is passed on.
    process.on('SIGINT', () => undefined)
    process.on('SIGTERM', () => child.kill('SIGTERM'))
    child.once('error', reject)
    child.once('exit', (code) => {
      resolve(code ?? 1)
    })
  })
}

async function build(apps: readonly string[]): Promise<void> {
  process.stderr.write(`pegel: building ${apps.join(', ')} …\n`)
  // Standard output belongs to the command.
  const code = await run('nx', ['run-many', '-t', 'build', '-p', apps.join(','), '--outputStyle=static'], {
    env: process.env,
    stdout: 2,
  })
  if (code !== 0) process.exit(code)
  // What comes from the cache may bear an older time.
  for (const app of apps) utimesSync(built(app), new Date(), new Date())
}

function stackEnvironment(): NodeJS.ProcessEnv {
  if (process.env.PEGEL_KAFKA_BROKERS !== undefined) return {}
  const components = Object.values(readState(join(root, '.stack', 'state.json')))
  return Object.assign({}, ...components.map(({ env }) => env)) as NodeJS.ProcessEnv
}

const stale = neededApps().filter(isStale)
if (stale.length > 0) await build(stale)
const env = { PEGEL_RUN_STATE: join(root, '.stack', 'run.json'), ...stackEnvironment(), ...process.env }
process.exit(await run(process.execPath, ['--enable-source-maps', built('cli'), ...args], { env, stdout: 1 }))
