import type { TenantConfig, TenantLimits } from '@pegel/tenancy'

/** What a decoder keeps of one tenant under one set of limits. */
export interface TenantCache {
  readonly limits: TenantLimits
  /** Entries that it holds. */
  readonly size: number
}

/** Room is made down to this share of the bound. */
const LOW_WATER = 0.9

/**
 * The caches of all tenants, bounded together. When they outgrow the bound, the largest start anew: a tenant whose labels
 * change all the time costs itself its cache, not the others.
 */
export class TenantCaches<C extends TenantCache> {
  readonly #maxSize: number
  readonly #make: (limits: TenantLimits) => C
  readonly #caches = new Map<string, C>()
  /** Of all caches but for what the last one has grown since it was handed out. */
  #size = 0
  #last: C | undefined
  #lastSize = 0

  constructor(maxSize: number, make: (limits: TenantLimits) => C) {
    this.#maxSize = maxSize
    this.#make = make
  }

  get size(): number {
    this.#settle()
    return this.#size
  }

  /**
   * The cache of a tenant; a new one when its limits have changed, since entries hold what the limits say of them. To be filled before the next
   * call: that one holds the bound, whatever became of the request.
   */
  of({ tenant, limits }: TenantConfig): C {
    this.#settle()
    this.#trim()
    const known = this.#caches.get(tenant)
    const cache = known?.limits === limits ? known : this.#renew(tenant, limits)
    this.#last = cache
    this.#lastSize = cache.size
    return cache
  }

  #renew(tenant: string, limits: TenantLimits): C {
    this.#forget(tenant)
    const made = this.#make(limits)
    this.#caches.set(tenant, made)
    return made
  }

  #settle(): void {
    if (this.#last === undefined) return
    this.#size += this.#last.size - this.#lastSize
    this.#lastSize = this.#last.size
  }

  /** Looking through the caches of ten thousand tenants costs as much as a request: so room is made for many requests at once. */
  #trim(): void {
    if (this.#size <= this.#maxSize) return
    const largestFirst = [...this.#caches].sort(([, one], [, other]) => other.size - one.size)
    for (const [tenant] of largestFirst) {
      this.#forget(tenant)
      if (this.#size <= this.#maxSize * LOW_WATER) return
    }
  }

  #forget(tenant: string): void {
    const cache = this.#caches.get(tenant)
    if (cache === undefined) return
    this.#caches.delete(tenant)
    this.#size -= cache.size
    if (this.#last === cache) this.#last = undefined
  }
}
