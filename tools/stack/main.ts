/** `npm run stack -- up|down|status`: the components of tools/stack for a person at a shell. */
import { join } from 'node:path'
import { parseArguments, usage, UsageError } from './cli/arguments.ts'
import type { StackArguments } from './cli/arguments.ts'
import { down } from './cli/down.ts'
import { status } from './cli/status.ts'
import { up } from './cli/up.ts'
import { reasonOf } from './errors.ts'
import { withLock } from './install/lock.ts'

function execute(wanted: StackArguments): Promise<number> {
  switch (wanted.command) {
    case 'up':
      return up(wanted)
    case 'down':
      return down(wanted.names, wanted.dir)
    case 'status':
      return status(wanted.dir)
  }
}

/** Two that change the same stack at once would lose each other's processes. */
function alone(wanted: StackArguments): Promise<number> {
  if (wanted.command === 'status') return execute(wanted)
  const waiting = () => process.stderr.write('Another up or down is at work here, waiting …\n')
  return withLock(join(wanted.dir, 'stack.lock'), waiting, () => execute(wanted))
}

try {
  process.exitCode = await alone(parseArguments(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`)
  if (error instanceof UsageError) process.stderr.write(`${usage}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
