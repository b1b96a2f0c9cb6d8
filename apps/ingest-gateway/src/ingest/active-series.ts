import type { TenantConfig } from '@pegel/tenancy'
import { RateLimiter } from './rate-limiter.ts'
import type { SeriesGate } from './series-gate.ts'
import { SeriesTable, WINDOW_TICKS } from './series-table.ts'

export interface ActiveSeriesOptions {
  /** A series counts as active for so long after its last point, and up to an eighth longer. */
  readonly windowMs: number
  /** Series of all tenants that are kept; beyond it new ones are let in uncounted. Their tenants' limits are the operator's to choose. */
  readonly maxTracked: number
}

/** What is known of a tenant. */
interface Counted {
  readonly table: SeriesTable
  tick: number
  /** Of SeriesLabels.admittedAt: changes with the tick, and when series were taken back. */
  stamp: number
}

const MAX_STAMP = 2 ** 31 - 1

/**
 * The active series of all tenants, and who may bring new ones. Each gateway counts by itself, since any series may come to any gateway: the
 * whole limit holds in each.
 */
export class ActiveSeries {
  readonly #options: ActiveSeriesOptions
  readonly #tables = new Map<string, Counted>()
  readonly #newSeries = new RateLimiter()
  #lastStamp = 0
  #tracked = 0
  #untracked = 0

  constructor(options: ActiveSeriesOptions) {
    this.#options = options
  }

  /** Of a tenant, as of the last request or sweep. */
  active(tenant: string): number {
    return this.#tables.get(tenant)?.table.active ?? 0
  }

  /** Of all tenants. */
  get tracked(): number {
    return this.#tracked
  }

  /** Series that were let in uncounted so far, each once a tick. */
  get untracked(): number {
    return this.#untracked
  }

  tenants(): Iterable<string> {
    return this.#tables.keys()
  }

  /** @param nowMs of a clock that never jumps */
  gate({ tenant, limits }: TenantConfig, nowMs: number): SeriesGate {
    const counted = this.#counted(tenant, this.#tickOf(nowMs))
    const { table, stamp } = counted
    const rate = { perSecond: limits.newSeriesPerSecond, burst: limits.burstNewSeries }
    const fresh: number[] = []
    return {
      stamp,
      admit: (series) => {
        const { fingerprintHi: hi, fingerprintLo: lo } = series
        if (!table.touch(hi, lo)) {
          if (table.active >= limits.maxActiveSeries) return 'max_active_series'
          if (this.#newSeries.take(tenant, rate, 1, nowMs) > 0) return 'new_series_per_second'
          if (this.#tracked >= this.#options.maxTracked) this.#untracked += 1
          else {
            table.add(hi, lo)
            this.#tracked += 1
            fresh.push(hi, lo)
          }
        }
        series.admittedAt = stamp
        return undefined
      },
      withdraw: () => {
        if (fresh.length === 0) return
        const count = fresh.length / 2
        this.#tracked -= count
        this.#newSeries.giveBack(tenant, count)
        for (let at = 0; at < fresh.length; at += 2) table.remove(fresh[at] ?? 0, fresh[at + 1] ?? 0)
        fresh.length = 0
        // Whatever was let in before must ask again: some of it is not counted any more.
        counted.stamp = this.#nextStamp()
      },
    }
  }

  /** Forgets what is old of tenants that send nothing any more. To be called now and then. */
  sweep(nowMs: number): void {
    const tick = this.#tickOf(nowMs)
    for (const [tenant, { table }] of this.#tables) {
      this.#advance(table, tick)
      if (table.active === 0) this.#tables.delete(tenant)
    }
  }

  #tickOf(nowMs: number): number {
    return Math.floor((nowMs * WINDOW_TICKS) / this.#options.windowMs)
  }

  #counted(tenant: string, tick: number): Counted {
    const known = this.#tables.get(tenant)
    if (known === undefined) {
      const made = { table: new SeriesTable(tick), tick, stamp: this.#nextStamp() }
      this.#tables.set(tenant, made)
      return made
    }
    this.#advance(known.table, tick)
    if (tick > known.tick) {
      known.tick = tick
      known.stamp = this.#nextStamp()
    }
    return known
  }

  #nextStamp(): number {
    this.#lastStamp = (this.#lastStamp + 1) & MAX_STAMP
    return this.#lastStamp
  }

  #advance(table: SeriesTable, tick: number): void {
    this.#tracked -= table.active
    table.advance(tick)
    this.#tracked += table.active
  }
}
