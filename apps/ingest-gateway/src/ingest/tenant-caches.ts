import type { TenantConfig, TenantLimits } from '@pegel/tenancy'

/** What a decoder keeps of one tenant under one set of limits. */
export interface TenantCache {
  readonly limits: TenantLimits
  /** Entries that it holds. */
  readonly size: number
}

/**
 * The caches of all tenants, bounded together. When they outgrow the bound, the largest starts anew: a tenant whose labels
 * change all the time costs itself its cache, not the others.
 */
export class TenantCaches<C extends TenantCache> {
  readonly #maxSize: number
  readonly #make: (limits: TenantLimits) => C
  readonly #caches = new Map<string, C>()

  constructor(maxSize: number, make: (limits: TenantLimits) => C) {
    this.#maxSize = maxSize
    this.#make = make
  }

  get size(): number {
    let size = 0
    for (const cache of this.#caches.values()) size += cache.size
    return size
  }

  /** The cache of a tenant; a new one when its limits have changed, since entries hold what the limits say of them. */
  of({ tenant, limits }: TenantConfig): C {
    const known = this.#caches.get(tenant)
    if (known?.limits === limits) return known
    const made = this.#make(limits)
    this.#caches.set(tenant, made)
    return made
  }

  /** Call now and then, for example after each request: holds the bound. */
  trim(): void {
    let size = this.size
    while (size > this.#maxSize) {
      let largest = ''
      let most = -1
      for (const [tenant, cache] of this.#caches) {
        if (cache.size > most) [largest, most] = [tenant, cache.size]
      }
      this.#caches.delete(largest)
      size -= most
    }
  }
}
