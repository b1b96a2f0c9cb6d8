import { readTenantRecord } from '@pegel/tenancy'
import type { TenantConfig } from '@pegel/tenancy'
import { formatTable } from '../table.ts'
import type { Change, Plan, PublishedVersion } from './plan.ts'

const SIGNS: Readonly<Record<Change['kind'], string>> = { create: '+', update: '~', restore: '+', delete: '-' }

/** The plan as a list, one line a tenant. */
export function formatPlan(plan: Plan): string {
  const lines = plan.changes.map(
    ({ kind, record, file }) =>
      `${SIGNS[kind]} ${kind} ${record.tenant} version ${record.version}${file === '' ? '' : ` from ${file}`}`,
  )
  lines.push(...plan.extra.map((tenant) => `? ${tenant} is published and in no file; --prune deletes it`))
  const forgotten = plan.expired.length === 0 ? '' : `, ${plan.expired.length} old versions forgotten`
  lines.push(`${plan.changes.length} to publish, ${plan.unchanged.length} unchanged${forgotten}`)
  return `${lines.join('\n')}\n`
}

/** Newest version of every tenant. */
export function formatTenants(versions: readonly PublishedVersion[]): string {
  const newest = [...Map.groupBy(versions, ({ tenant }) => tenant).values()].flatMap(
    (all) => all.toSorted((a, b) => b.version - a.version)[0] ?? [],
  )
  const rows = newest
    .toSorted((a, b) => a.tenant.localeCompare(b.tenant))
    .map((version) => {
      const read = readTenantRecord(version)
      const published = new Date(version.publishedAtMs).toISOString()
      if (read.status === 'unreadable') return [version.tenant, version.version, 'unreadable', published]
      if (read.config === null) return [version.tenant, version.version, 'deleted', published]
      return [version.tenant, version.version, 'active', published, ...describe(read.config)]
    })
  return formatTable(['TENANT', 'VERSION', 'STATE', 'PUBLISHED', 'KEYS', 'DIRECT', 'RULES', 'PLACEMENT', 'SINKS'], rows)
}

function describe(config: TenantConfig): readonly string[] {
  const { credentials, directKeys, rules, placement, sinks } = config
  return [...[credentials, directKeys, rules].map((list) => String(list.length)), placement, sinks.join(',')]
}
