import { PEGEL_TENANT } from '@pegel/contracts'
import type { TenantConfig } from './tenant-config.ts'
import { tenantFileSchema, toConfig } from './tenant-schema.ts'

/** The reserved tenant's settings while it has no file of its own; one may give it credentials, limits and routes for Pegel's own alerts. */
export const PEGEL_CONFIG: TenantConfig = {
  ...toConfig(tenantFileSchema.parse({ tenant: 'defaults' }), 0),
  tenant: PEGEL_TENANT,
}
