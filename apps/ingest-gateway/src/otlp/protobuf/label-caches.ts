import type { TenantConfig } from '@pegel/tenancy'
import { LabelCache } from './label-cache.ts'

/**
 * The label caches of all tenants, bounded together. When they outgrow the bound, the largest starts anew: a tenant whose labels
 * change all the time costs itself its cache, not the others.
 */
export class LabelCaches {
  readonly #maxSize: number
  readonly #caches = new Map<string, LabelCache>()

  constructor(maxSize: number) {
    this.#maxSize = maxSize
  }

  get size(): number {
    let size = 0
    for (const cache of this.#caches.values()) size += cache.size
    return size
  }

  /** The cache of a tenant; a new one when its limits have changed, since entries hold what the limits say of them. */
  of({ tenant, limits }: TenantConfig): LabelCache {
    const known = this.#caches.get(tenant)
    if (known?.limits === limits) return known
    const made = new LabelCache(limits)
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
