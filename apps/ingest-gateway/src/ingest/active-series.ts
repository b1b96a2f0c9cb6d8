import type { TenantConfig } from '@pegel/tenancy'
import type { SeriesLabels } from './labels.ts'
import { RateLimiter } from './rate-limiter.ts'
import { NEVER } from './series-gate.ts'
import type { SeriesGate } from './series-gate.ts'
import { SeriesTable, WINDOW_TICKS } from './series-table.ts'

export interface ActiveSeriesOptions {
  /** A series counts as active for so long after its last point, and up to an eighth longer. */
  readonly windowMs: number
  /** Series of all tenants that are kept; beyond it new ones are let in uncounted. Their tenants' limits are the operator's to choose. */
  readonly maxTracked: number
}

/**
 * The active series of all tenants, and who may bring new ones. Each gateway counts by itself, since any series may come to any gateway: the
 * whole limit holds in each.
 */
export class ActiveSeries {
  readonly #options: ActiveSeriesOptions
  readonly #tables = new Map<string, SeriesTable>()
  readonly #newSeries = new RateLimiter()
  #tracked = 0
  #untracked = 0

  constructor(options: ActiveSeriesOptions) {
    this.#options = options
  }

  /** Of a tenant, as of the last request or sweep. */
  active(tenant: string): number {
    return this.#tables.get(tenant)?.active ?? 0
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
    const tick = this.#tickOf(nowMs)
    const table = this.#table(tenant, tick)
    const rate = { perSecond: limits.newSeriesPerSecond, burst: limits.burstNewSeries }
    const fresh: SeriesLabels[] = []
    return {
      tick,
      admit: (series) => {
        const { fingerprintHi: hi, fingerprintLo: lo } = series
        if (!table.touch(hi, lo)) {
          if (table.active >= limits.maxActiveSeries) return 'max_active_series'
          if (this.#newSeries.take(tenant, rate, 1, nowMs) > 0) return 'new_series_per_second'
          if (this.#tracked >= this.#options.maxTracked) this.#untracked += 1
          else {
            table.add(hi, lo)
            this.#tracked += 1
            fresh.push(series)
          }
        }
        series.admittedAt = tick
        return undefined
      },
      withdraw: () => {
        this.#tracked -= fresh.length
        this.#newSeries.giveBack(tenant, fresh.length)
        for (const series of fresh.splice(0)) {
          table.remove(series.fingerprintHi, series.fingerprintLo)
          series.admittedAt = NEVER
        }
      },
    }
  }

  /** Forgets what is old of tenants that send nothing any more. To be called now and then. */
  sweep(nowMs: number): void {
    const tick = this.#tickOf(nowMs)
    for (const [tenant, table] of this.#tables) {
      this.#advance(table, tick)
      if (table.active === 0) this.#tables.delete(tenant)
    }
  }

  #tickOf(nowMs: number): number {
    return Math.floor((nowMs * WINDOW_TICKS) / this.#options.windowMs)
  }

  #table(tenant: string, tick: number): SeriesTable {
    const known = this.#tables.get(tenant)
    if (known !== undefined) {
      this.#advance(known, tick)
      return known
    }
    const made = new SeriesTable(tick)
    this.#tables.set(tenant, made)
    return made
  }

  #advance(table: SeriesTable, tick: number): void {
    this.#tracked -= table.active
    table.advance(tick)
    this.#tracked += table.active
  }
}
