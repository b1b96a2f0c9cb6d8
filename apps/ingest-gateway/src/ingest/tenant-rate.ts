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
 * To say how many points it refuses a gateway must decode them. It does so up to this many times a tenant's rate. Of a tenant that sends more than
 * that it reads only what will probably be let in, so that a flood costs its neighbours little more than what it may send.
 */
const READ_FACTOR = 4
/** What is let in moves the usual size of a tenant's requests by this share; what is refused is the usual size at once. */
const USUAL_SHARE = 1 / 8

/** One rate of all tenants: this gateway's share of it, since every live gateway lets in as much. */
export class TenantRate {
  readonly #rule: RateRule
  readonly #gateways: () => number
  readonly #taken = new RateLimiter()
  /** What was read, and that together with what was probably in requests that were not. */
  readonly #read = new RateLimiter()
  readonly #sent = new RateLimiter()
  /** How much a tenant's requests hold, by those that were read. */
  readonly #usual = new Map<string, number>()

  /** @param gateways how many share the rate now, at least 1 */
  constructor(rule: RateRule, gateways: () => number) {
    this.#rule = rule
    this.#gateways = gateways
  }

  /** Takes the amount and gives nothing, or takes nothing and says why. */
  take(tenant: TenantConfig, amount: number, nowMs: number): OverRate | undefined {
    const waitMs = this.#taken.take(tenant.tenant, this.#share(tenant), amount, nowMs)
    const usual = this.#usual.get(tenant.tenant) ?? amount
    this.#usual.set(tenant.tenant, waitMs === 0 ? usual + (amount - usual) * USUAL_SHARE : amount)
    return this.#over(tenant, waitMs)
  }

  giveBack(tenant: string, amount: number): void {
    this.#taken.giveBack(tenant, amount)
  }

  /** Why a request is not even read: its tenant is in debt, has had too much read, or sends too much and one of its usual size does not fit now. */
  turnAway(tenant: TenantConfig, nowMs: number): OverRate | undefined {
    const { tenant: id } = tenant
    const readable = this.#share(tenant, READ_FACTOR)
    const usual = this.#usual.get(id) ?? 0
    const floods = this.#sent.wait(id, readable, 0, nowMs) > 0
    const waitMs = Math.max(
      this.#taken.wait(id, this.#share(tenant), floods ? usual : 0, nowMs),
      this.#read.wait(id, readable, 0, nowMs),
    )
    if (waitMs > 0) this.#sent.charge(id, readable, usual, nowMs)
    return this.#over(tenant, waitMs)
  }

  /** Tells that an amount was read, whatever became of it. */
  hasRead(tenant: TenantConfig, amount: number, nowMs: number): void {
    const readable = this.#share(tenant, READ_FACTOR)
    this.#read.charge(tenant.tenant, readable, amount, nowMs)
    this.#sent.charge(tenant.tenant, readable, amount, nowMs)
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
