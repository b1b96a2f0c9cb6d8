import type { TenantRecord } from '@pegel/contracts'

/** One version as it stands in the tenants topic. */
export interface PublishedVersion extends TenantRecord {
  readonly publishedAtMs: number
  readonly offset: number
}

export interface Change {
  readonly kind: 'create' | 'update' | 'restore' | 'delete'
  readonly record: TenantRecord
  /** Empty for a deletion. */
  readonly file: string
}

export interface Plan {
  readonly changes: readonly Change[]
  readonly unchanged: readonly string[]
  /** Published, not deleted and in no file: left as they are unless pruned. */
  readonly extra: readonly string[]
  /** Versions too old for any record to name: tombstoned. */
  readonly expired: readonly { readonly tenant: string; readonly version: number }[]
}

export interface PlanInput {
  readonly files: readonly { readonly tenant: string; readonly file: string; readonly text: string }[]
  readonly published: readonly PublishedVersion[]
  readonly prune: boolean
  readonly nowMs: number
}

/** `ingest` keeps 7 days; a day is added for clocks and for consumers that are behind. */
const KEEP_SUPERSEDED_MS = 8 * 86_400_000

/** What apply would do. Pure. A file is compared as text: a change of a comment is a new version, and harmless. */
export function planApply({ files, published, prune, nowMs }: PlanInput): Plan {
  const versions = Map.groupBy(published, ({ tenant }) => tenant)
  const newest = (tenant: string): PublishedVersion | undefined =>
    versions.get(tenant)?.reduce((a, b) => (b.version > a.version ? b : a))
  const changes: Change[] = []
  const unchanged: string[] = []
  for (const { tenant, file, text } of files) {
    const is = newest(tenant)
    if (is !== undefined && !is.deleted && is.yaml === text) {
      unchanged.push(tenant)
      continue
    }
    const kind = is === undefined ? 'create' : is.deleted ? 'restore' : 'update'
    const version = (is?.version ?? 0) + 1
    changes.push({ kind, file, record: { tenant, version, deleted: false, yaml: text, appliedAtMs: nowMs } })
  }
  const named = new Set(files.map(({ tenant }) => tenant))
  const extra = [...versions.keys()].filter((tenant) => !named.has(tenant) && newest(tenant)?.deleted === false).sort()
  if (prune) {
    for (const tenant of extra) {
      const version = (newest(tenant)?.version ?? 0) + 1
      changes.push({
        kind: 'delete',
        file: '',
        record: { tenant, version, deleted: true, yaml: '', appliedAtMs: nowMs },
      })
    }
  }
  const expired = [...versions.values()].flatMap((all) => expiredOf(all, nowMs))
  return { changes, unchanged, extra: prune ? [] : extra, expired }
}

function expiredOf(versions: readonly PublishedVersion[], nowMs: number): Plan['expired'] {
  const ordered = versions.toSorted((a, b) => a.version - b.version)
  return ordered.flatMap(({ tenant, version }, index) => {
    const successor = ordered[index + 1]
    return successor !== undefined && successor.publishedAtMs < nowMs - KEEP_SUPERSEDED_MS ? [{ tenant, version }] : []
  })
}
