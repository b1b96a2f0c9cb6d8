import { readFileSync } from 'node:fs'
import { startService } from '../../stack/process/service.ts'
import type { Service } from '../../stack/process/service.ts'
import { NODE, ROOT } from './place.ts'

export interface Program {
  readonly name: string
  /** Arguments of Node, paths relative to the root. */
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly logs: string
  /** Resolves once it works; by default when its log has the line `listening`. */
  readonly ready?: () => Promise<void>
  readonly deadlineMs?: number
}

/** Starts a Node program in the background; it ends with the demo, even when that is killed. */
export function startProgram({ name, args, env, logs, ready, deadlineMs = 60_000 }: Program): Promise<Service> {
  const logFile = `${logs}/${name}.log`
  return startService({
    name,
    label: name,
    command: NODE,
    args: ['--disable-warning=ExperimentalWarning', ...args.map((arg) => arg.replace(/^\.\//, `${ROOT}/`))],
    env,
    dataDir: logs,
    background: false,
    probe: ready ?? (() => sayListening(logFile)),
    deadlineMs,
    graceMs: 30_000,
  })
}

function sayListening(logFile: string): Promise<void> {
  const up = readFileSync(logFile, 'utf8').includes('"message":"listening"')
  return up ? Promise.resolve() : Promise.reject(new Error('it has not said that it is listening'))
}
