import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { identify } from '../process/identity.ts'
import type { ProcessIdentity } from '../process/identity.ts'
import type { ComponentName, RunningComponent } from '../types.ts'

/** What `up` left running. */
export interface ComponentState {
  from: RunningComponent['from']
  env: Record<string, string>
  url: string
  processes: ProcessIdentity[]
  logFile?: string
}

export type StackState = Partial<Record<ComponentName, ComponentState>>

export function readState(file: string): StackState {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as StackState
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new Error(`${file} cannot be read; remove it when no component runs any more`, { cause: error })
  }
}

/** Holds InfluxDB's token, so only the user may read it; written whole or not at all. */
export function writeState(file: string, state: StackState): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

export function stateOf({ from, env, url, pids, logFile }: RunningComponent): ComponentState {
  const processes = pids.map(identify).filter((identity) => identity !== undefined)
  return { from, env, url, processes, ...(logFile === undefined ? {} : { logFile }) }
}
