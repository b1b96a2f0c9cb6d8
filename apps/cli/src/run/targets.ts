import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cliErrors } from '../errors.ts'

/** Not started by `all`: the agent needs a key of its own, and the cli is no service. */
const NOT_IN_ALL = ['agent', 'cli']

/** Names → programs. `all` stands for every service that is built. Throws cliErrors.unknown_target or not_built. */
export function resolveTargets(
  text: string,
  appsDir: string,
): readonly { readonly name: string; readonly path: string }[] {
  const path = (name: string): string => join(appsDir, name, 'main.js')
  if (!existsSync(appsDir)) throw cliErrors.not_built({ path: appsDir })
  const built = readdirSync(appsDir)
    .filter((name) => existsSync(path(name)) && name !== 'cli')
    .sort()
  const wanted = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .flatMap((name) => (name === 'all' ? built.filter((each) => !NOT_IN_ALL.includes(each)) : [name]))
  for (const name of wanted) {
    if (!built.includes(name)) throw cliErrors.unknown_target({ target: name, known: ['all', ...built].join(', ') })
  }
  if (wanted.length === 0) throw cliErrors.not_built({ path: path('*') })
  return [...new Set(wanted)].map((name) => ({ name, path: path(name) }))
}
