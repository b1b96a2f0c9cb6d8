import { DEFAULT_ALERTING, DEFAULT_DETECTION, DEFAULT_LIMITS } from '@pegel/tenancy'
import type { SinkName, TenantConfig, TenantDirectory, TenantLookup } from '@pegel/tenancy'

/** A tenant's settings with everything at its default. */
export function tenantConfig(tenant: string, overrides: Partial<TenantConfig> = {}): TenantConfig {
  const sinks: readonly SinkName[] = ['prometheus', 'elasticsearch', 'influxdb']
  return {
    tenant,
    version: 1,
    credentials: [],
    directKeys: [],
    staticLabels: {},
    rules: [],
    limits: DEFAULT_LIMITS,
    placement: 'shared',
    sinks,
    detection: DEFAULT_DETECTION,
    alerting: DEFAULT_ALERTING,
    ...overrides,
  }
}

export interface FakeTenants extends TenantDirectory {
  /** Adds a version; the newest is current. */
  put(config: TenantConfig): void
  /** As `pegel tenants delete` does. */
  remove(tenant: string): void
}

/** A directory that is fed by hand: as good as the real one, without YAML and without Kafka. Versions of a tenant that was never put are `behind`. */
export function fakeTenants(configs: readonly TenantConfig[] = []): FakeTenants {
  const directory = new Directory()
  for (const config of configs) directory.put(config)
  return directory
}

type Listener = (tenant: string, config: TenantConfig | undefined) => void

class Directory implements FakeTenants {
  readonly ready = true
  readonly #versions = new Map<string, Map<number, TenantConfig>>()
  readonly #removed = new Set<string>()
  readonly #listeners = new Set<Listener>()

  put(config: TenantConfig): void {
    const versions = this.#versions.get(config.tenant) ?? new Map<number, TenantConfig>()
    versions.set(config.version, config)
    this.#versions.set(config.tenant, versions)
    this.#removed.delete(config.tenant)
    for (const listener of this.#listeners) listener(config.tenant, config)
  }

  remove(tenant: string): void {
    this.#removed.add(tenant)
    for (const listener of this.#listeners) listener(tenant, undefined)
  }

  current(tenant: string): TenantLookup {
    if (this.#removed.has(tenant)) return { status: 'deleted' }
    const newest = [...(this.#versions.get(tenant)?.values() ?? [])].sort((a, b) => b.version - a.version)[0]
    return newest === undefined ? { status: 'unknown' } : { status: 'active', config: newest }
  }

  at(tenant: string, version: number): TenantLookup {
    return this.#removed.has(tenant) ? { status: 'deleted' } : this.exact(tenant, version)
  }

  exact(tenant: string, version: number): TenantLookup {
    const versions = this.#versions.get(tenant)
    const config = versions?.get(version)
    if (config !== undefined) return { status: 'active', config }
    const newest = Math.max(0, ...(versions?.keys() ?? []))
    return { status: version > newest ? 'behind' : 'unknown' }
  }

  asOf(tenant: string): TenantLookup {
    return this.current(tenant)
  }

  authenticate(): undefined {
    return undefined
  }

  all(): readonly TenantConfig[] {
    return [...this.#versions.keys()].flatMap((tenant) => {
      const found = this.current(tenant)
      return found.status === 'active' ? [found.config] : []
    })
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
