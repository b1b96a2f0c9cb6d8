import type { KeyHolder } from './directory.ts'
import type { Credential } from './tenant-config.ts'

/** Hash of a key → who holds it. The same hash in several tenants' files makes a key for all of them. */
export class KeyRing {
  readonly #byHash = new Map<string, Map<string, string>>()
  readonly #byTenant = new Map<string, readonly Credential[]>()

  /** Sets the credentials of a tenant; those it had before and has no longer stop working at once. */
  replace(tenant: string, credentials: readonly Credential[]): void {
    for (const { sha256 } of this.#byTenant.get(tenant) ?? []) {
      const tenants = this.#byHash.get(sha256)
      tenants?.delete(tenant)
      if (tenants?.size === 0) this.#byHash.delete(sha256)
    }
    this.#byTenant.set(tenant, credentials)
    for (const { sha256, id } of credentials) {
      const tenants = this.#byHash.get(sha256) ?? new Map<string, string>()
      tenants.set(tenant, id)
      this.#byHash.set(sha256, tenants)
    }
  }

  /** @param sha256 lower-case hex. A lookup by hash leaks nothing about the key through its time. */
  holder(sha256: string): KeyHolder | undefined {
    const tenants = this.#byHash.get(sha256)
    if (tenants === undefined) return undefined
    const names = [...tenants.keys()].sort()
    return { credentialId: tenants.get(names[0] ?? '') ?? '', tenants: names }
  }
}
