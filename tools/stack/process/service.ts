import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartFailed } from '../errors.ts'
import { guard, unguard } from './guard.ts'
import { identify, isAlive, signal } from './identity.ts'
import type { ProcessIdentity } from './identity.ts'
import { leftover, removeRecord, writeRecord } from './record.ts'
import { until, untilResolved } from './wait.ts'

export interface ServiceOptions {
  /** File-name safe and unique in dataDir: names the log and the record. */
  name: string
  label: string
  command: string
  args: readonly string[]
  env?: NodeJS.ProcessEnv
  dataDir: string
  background: boolean
  /** Resolves once the service really answers. */
  probe: () => Promise<void>
  deadlineMs: number
  /** Between SIGTERM and SIGKILL. */
  graceMs?: number
}

export interface Service {
  readonly pid: number
  readonly logFile: string
  readonly alive: boolean
  kill(name: NodeJS.Signals): Promise<void>
  stop(): Promise<void>
}

export function tailOf(logFile: string, lines = 15): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

/** SIGTERM, then SIGKILL when it has not gone after graceMs. */
export async function terminate(identity: ProcessIdentity, graceMs: number): Promise<void> {
  signal(identity, 'SIGTERM')
  if (await until(() => !isAlive(identity), { deadlineMs: graceMs })) return
  signal(identity, 'SIGKILL')
  await until(() => !isAlive(identity), { deadlineMs: 10_000 })
}

function launch(options: ServiceOptions, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a')
  try {
    return spawn(options.command, options.args, {
      cwd: options.dataDir,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...options.env },
    })
  } finally {
    closeSync(log)
  }
}

async function answering(options: ServiceOptions, service: Service, child: ChildProcess): Promise<void> {
  const failed = (what: string) =>
    new StartFailed(`${options.label} ${what}. The end of its log, ${service.logFile}:\n${tailOf(service.logFile)}`)
  const giveUp = () => {
    const { exitCode, signalCode } = child
    if (exitCode !== null || signalCode !== null)
      throw failed(`ended early (${signalCode ?? `exit code ${String(exitCode)}`})`)
  }
  try {
    await untilResolved(options.probe, options, giveUp)
  } catch (error) {
    await service.stop()
    throw error instanceof StartFailed ? error : failed(`gave ${(error as Error).message}`)
  }
}

/** The process must not be taken for alive, nor be stopped by the watchdog, once it is known to be gone. */
function serviceFor(identity: ProcessIdentity, { name, dataDir, graceMs = 8_000 }: ServiceOptions): Service {
  const forget = () => {
    unguard(identity)
    removeRecord(dataDir, name, identity)
  }
  return {
    pid: identity.pid,
    logFile: join(dataDir, `${name}.log`),
    get alive() {
      return isAlive(identity)
    },
    async kill(signalName) {
      signal(identity, signalName)
      await until(() => !isAlive(identity), { deadlineMs: 30_000 })
      forget()
    },
    async stop() {
      if (isAlive(identity)) await terminate(identity, graceMs)
      forget()
    },
  }
}

/** Identity of the child, or the reason why there is none: a program that cannot be executed gets no process id. */
async function identityOf(child: ChildProcess, options: ServiceOptions): Promise<ProcessIdentity> {
  const failed = new Promise<string>((resolve) => child.once('error', (error) => resolve(error.message)))
  const identity = child.pid === undefined ? undefined : identify(child.pid)
  if (identity !== undefined) return identity
  const log = join(options.dataDir, `${options.name}.log`)
  const reason =
    child.pid === undefined ? await failed : `it ended at once. The end of its log, ${log}:\n${tailOf(log)}`
  throw new StartFailed(`${options.label} did not start: ${options.command}: ${reason}`)
}

/** Starts a program detached, its output in dataDir, and resolves when it answers. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { name, dataDir, background, graceMs = 8_000 } = options
  mkdirSync(dataDir, { recursive: true })
  const old = leftover(dataDir, name)
  if (old !== undefined) await terminate(old, graceMs)

  const child = launch(options, join(dataDir, `${name}.log`))
  const identity = await identityOf(child, options)
  child.unref()
  writeRecord(dataDir, name, identity, background)
  if (!background) guard(identity)

  const service = serviceFor(identity, options)
  await answering(options, service, child)
  return service
}
