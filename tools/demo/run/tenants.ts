import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { ROOT } from './place.ts'

/** What the demo needs to know of a tenant's file to say what must be in the backends. */
export interface DemoTenant {
  readonly tenant: string
  readonly staticLabels: Readonly<Record<string, string>>
  readonly placement: 'dedicated' | 'shared'
  /** Ids of the rules; each must be one whose effect the verification knows. */
  readonly rules: readonly string[]
}

export interface DemoTenants {
  readonly tenants: readonly DemoTenant[]
  /** API key of a tenant. */
  readonly keys: ReadonlyMap<string, string>
  /** Base64 of the raw Ed25519 private key of a tenant that produces to Kafka itself. */
  readonly directKeys: ReadonlyMap<string, string>
}

interface TenantFile {
  readonly tenant: string
  readonly static_labels?: Record<string, string>
  readonly placement?: 'dedicated' | 'shared'
  readonly rules?: readonly { readonly id?: string }[]
}

/** Copies examples/tenants to `dir` with fresh keys in the place of those that nobody has. */
export function writeTenants(dir: string, from = join(ROOT, 'examples', 'tenants')): DemoTenants {
  const keys = new Map<string, string>()
  const directKeys = new Map<string, string>()
  const tenants = readdirSync(from)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const text = readFileSync(join(from, name), 'utf8')
      const file = parse(text) as TenantFile
      const { tenant } = file
      const filled = text
        .replace(/sha256: .*/, () => `sha256: ${freshKey(tenant, keys)}`)
        .replace(/public_key: .*/, () => `public_key: ${freshPair(tenant, directKeys)}`)
      writeFileSync(join(dir, name), filled, { mode: 0o600 })
      return {
        tenant,
        staticLabels: file.static_labels ?? {},
        placement: file.placement ?? ('shared' as const),
        rules: (file.rules ?? []).map((rule, index) => rule.id ?? `rule_${index}`),
      }
    })
  return { tenants, keys, directKeys }
}

function freshKey(tenant: string, keys: Map<string, string>): string {
  const key = `pgl_${randomBytes(32).toString('base64url')}`
  keys.set(tenant, key)
  return createHash('sha256').update(key).digest('hex')
}

function freshPair(tenant: string, keys: Map<string, string>): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const base64 = (part: string | undefined): string => Buffer.from(part ?? '', 'base64url').toString('base64')
  keys.set(tenant, base64(jwk.d))
  return base64(jwk.x)
}
