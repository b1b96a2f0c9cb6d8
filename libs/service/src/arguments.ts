import { settingsHelp } from '@pegel/config'
import type { Environment } from '@pegel/config'
import { baseConfig, loadConfig, printConfig } from '@pegel/config'
import type { BaseConfig } from '@pegel/config'
import type { z } from 'zod'
import type { ComponentManifest } from './component.ts'

/** What the command line asks for: to run, or to print something and end. */
export type Request<C> =
  | { readonly kind: 'run'; readonly config: C & BaseConfig }
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'refuse'; readonly text: string }

const OPTIONS = `  --validate      check the configuration and end
  --print-config  print the configuration in force, secrets redacted, and end
  --help          print this and end
`

/** Reads arguments and environment; all problems of the configuration come at once. */
export function readRequest<S extends z.ZodObject>(
  manifest: ComponentManifest<S>,
  argv: readonly string[],
  env: Environment,
): Request<z.infer<S>> {
  const schema = baseConfig.extend(manifest.config.shape)
  const unknown = argv.filter((argument) => !['--validate', '--print-config', '--help'].includes(argument))
  if (unknown.length > 0) {
    return { kind: 'refuse', text: `${manifest.name}: unknown argument ${unknown.join(' ')}\noptions:\n${OPTIONS}` }
  }
  if (argv.includes('--help')) {
    const text = `${manifest.name}: ${manifest.description}\n\noptions:\n${OPTIONS}\nenvironment:\n${settingsHelp(schema)}`
    return { kind: 'print', text }
  }
  const loaded = loadConfig(schema, env)
  if (!loaded.ok) {
    const { problems } = loaded
    const many = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`
    return {
      kind: 'refuse',
      text: `${manifest.name}: ${many} in the configuration\n${problems.map((line) => `  ${line}\n`).join('')}`,
    }
  }
  if (argv.includes('--print-config')) return { kind: 'print', text: printConfig(schema, loaded.config) }
  if (argv.includes('--validate')) return { kind: 'print', text: `${manifest.name}: the configuration is valid\n` }
  return { kind: 'run', config: loaded.config as unknown as z.infer<S> & BaseConfig }
}
