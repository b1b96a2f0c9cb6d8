import { PEGEL_TENANT } from '@pegel/contracts'
import type { TenantConfig } from './tenant-config.ts'
import { tenantFileSchema, toConfig } from './tenant-schema.ts'

/** The reserved tenant can have no file: Pegel's own events go by this, all defaults. Nobody has a key for it. */
export const PEGEL_CONFIG: TenantConfig = {
  ...toConfig(tenantFileSchema.parse({ tenant: 'defaults' }), 0),
  tenant: PEGEL_TENANT,
}
