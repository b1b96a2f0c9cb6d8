import type { TenantConfig } from '@pegel/tenancy'

/** The bucket of all tenants with placement `shared`. A hyphen is in no tenant id, so no tenant's own bucket can have this name. */
export const SHARED_BUCKET = 'pegel-shared'

export function bucketOf({ tenant, placement }: Pick<TenantConfig, 'tenant' | 'placement'>): string {
  return placement === 'dedicated' ? `pegel_${tenant}` : SHARED_BUCKET
}
