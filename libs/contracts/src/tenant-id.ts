/** A tenant id, checked wherever a tenant enters. Kafka keys, index and bucket names are built from it, so it holds no separator. */
export const TENANT_ID = /^[a-z0-9][a-z0-9_]{0,62}$/

/** Reserved for Pegel's own data and for events with no known tenant. */
export const PEGEL_TENANT = 'pegel'

/** The label that carries the authenticated tenant in every backend; only the enricher writes it. */
export const TENANT_LABEL = 'tenant'

/** Where a client's own `tenant` label goes. */
export const EXPORTED_TENANT_LABEL = 'exported_tenant'

export function isTenantId(value: string): boolean {
  return TENANT_ID.test(value)
}
