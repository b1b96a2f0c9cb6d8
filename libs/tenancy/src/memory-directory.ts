import type { TenantRecord } from '@pegel/contracts'
import type { KeyHolder, TenantDirectory, TenantLookup } from './directory.ts'
import { KeyRing } from './key-ring.ts'
import { hashKey } from './keys.ts'
import { MissedVersions } from './missed-versions.ts'
import type { TenantConfig } from './tenant-config.ts'
import { readTenantRecord } from './tenant-yaml.ts'
import { VersionHistory } from './version-history.ts'

/** What became of a record that was applied. */
export type Applied =
  | { readonly status: 'current' | 'older'; readonly ignoredKeys: readonly string[] }
  /** This program cannot read it (written by a newer one, or damaged): its batches wait, the version before stays current. */
  | { readonly status: 'unreadable'; readonly problem: string }

/** Write side of the directory; whoever reads the tenants topic feeds it. */
export interface MemoryDirectory extends TenantDirectory {
  /** @param publishedAtMs append time of the record in the tenants topic */
  apply(record: TenantRecord, publishedAtMs: number): Applied
  /** A version that could not even be decoded. */
  applyUnreadable(tenant: string, version: number): void
  /** A tombstone: that version is older than anything that could name it. */
  forget(tenant: string, version: number): void
  markReady(): void
  /** Versions that were asked for and not found: `behind` until a look that begins after the question has ended, then `unknown`. */
  readonly missed: MissedVersions
}

export interface MemoryDirectoryOptions {
  /** A version was asked for that has not been read: see to a look. Without anybody who looks such a question is never answered. */
  readonly onMissed?: () => void
}

/** A directory held in memory. Pure: no clock, no I/O; the same records in the same order give the same answers. */
export function createMemoryDirectory({ onMissed = () => undefined }: MemoryDirectoryOptions = {}): MemoryDirectory {
  return new InMemory(new MissedVersions(onMissed))
}

type Listener = (tenant: string, config: TenantConfig | undefined) => void

class InMemory implements MemoryDirectory {
  ready = false
  readonly missed: MissedVersions
  readonly #tenants = new Map<string, VersionHistory>()
  readonly #keys = new KeyRing()
  readonly #listeners = new Set<Listener>()

  constructor(missed: MissedVersions) {
    this.missed = missed
  }

  apply(record: TenantRecord, publishedAtMs: number): Applied {
    const history = this.#history(record.tenant)
    const read = readTenantRecord(record)
    if (read.status === 'unreadable') {
      history.addUnreadable(record.version)
      return read
    }
    const before = history.current
    history.add({ version: record.version, publishedAtMs, config: read.config })
    const now = history.current
    if (now === before || now === undefined) return { status: 'older', ignoredKeys: read.ignoredKeys }
    this.#keys.replace(record.tenant, now.config?.credentials ?? [])
    for (const listener of this.#listeners) listener(record.tenant, now.config ?? undefined)
    return { status: 'current', ignoredKeys: read.ignoredKeys }
  }

  applyUnreadable(tenant: string, version: number): void {
    this.#history(tenant).addUnreadable(version)
  }

  forget(tenant: string, version: number): void {
    this.#tenants.get(tenant)?.forget(version)
  }

  markReady(): void {
    this.ready = true
  }

  current(tenant: string): TenantLookup {
    return lookup(this.#tenants.get(tenant)?.current)
  }

  at(tenant: string, version: number): TenantLookup {
    const history = this.#tenants.get(tenant)
    return history?.current?.config === null ? { status: 'deleted' } : this.exact(tenant, version)
  }

  exact(tenant: string, version: number): TenantLookup {
    const history = this.#tenants.get(tenant)
    const found = history?.get(version)
    if (found !== undefined) return lookup(found)
    if (history?.isUnreadable(version) === true) return { status: 'behind' }
    if (history !== undefined && !history.isNewer(version)) return { status: 'unknown' }
    return this.missed.isMissing(tenant, version) ? { status: 'unknown' } : { status: 'behind' }
  }

  asOf(tenant: string, timeMs: number): TenantLookup {
    return lookup(this.#tenants.get(tenant)?.asOf(timeMs))
  }

  authenticate(key: string): KeyHolder | undefined {
    return this.#keys.holder(hashKey(key))
  }

  all(): readonly TenantConfig[] {
    return [...this.#tenants.values()].flatMap((history) => history.current?.config ?? [])
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #history(tenant: string): VersionHistory {
    const known = this.#tenants.get(tenant)
    if (known !== undefined) return known
    const created = new VersionHistory()
    this.#tenants.set(tenant, created)
    return created
  }
}

function lookup(found: { readonly config: TenantConfig | null } | undefined): TenantLookup {
  if (found === undefined) return { status: 'unknown' }
  return found.config === null ? { status: 'deleted' } : { status: 'active', config: found.config }
}
