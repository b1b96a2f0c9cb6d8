import type { ErrorDetails, PegelError } from '@pegel/errors'
import type { TenantConfig, TenantLimits } from '@pegel/tenancy'
import { RateLimiter } from './rate-limiter.ts'
import type { Rate } from './rate-limiter.ts'

/** A rate that a tenant's file sets. */
export interface RateRule {
  /** Name of the setting: the reason in metrics and the ledger. Immutable. */
  readonly reason: string
  /** Of all gateways together. */
  rateOf(limits: TenantLimits): Rate
  error(details: RateDetails): PegelError
}

/** What the words of a refusal are made of. */
export interface RateDetails extends ErrorDetails {
  readonly tenant: string
  readonly limit: number
  readonly gateways: number
  readonly retryAfterS: number
}

/** A request beyond a rate. */
export interface OverRate {
  readonly reason: string
  readonly error: PegelError
}

/**
 * To say how many points it refuses a gateway must decode them. It does so up to this many times a tenant's rate; what comes beyond is turned
 * away unread, so that a flood costs its neighbours little.
 */
const READ_FACTOR = 4

/** One rate of all tenants: this gateway's share of it, since every live gateway lets in as much. */
export class TenantRate {
  readonly #rule: RateRule
  readonly #gateways: () => number
  readonly #taken = new RateLimiter()
  readonly #read = new RateLimiter()

  /** @param gateways how many share the rate now, at least 1 */
  constructor(rule: RateRule, gateways: () => number) {
    this.#rule = rule
    this.#gateways = gateways
  }

  /** Takes the amount and gives nothing, or takes nothing and says why. */
  take(tenant: TenantConfig, amount: number, nowMs: number): OverRate | undefined {
    return this.#over(tenant, this.#taken.take(tenant.tenant, this.#share(tenant), amount, nowMs))
  }

  giveBack(tenant: string, amount: number): void {
    this.#taken.giveBack(tenant, amount)
  }

  /** Why a request is not even read: its tenant is in debt, or has had too much read that was refused. */
  turnAway(tenant: TenantConfig, nowMs: number): OverRate | undefined {
    const inDebt = this.take(tenant, 0, nowMs)
    return inDebt ?? this.#over(tenant, this.#read.take(tenant.tenant, this.#share(tenant, READ_FACTOR), 0, nowMs))
  }

  /** Tells that an amount was read, whatever became of it. */
  hasRead(tenant: TenantConfig, amount: number, nowMs: number): void {
    this.#read.charge(tenant.tenant, this.#share(tenant, READ_FACTOR), amount, nowMs)
  }

  #share({ limits }: TenantConfig, factor = 1): Rate {
    const { perSecond, burst } = this.#rule.rateOf(limits)
    const share = factor / this.#gateways()
    return { perSecond: perSecond * share, burst: burst * share }
  }

  #over({ tenant, limits }: TenantConfig, waitMs: number): OverRate | undefined {
    if (waitMs === 0) return undefined
    const { perSecond: limit } = this.#rule.rateOf(limits)
    const details = { tenant, limit, gateways: this.#gateways(), retryAfterS: Math.ceil(waitMs / 1000) }
    return { reason: this.#rule.reason, error: this.#rule.error(details) }
  }
}
