import { parseTenantYaml } from '@pegel/tenancy'
import type { TenantConfig } from '@pegel/tenancy'

export interface Grouping {
  readonly name: string
  readonly groupBy: string
  readonly groupWait: string
  readonly groupInterval: string
}

export const GROUPINGS: readonly Grouping[] = [
  { name: 'each alert alone, group_wait 0', groupBy: "['...']", groupWait: '0s', groupInterval: '5m' },
  { name: 'by alertname, group_wait 5 s', groupBy: '[alertname]', groupWait: '5s', groupInterval: '20s' },
]

/** So many tenants with one route to a signed webhook, whose limit (6,000 a minute and tenant) is never reached. */
export function tenantsOf(
  count: number,
  url: string,
  { groupBy, groupWait, groupInterval }: Grouping,
): readonly TenantConfig[] {
  const route = `{ receiver: team, group_by: ${groupBy}, group_wait: ${groupWait}, group_interval: ${groupInterval} }`
  const channel = `{ name: post, type: webhook, url: '${url}', secret: 'env:HOOK', rate_limit_per_minute: 6000 }`
  return Array.from({ length: count }, (_, index) => {
    const yaml = `tenant: t${index}\nalerting:\n  channels: [${channel}]\n  receivers: [{ name: team, channels: [post] }]\n  route: ${route}\n`
    const parsed = parseTenantYaml(yaml, 'bench.yaml')
    if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join())
    return { ...parsed.config, version: 1 }
  })
}
