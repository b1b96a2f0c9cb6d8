import type { TenantRecord } from '@pegel/contracts'
import type { AuditAction } from '@pegel/pipeline'
import { readTenantRecord } from '@pegel/tenancy'
import type { Change, PublishedVersion } from './plan.ts'

/** What the audit keeps of a change of a tenant's file: which version replaces which, and whose keys begin or cease to be taken. */
export function auditOf({ kind, record, file }: Change, published: readonly PublishedVersion[]): AuditAction {
  const { tenant, version } = record
  const before = published.find((other) => other.tenant === tenant && other.version === version - 1)
  const [old, now] = [keysOf(before), keysOf(record)]
  const lists = {
    keys_added: [...now].filter((key) => !old.has(key)),
    keys_removed: [...old].filter((key) => !now.has(key)),
  }
  const keys = Object.entries(lists).filter(([, names]) => names.length > 0)
  return {
    action: `tenants.${kind}`,
    tenant,
    target: `${tenant}@${version}`,
    parameters: {
      ...(file === '' ? {} : { file }),
      ...Object.fromEntries(keys.map(([name, ids]) => [name, ids.join()])),
    },
  }
}

/** `id:` and the beginning of the hash, since another key may come under the same id. */
function keysOf(record: TenantRecord | undefined): ReadonlySet<string> {
  const read = record === undefined ? undefined : readTenantRecord(record)
  if (read?.status !== 'read' || read.config === null) return new Set()
  const { credentials, directKeys } = read.config
  return new Set([
    ...credentials.map(({ id, sha256 }) => `${id}:${sha256.slice(0, 8)}`),
    ...directKeys.map(({ id, publicKey }) => `${id}:${publicKey.slice(0, 8)}`),
  ])
}
