import type { TenantConfig } from './tenant-config.ts'

/**
 * What is known of a tenant at a version. `behind`: that version is not read yet, wait and ask again; `unknown`: everything that was
 * published by the time of the question has been read since, and it was not there.
 */
export type TenantLookup =
  | { readonly status: 'active'; readonly config: TenantConfig }
  | { readonly status: 'deleted' }
  | { readonly status: 'unknown' }
  | { readonly status: 'behind' }

/** Who a key may act for, current versions only. */
export interface KeyHolder {
  readonly credentialId: string
  readonly tenants: readonly string[]
}

/** Read side of the tenants' settings, in memory, kept current from the compacted topic. */
export interface TenantDirectory {
  /** The newest version. */
  current(tenant: string): TenantLookup
  /** The version that a batch names. `behind` when it is newer than what has been read; `deleted` when the tenant has been deleted since. */
  at(tenant: string, version: number): TenantLookup
  /** As `at`, but what has become of the tenant since does not matter: the enricher must give the same output whenever it is asked. */
  exact(tenant: string, version: number): TenantLookup
  /**
   * The version in force at a time of Kafka's clock: the newest that had been published SETTLE_MS before, or else the first one.
   * Depends on append times alone, so that a redelivered record without a version of its own meets the same one again, provided
   * that SETTLE_MS have passed since then (until then a version may still be on its way to this process).
   */
  asOf(tenant: string, timeMs: number): TenantLookup
  /** Constant-time in the key: looks its SHA-256 up. Undefined when nobody has it. */
  authenticate(key: string): KeyHolder | undefined
  /** All active tenants, newest versions. */
  all(): readonly TenantConfig[]
  /** Called with each new version that becomes current (also deletions, as undefined). Returns the unsubscriber. */
  onChange(listener: (tenant: string, config: TenantConfig | undefined) => void): () => void
  /** True after the topic was read to its end. */
  readonly ready: boolean
}
