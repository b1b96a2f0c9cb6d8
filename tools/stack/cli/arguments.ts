import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { componentNames, defaultNames } from '../types.ts'
import type { ComponentName } from '../types.ts'

export const usage = `usage: npm run stack -- up [components…] [--brokers 3] [--dir .stack]
       npm run stack -- down [components…] [--dir .stack]
       npm run stack -- status [--dir .stack]

components: ${componentNames.join(', ')} (all but prometheus3 and mosquitto unless named)
up prints addresses on standard error and export lines on standard output: eval "$(npm run -s stack up kafka)"`

export interface StackArguments {
  command: 'up' | 'down' | 'status'
  names: ComponentName[]
  dir: string
  /** As asked for; whatever runs already is fine when nothing was. */
  brokers: 1 | 3 | undefined
}

export class UsageError extends Error {}

function isComponent(name: string): name is ComponentName {
  return componentNames.some((known) => known === name)
}

function brokerCount(text: string | undefined): 1 | 3 | undefined {
  if (text === undefined) return undefined
  if (text === '1') return 1
  if (text === '3') return 3
  throw new UsageError('--brokers is 1 or 3.')
}

/** Down and status mean all that may run. */
function wantedOf(command: StackArguments['command']): ComponentName[] {
  return command === 'up' ? [...defaultNames] : [...componentNames]
}

export function parseArguments(args: readonly string[]): StackArguments {
  const options = { brokers: { type: 'string' }, dir: { type: 'string', default: '.stack' } } as const
  let parsed
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
  const { positionals, values } = parsed
  const [command, ...names] = positionals
  if (command !== 'up' && command !== 'down' && command !== 'status') {
    throw new UsageError(command === undefined ? 'Say what to do.' : `There is no command ${command}.`)
  }
  const unknown = names.find((name) => !isComponent(name))
  if (unknown !== undefined) throw new UsageError(`There is no component ${unknown}.`)
  const wanted = names.length === 0 ? wantedOf(command) : names.filter(isComponent)
  return { command, names: wanted, dir: resolve(values.dir), brokers: brokerCount(values.brokers) }
}
