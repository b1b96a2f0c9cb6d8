/** npm run faults: breaks everything that can break, under load, and asks every backend for every point. See README.md. */
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')
// The services are built; this program reads the libraries as they are, without a build.
registerHooks({
  resolve: (specifier, context, next) => {
    const [, library] = /^@pegel\/(\w+)$/.exec(specifier) ?? []
    if (library === undefined) return next(specifier, context)
    return next(pathToFileURL(join(root, 'libs', library, 'src', 'index.ts')).href, context)
  },
})
const { runFaults } = await import('./command.ts')
process.exitCode = await runFaults(process.argv.slice(2), root)
