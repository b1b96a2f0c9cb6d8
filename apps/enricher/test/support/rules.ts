import { parseTenantYaml } from '@pegel/tenancy'
import { compileTenant } from '../../src/tenant-rules.ts'
import type { TenantRules } from '../../src/tenant-rules.ts'

/** @param more lines of the tenant's file */
export function rulesOf(tenant: string, version: number, more = ''): TenantRules {
  const parsed = parseTenantYaml(`tenant: ${tenant}\n${more}`, 'test')
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  return compileTenant({ ...parsed.config, version })
}
