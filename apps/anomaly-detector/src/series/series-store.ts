import { freshState, release } from './series-state.ts'
import type { SeriesState } from './series-state.ts'
import { keyOf } from '../watch/identity.ts'
import type { WatchedIdentity } from '../watch/identity.ts'

export interface StoreOptions {
  /** Over all tenants. */
  readonly maxSeries: number
  /** What is not kept any more, before it is forgotten. */
  readonly onEvicted: (state: SeriesState) => void
}

export interface OpenRequest {
  readonly identity: WatchedIdentity
  readonly partition: number
  /** Source record that brings the first point. */
  readonly offset: number
  readonly appendMs: number
  /** Of the tenant. */
  readonly maxSeries: number
}

/** `collision`: another series has this fingerprint; `tenant_limit`: none of the tenant's series is idle. */
export type Opened = { readonly state: SeriesState } | { readonly refused: 'collision' | 'tenant_limit' }

/** So long silent, a series may give its place to a new one of its tenant. Less, and too many series would push each other out for ever. */
const IDLE_MS = 600_000
const LOOK_AGAIN_MS = 60_000

/**
 * The series of one assignment, by tenant. At a tenant's own limit an idle series makes room, or the new one is refused; at the process'
 * limit the tenant that holds most loses what it has not seen for longest, so that no tenant flushes another's.
 */
export class SeriesStore {
  readonly #options: StoreOptions
  readonly #tenants = new Map<string, Map<string, SeriesState>>()
  readonly #fullUntil = new Map<string, number>()
  #size = 0
  #clock = 0

  constructor(options: StoreOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#size
  }

  sizeOf(tenant: string): number {
    return this.#tenants.get(tenant)?.size ?? 0
  }

  states(tenant: string): Iterable<SeriesState> {
    return this.#tenants.get(tenant)?.values() ?? []
  }

  find(identity: WatchedIdentity): SeriesState | undefined {
    const state = this.#tenants.get(identity.tenant)?.get(keyOf(identity))
    return state?.identity.digest === identity.digest ? state : undefined
  }

  knows({ tenant, fingerprint }: Pick<WatchedIdentity, 'tenant' | 'fingerprint'>): boolean {
    return this.#tenants.get(tenant)?.has(keyOf({ tenant, fingerprint })) === true
  }

  /** Takes a state that was stored. */
  restore(state: SeriesState): void {
    this.#add(state)
  }

  /** The state of a series, a new one when there is none. */
  open(request: OpenRequest): Opened {
    const { identity, partition, offset, appendMs } = request
    const known = this.#tenants.get(identity.tenant)?.get(keyOf(identity))
    if (known !== undefined) {
      if (known.identity.digest !== identity.digest) return { refused: 'collision' }
      this.touch(known)
      return { state: known }
    }
    if (this.sizeOf(identity.tenant) >= request.maxSeries && !this.#makeRoom(request))
      return { refused: 'tenant_limit' }
    const state = freshState(identity, { partition, offset: offset - 1, appendMs })
    this.touch(state)
    this.#add(state)
    return { state }
  }

  /** It was seen: others go before it. */
  touch(state: SeriesState): void {
    state.seen = this.#clock += 1
  }

  /** Forgets a state without a word. */
  remove(state: SeriesState): void {
    const { tenant } = state.identity
    const shard = this.#tenants.get(tenant)
    if (state.dead || shard?.delete(keyOf(state.identity)) !== true) return
    release(state)
    this.#size -= 1
    if (shard.size === 0) this.#tenants.delete(tenant)
  }

  /** Nothing of it is to be used any more. */
  close(): void {
    for (const shard of this.#tenants.values()) for (const state of shard.values()) release(state)
    this.#tenants.clear()
    this.#size = 0
  }

  #add(state: SeriesState): void {
    const { tenant } = state.identity
    const shard = this.#tenants.get(tenant) ?? new Map<string, SeriesState>()
    this.#tenants.set(tenant, shard)
    shard.set(keyOf(state.identity), state)
    this.#size += 1
    while (this.#size > this.#options.maxSeries) this.#evictFromLargest(state)
  }

  /** Everything of the tenant that is idle goes at once. Looking for it costs a walk over all, so it is done once a minute. */
  #makeRoom({ identity: { tenant }, appendMs }: OpenRequest): boolean {
    if (appendMs < (this.#fullUntil.get(tenant) ?? 0)) return false
    const idle = [...this.states(tenant)].filter(({ lastAppendMs }) => appendMs - lastAppendMs >= IDLE_MS)
    for (const state of idle) this.#evict(state)
    if (idle.length === 0) this.#fullUntil.set(tenant, appendMs + LOOK_AGAIN_MS)
    return idle.length > 0
  }

  /** Looking for the least recently seen costs a walk over all, so a hundredth of the limit goes at a time. */
  #evictFromLargest(newest: SeriesState): void {
    const others = [...this.#tenants.values()].filter((shard) => shard.size > 1 || !shard.has(keyOf(newest.identity)))
    const largest = others.reduce((most, next) => (next.size > most.size ? next : most))
    const states = [...largest.values()].filter((state) => state !== newest).sort((a, b) => a.seen - b.seen)
    const count = Math.max(this.#size - this.#options.maxSeries, Math.floor(this.#options.maxSeries / 100))
    for (const state of states.slice(0, count)) this.#evict(state)
  }

  #evict(state: SeriesState): void {
    this.#options.onEvicted(state)
    this.remove(state)
  }
}
