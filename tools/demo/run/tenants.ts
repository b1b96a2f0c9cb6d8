import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMap, isSeq, parseDocument } from 'yaml'
import type { Document } from 'yaml'
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
  /** Those that send metrics. */
  readonly tenants: readonly DemoTenant[]
  /** API key of a tenant. */
  readonly keys: ReadonlyMap<string, string>
  /** Base64 of the raw Ed25519 private key of a tenant that produces to Kafka itself. */
  readonly directKeys: ReadonlyMap<string, string>
  /** Acts for all of them, with their alerts. */
  readonly alertmanagerKey: string
}

interface TenantFile {
  readonly tenant: string
  readonly static_labels?: Record<string, string>
  readonly placement?: 'dedicated' | 'shared'
  readonly rules?: readonly { readonly id?: string }[]
}

/** Has alerts of its own, and sends no metrics. */
const PEGEL = 'pegel'
const ALERTMANAGER = 'alertmanager'
/** By their places in the shop's file: seconds where an example for real life has minutes. */
const QUICK: readonly (readonly [path: readonly (string | number)[], value: string])[] = [
  [['alerting', 'route', 'routes', 0, 'group_wait'], '8s'],
  [['alerting', 'route', 'routes', 0, 'group_interval'], '3s'],
  [['alerting', 'escalations', 0, 'steps', 0, 'wait'], '4s'],
  [['alerting', 'escalations', 0, 'steps', 1, 'wait'], '8s'],
]

/** Copies examples/tenants to `dir` with fresh keys in the place of those that nobody has, and with short waits. */
export function writeTenants(dir: string, from = join(ROOT, 'examples', 'tenants')): DemoTenants {
  const keys = new Map<string, string>()
  const directKeys = new Map<string, string>()
  const alertmanagerKey = newKey()
  const files = readdirSync(from)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => {
      const document = parseDocument(readFileSync(join(from, name), 'utf8'))
      const file = document.toJS() as TenantFile
      fill(document, 'credentials', 'sha256', (id) => {
        const key = id === ALERTMANAGER ? alertmanagerKey : newKey()
        if (id !== ALERTMANAGER) keys.set(file.tenant, key)
        return createHash('sha256').update(key).digest('hex')
      })
      fill(document, 'direct_keys', 'public_key', () => freshPair(file.tenant, directKeys))
      for (const [path, value] of QUICK) if (document.hasIn(path)) document.setIn(path, value)
      writeFileSync(join(dir, name), document.toString({ lineWidth: 0 }), { mode: 0o600 })
      return file
    })
  const tenants = files.filter(({ tenant }) => tenant !== PEGEL).map(toDemoTenant)
  return { tenants, keys, directKeys, alertmanagerKey }
}

function toDemoTenant({ tenant, static_labels: staticLabels = {}, placement = 'shared', rules = [] }: TenantFile) {
  return { tenant, staticLabels, placement, rules: rules.map((rule, index) => rule.id ?? `rule_${index}`) }
}

/** Gives each entry of a list a value of its own. */
function fill(document: Document, list: string, key: string, valueOf: (id: unknown) => string): void {
  const entries = document.get(list)
  if (!isSeq(entries)) return
  for (const entry of entries.items) if (isMap(entry)) entry.set(key, valueOf(entry.get('id')))
}

const newKey = (): string => `pgl_${randomBytes(32).toString('base64url')}`

function freshPair(tenant: string, keys: Map<string, string>): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const base64 = (part: string | undefined): string => Buffer.from(part ?? '', 'base64url').toString('base64')
  keys.set(tenant, base64(jwk.d))
  return base64(jwk.x)
}
