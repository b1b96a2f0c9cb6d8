import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChannelServices } from './channel.ts'
import { alertChannelErrors } from './errors.ts'

export interface SecretsOptions {
  readonly tenant: string
  /** Variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Holds a folder for each tenant; undefined: there are no secrets in files. */
  readonly dir: string | undefined
}

/** `env:NAME` or `file:NAME` → where it stands: names are of the tenant, so that no tenant's file can name another's, or the operator's. */
export function placeOf(tenant: string, ref: string): { readonly variable: string } | { readonly path: string } {
  const [, variable, file = ''] = /^(?:env:([A-Z0-9]+)|file:([a-zA-Z0-9_-]+))$/.exec(ref) ?? []
  return variable === undefined
    ? { path: `${tenant}/${file}` }
    : { variable: `PEGEL_SECRET_${tenant.toUpperCase()}_${variable}` }
}

/** Looks a tenant's secret up at every use, so that a changed file is in force at once. */
export function createSecrets({ tenant, env, dir }: SecretsOptions): ChannelServices['secret'] {
  return (ref) => {
    const place = placeOf(tenant, ref)
    if ('variable' in place) return env[place.variable]
    if (dir === undefined) return undefined
    try {
      return readFileSync(join(dir, place.path), 'utf8').trim()
    } catch {
      // Not there, or not readable: to the tenant both are a secret that is missing.
      return undefined
    }
  }
}

/** @throws alertChannelErrors.secret_missing, which names the place and never a value */
export function requireSecret({ secret, tenant }: Pick<ChannelServices, 'secret' | 'tenant'>, ref: string): string {
  const value = secret(ref)
  if (value !== undefined && value !== '') return value
  const place = placeOf(tenant, ref)
  const where = 'variable' in place ? place.variable : `the file ${place.path} below PEGEL_SECRETS_DIR`
  throw alertChannelErrors.secret_missing({ ref, where })
}
