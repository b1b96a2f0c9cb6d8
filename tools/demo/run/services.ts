import { readFileSync } from 'node:fs'
import { guard } from '../../stack/process/guard.ts'
import { identify } from '../../stack/process/identity.ts'
import { startProgram } from './programs.ts'

/** Where a service is, as `pegel run` notes it; empty while it is starting. */
export interface ServiceState {
  readonly pid?: number
  readonly port?: number
  readonly adminPort?: number
}

export type ServiceStates = Readonly<Record<string, ServiceState>>

export interface Services {
  /** As they are now: a service that was started again has another process id. */
  current(): ServiceStates
  stop(): Promise<void>
}

export interface ServicesOptions {
  readonly target: string
  readonly env: Readonly<Record<string, string>>
  readonly logs: string
  readonly runState: string
}

/** `pegel run`: one child process a service, started again when it dies. Resolves when all of them are up. */
export async function startServices({ target, env, logs, runState }: ServicesOptions): Promise<Services> {
  const guarded = new Set<number>()
  const current = (): ServiceStates => {
    const states = readState(runState)
    for (const { pid } of Object.values(states)) if (pid !== undefined) guardOnce(pid, guarded)
    return states
  }
  const program = await startProgram({
    name: 'pegel-run',
    args: ['./dist/apps/cli/main.js', 'run', '--target', target, '--restart', '--state', runState],
    env,
    logs,
    ready: () => allUp(current()),
    deadlineMs: 120_000,
  })
  return { current, stop: () => program.stop() }
}

/** `pegel run` stops its children when it is asked to; should it be killed with the demo, the watchdog stops them too. */
function guardOnce(pid: number, guarded: Set<number>): void {
  if (guarded.has(pid)) return
  guarded.add(pid)
  const identity = identify(pid)
  if (identity !== undefined) guard(identity)
}

function readState(file: string): ServiceStates {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { services: ServiceStates }).services
  } catch {
    return {} // not there yet
  }
}

function allUp(services: ServiceStates): Promise<void> {
  const waiting = Object.entries(services).flatMap(([name, { pid }]) => (pid === undefined ? [name] : []))
  if (Object.keys(services).length > 0 && waiting.length === 0) return Promise.resolve()
  return Promise.reject(new Error(`still waiting for ${waiting.join(', ') || 'the services'}`))
}
