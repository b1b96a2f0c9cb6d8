/** Imported first, lets a program that runs without a build use `@pegel/…` as the libraries' sources. */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const libraries = join(import.meta.dirname, '..', 'libs')

registerHooks({
  resolve: (specifier, context, next) => {
    const [, library] = /^@pegel\/(\w+)$/.exec(specifier) ?? []
    if (library === undefined) return next(specifier, context)
    return next(pathToFileURL(join(libraries, library, 'src', 'index.ts')).href, context)
  },
})
