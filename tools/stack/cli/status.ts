import { join } from 'node:path'
import { variables } from '../environment.ts'
import { reasonOf } from '../errors.ts'
import { probe } from '../probe/probe.ts'
import { isAlive } from '../process/identity.ts'
import { componentNames } from '../types.ts'
import type { ComponentName } from '../types.ts'
import { readState } from './state.ts'
import type { ComponentState } from './state.ts'

/** Undefined when all of its processes live and it answers, else what is wrong. */
export async function fault(name: ComponentName, state: ComponentState): Promise<string | undefined> {
  const ended = state.processes.filter((identity) => !isAlive(identity))
  if (ended.length > 0) return `process ${ended.map(({ pid }) => pid).join(', ')} has ended`
  try {
    await probe(name, state.url)
    return undefined
  } catch (error) {
    return `gives no answer (${reasonOf(error)})`
  }
}

export function describe(name: ComponentName, state: ComponentState): string {
  const pids = state.processes.map(({ pid }) => pid).join(', ')
  const log = state.logFile === undefined ? '' : `, log ${state.logFile}`
  return `${variables[name].label}: ${state.url} (${state.from}${pids === '' ? '' : `, process ${pids}${log}`})`
}

/** 0 when something runs and all of it answers. */
export async function status(dir: string): Promise<number> {
  const state = readState(join(dir, 'state.json'))
  let running = 0
  let faults = 0
  for (const name of componentNames) {
    const component = state[name]
    if (component === undefined) continue
    const wrong = await fault(name, component)
    process.stdout.write(`${describe(name, component)}${wrong === undefined ? '' : `: ${wrong}`}\n`)
    running += 1
    if (wrong !== undefined) faults += 1
  }
  if (running === 0) process.stdout.write('Nothing of this stack runs.\n')
  return running > 0 && faults === 0 ? 0 : 1
}
