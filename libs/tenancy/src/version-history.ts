import type { TenantConfig } from './tenant-config.ts'

export interface Version {
  readonly version: number
  readonly publishedAtMs: number
  /** Null: the tenant is deleted from this version on. */
  readonly config: TenantConfig | null
}

/**
 * From its publication until a version is in force by time (`asOf`). Long enough that every process has read it
 * by then, so that which version judges a record depends on the two append times alone, never on who reads when.
 */
export const SETTLE_MS = 5000

/** `ingest` keeps 7 days; a version superseded longer ago (and a day more) can no longer be named by any record. */
const KEEP_SUPERSEDED_MS = 8 * 86_400_000

/** The versions of one tenant, ascending. Few: one a change within the retention of `ingest`. */
export class VersionHistory {
  #versions: Version[] = []
  #newestSeen = 0
  readonly #unreadable = new Set<number>()

  get current(): Version | undefined {
    return this.#versions.at(-1)
  }

  add(version: Version): void {
    this.#newestSeen = Math.max(this.#newestSeen, version.version)
    this.#unreadable.delete(version.version)
    const others = this.#versions.filter((known) => known.version !== version.version)
    this.#versions = [...others, version].sort((a, b) => a.version - b.version)
    this.#dropSuperseded()
  }

  addUnreadable(version: number): void {
    this.#unreadable.add(version)
  }

  /** The newest one always stays: a tombstone for it would be a mistake that must not delete a tenant. */
  forget(version: number): void {
    this.#unreadable.delete(version)
    this.#versions = this.#versions.filter((known) => known.version !== version || known === this.current)
  }

  get(version: number): Version | undefined {
    return this.#versions.find((known) => known.version === version)
  }

  /** Newer than what has been read. */
  isNewer(version: number): boolean {
    return version > this.#newestSeen
  }

  /** Not readable by this program: whoever names it has to wait. */
  isUnreadable(version: number): boolean {
    return this.#unreadable.has(version)
  }

  /** The newest version that was published at least SETTLE_MS before; the first one at once; undefined before that. */
  asOf(timeMs: number): Version | undefined {
    const settled = this.#versions.findLast((known) => known.publishedAtMs + SETTLE_MS <= timeMs)
    return settled ?? this.#versions.find((known) => known.publishedAtMs <= timeMs)
  }

  #dropSuperseded(): void {
    const horizon = (this.current?.publishedAtMs ?? 0) - KEEP_SUPERSEDED_MS
    this.#versions = this.#versions.filter((_, index, all) => {
      const successor = all[index + 1]
      return successor === undefined || successor.publishedAtMs >= horizon
    })
  }
}
