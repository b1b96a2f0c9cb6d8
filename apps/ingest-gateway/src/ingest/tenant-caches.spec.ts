import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import { TenantCaches } from './tenant-caches.ts'
import type { TenantCache } from './tenant-caches.ts'

/** Counts how often anybody asks how large it is. */
class CountedCache implements TenantCache {
  readonly limits = DEFAULT_LIMITS
  entries = 0
  static asked = 0

  get size(): number {
    CountedCache.asked += 1
    return this.entries
  }
}

const configs = Array.from({ length: 1000 }, (_none, index) => tenantConfig(`t${index}`, { limits: DEFAULT_LIMITS }))

describe('TenantCaches', () => {
  it('does not look through all caches for each that has to go', () => {
    CountedCache.asked = 0
    const caches = new TenantCaches(5000, () => new CountedCache())
    for (const config of [...configs, ...configs]) {
      const cache = caches.of(config)
      cache.entries = 10
    }
    expect(caches.size).toBeLessThanOrEqual(5010)
    expect(caches.size).toBeGreaterThan(4400)
    // Each time some fifty of five hundred go.
    expect(CountedCache.asked / (2 * configs.length)).toBeLessThan(200)
  })

  it('gives up no more than it has to, the largest first', () => {
    const caches = new TenantCaches(100, () => new CountedCache())
    const sizes = [3, 60, 4, 50, 5]
    const made = sizes.map((entries, index) => {
      const cache = caches.of(configs[index] ?? tenantConfig('none'))
      cache.entries = entries
      return cache
    })
    const kept = sizes.map((_size, index) => caches.of(configs[index] ?? tenantConfig('none')) === made[index])
    expect(kept).toEqual([true, false, true, true, true])
  })
})
