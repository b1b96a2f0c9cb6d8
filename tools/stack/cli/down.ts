import { join } from 'node:path'
import { dockerEngine, stopCompose } from '../docker.ts'
import { variables } from '../environment.ts'
import { whichIn } from '../install/which.ts'
import { isAlive } from '../process/identity.ts'
import { terminate } from '../process/service.ts'
import type { ComponentName } from '../types.ts'
import { readState, writeState } from './state.ts'
import type { ComponentState } from './state.ts'

const graceMs = 8_000

export async function stopState(name: ComponentName, state: ComponentState, dir: string): Promise<void> {
  if (state.from === 'docker') {
    const docker = await dockerEngine(whichIn(process.env))
    if (docker !== undefined) await stopCompose({ docker, name, dataDir: join(dir, name) })
  }
  await Promise.all(state.processes.map((identity) => terminate(identity, graceMs)))
}

/** Stops what `up` started; whatever is not in the state file is not ours. */
export async function down(names: readonly ComponentName[], dir: string): Promise<number> {
  const file = join(dir, 'state.json')
  const state = readState(file)
  const wanted = names.filter((name) => state[name] !== undefined)
  if (wanted.length === 0) process.stderr.write('Nothing of this stack runs.\n')
  await Promise.all(
    wanted.map(async (name) => {
      const component = state[name]
      if (component === undefined) return
      const ran = component.from === 'docker' || component.processes.some(isAlive)
      await stopState(name, component, dir)
      process.stderr.write(`${variables[name].label}: ${ran ? 'stopped' : 'had ended already'}\n`)
    }),
  )
  writeState(file, Object.fromEntries(Object.entries(state).filter(([name]) => !wanted.some((gone) => gone === name))))
  return 0
}
