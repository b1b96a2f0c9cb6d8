import { isBlock } from './block-store.ts'
import type { PointGroup, SeriesRun } from './metric-batch.ts'
import { placeOf } from './run-view.ts'
import type { CacheEntry } from './series-shard.ts'
import { SeriesShard } from './series-shard.ts'
import { hashOf } from './words.ts'
import { InternedGroups } from './interned-groups.ts'
import type { InternedGroup } from './interned-groups.ts'

export interface SeriesCacheOptions<T> {
  /** Bound on what is kept: identities, values, and an allowance for the entry itself. Default 64 MiB. */
  readonly maxBytes?: number
  /** Default 500,000. */
  readonly maxEntries?: number
  /** Bytes of a value; default 0. */
  readonly sizeOf?: (value: T) => number
}

/** Counts since the cache was made, and what it holds now; for metrics, read per batch. */
export interface SeriesCacheStats {
  readonly hits: number
  readonly misses: number
  readonly evictions: number
  /** Lookups that met another series of the same fingerprint. */
  readonly collisions: number
  readonly entries: number
  readonly bytes: number
}

/** An entry, its place in a map and an interned group's share, measured roughly. */
const ENTRY_BYTES = 200
/** Series of one fingerprint that are kept at a time. One in 2^64 pairs is chance; more is somebody's intent. */
const MAX_CHAIN = 8
/** Eviction goes on to this share of the limits, so that it is rare. */
const LOW_WATER = 0.9

/**
 * What a stage made of each series (a rendering, a number, state), by tenant and fingerprint. Every hit compares the bytes of
 * the whole identity, group and series, so that two series never share an entry. When it is full, the tenant that
 * holds most gives way, with what it has not used lately: no tenant can flush another's series.
 */
export class SeriesCache<T> {
  readonly #maxBytes: number
  readonly #maxEntries: number
  readonly #sizeOf: (value: T) => number
  readonly #tenants = new Map<string, SeriesShard<T>>()
  readonly #groups = new InternedGroups()
  #lastTenant: string | undefined
  #lastShard: SeriesShard<T> | undefined
  #lastGroup: PointGroup | undefined
  #lastInterned: InternedGroup | undefined
  #entries = 0
  #entryBytes = 0
  #hits = 0
  #misses = 0
  #evictions = 0
  #collisions = 0

  constructor(options: SeriesCacheOptions<T> = {}) {
    this.#maxBytes = options.maxBytes ?? 64 * 1024 * 1024
    this.#maxEntries = options.maxEntries ?? 500_000
    this.#sizeOf = options.sizeOf ?? (() => 0)
  }

  /** What was set for this series of this tenant, if it is still there. */
  get(tenant: string, run: SeriesRun): T | undefined {
    const shard = this.#shard(tenant)
    const group = this.#internedGroup(run.group)
    const entry = shard === undefined || group === undefined ? undefined : this.#find(shard, group, run)
    if (entry === undefined) {
      this.#misses++
      return undefined
    }
    this.#hits++
    return entry.value
  }

  /** Keeps a value; copies the identity, so that the batch it came with can be freed. */
  set(tenant: string, run: SeriesRun, value: T): void {
    let shard = this.#shard(tenant)
    if (shard === undefined) {
      shard = new SeriesShard<T>()
      this.#tenants.set(tenant, shard)
      this.#lastTenant = undefined
    }
    const known = this.#internedGroup(run.group)
    const old = known === undefined ? undefined : this.#find(shard, known, run)
    const group = known === undefined ? this.#groups.acquire(run.group) : this.#groups.reuse(known)
    this.#lastInterned = group
    if (old !== undefined) {
      shard.remove(old)
      this.#account(old)
    }
    const block = shard.copy(run.block)
    const bytes = ENTRY_BYTES + block.size + this.#sizeOf(value)
    this.#entries++
    this.#entryBytes += bytes
    const dropped = shard.add(
      {
        key: keyOf(run, group),
        hi: run.fingerprintHi,
        group,
        block,
        bytes,
        value,
        used: false,
        next: undefined,
        after: undefined,
        removed: false,
      },
      MAX_CHAIN,
    )
    if (dropped !== undefined) this.#evicted(dropped)
    this.#evict()
  }

  getOrCreate(tenant: string, run: SeriesRun, create: (run: SeriesRun) => T): T {
    const found = this.get(tenant, run)
    if (found !== undefined) return found
    const value = create(run)
    this.set(tenant, run, value)
    return value
  }

  /** Forgets a tenant's series: when it was deleted, or when what was made depends on settings that changed. */
  forget(tenant: string): void {
    const shard = this.#tenants.get(tenant)
    this.#tenants.delete(tenant)
    this.#lastTenant = undefined
    for (const entry of shard?.all() ?? []) this.#account(entry)
  }

  get stats(): SeriesCacheStats {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      collisions: this.#collisions,
      entries: this.#entries,
      bytes: this.#entryBytes + this.#groups.bytes,
    }
  }

  #find(shard: SeriesShard<T>, group: InternedGroup, run: SeriesRun): CacheEntry<T> | undefined {
    const { view, start, end } = placeOf(run)
    const { fingerprintHi: hi } = run
    // Series come in the same order batch after batch: mostly this spares the map, and the hash of one without a fingerprint.
    const guess = shard.guess()
    if (guess?.hi === hi && guess.group === group && isBlock(guess.block, view, start, end)) {
      shard.found(guess)
      return guess
    }
    for (let entry = shard.first(keyOf(run, group)); entry !== undefined; entry = entry.next) {
      if (entry.hi !== hi) continue
      if (entry.group === group && isBlock(entry.block, view, start, end)) {
        shard.found(entry)
        return entry
      }
      this.#collisions++
    }
    return undefined
  }

  #shard(tenant: string): SeriesShard<T> | undefined {
    if (tenant !== this.#lastTenant) {
      this.#lastShard = this.#tenants.get(tenant)
      this.#lastTenant = tenant
    }
    return this.#lastShard
  }

  /** Runs of one group follow each other: its block is looked up once. */
  #internedGroup(group: PointGroup): InternedGroup | undefined {
    if (group !== this.#lastGroup) {
      this.#lastInterned = this.#groups.find(group)
      this.#lastGroup = group
    }
    return this.#lastInterned
  }

  #account(entry: CacheEntry<T>): void {
    this.#entries--
    this.#entryBytes -= entry.bytes
    if (this.#groups.release(entry.group)) this.#lastGroup = undefined
  }

  #evicted(entry: CacheEntry<T>): void {
    this.#account(entry)
    this.#evictions++
  }

  #evict(): void {
    if (this.#fits(1)) return
    while (!this.#fits(LOW_WATER)) {
      const [tenant, shard] = this.#largest()
      shard.sweep(
        () => this.#fits(LOW_WATER),
        (entry) => this.#evicted(entry),
      )
      shard.compact()
      if (shard.size > 0) continue
      this.#tenants.delete(tenant)
      this.#lastTenant = undefined
    }
  }

  #fits(share: number): boolean {
    const bytes = this.#entryBytes + this.#groups.bytes
    return this.#entries <= this.#maxEntries * share && bytes <= this.#maxBytes * share
  }

  #largest(): [string, SeriesShard<T>] {
    return [...this.#tenants].reduce((most, next) => (next[1].bytes > most[1].bytes ? next : most))
  }
}

/** A small integer, which Map finds fastest. A run without a fingerprint is found by a hash of its blocks. */
function keyOf(run: SeriesRun, group: InternedGroup): number {
  if (run.fingerprintLo !== 0 || run.fingerprintHi !== 0) return run.fingerprintLo | 0
  const { view, start, end } = placeOf(run)
  return hashOf(view, start, end) ^ Math.imul(group.hash, 0x9e3779b1)
}
