/** What a bucket holds at most and how fast it fills, in whatever is counted. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/**
 * Token buckets, one per tenant. A request larger than the burst is let in when the bucket is full and leaves a debt: refusing it would
 * refuse it for ever, and the rate holds all the same.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>()

  /** Takes the amount and gives 0, or takes nothing and gives the ms after which it would fit. An amount of 0 fits unless there is a debt. */
  take(tenant: string, rate: Rate, amount: number, nowMs: number): number {
    const bucket = this.#refill(tenant, rate, nowMs)
    const waitMs = waitOf(bucket, rate, amount)
    if (waitMs === 0) bucket.tokens -= amount
    return waitMs
  }

  /** As `take`, and takes nothing. */
  wait(tenant: string, rate: Rate, amount: number, nowMs: number): number {
    return waitOf(this.#refill(tenant, rate, nowMs), rate, amount)
  }

  /** Takes the amount whether it fits or not; the debt is never more than the burst, so that it is soon made up for. */
  charge(tenant: string, rate: Rate, amount: number, nowMs: number): void {
    const bucket = this.#refill(tenant, rate, nowMs)
    bucket.tokens = Math.max(-rate.burst, bucket.tokens - amount)
  }

  /** Gives back what a request took that had to be turned away after all. */
  giveBack(tenant: string, amount: number): void {
    const bucket = this.#buckets.get(tenant)
    if (bucket !== undefined) bucket.tokens += amount
  }

  #refill(tenant: string, { perSecond, burst }: Rate, nowMs: number): Bucket {
    const bucket = this.#buckets.get(tenant)
    if (bucket === undefined) {
      const full = { tokens: burst, atMs: nowMs }
      this.#buckets.set(tenant, full)
      return full
    }
    const passedMs = Math.max(0, nowMs - bucket.atMs)
    bucket.tokens = Math.min(burst, bucket.tokens + (passedMs * perSecond) / 1000)
    bucket.atMs = nowMs
    return bucket
  }
}

function waitOf({ tokens }: Bucket, { burst, perSecond }: Rate, amount: number): number {
  const needed = Math.min(amount, burst)
  return tokens < needed ? Math.max(1, Math.ceil(((needed - tokens) * 1000) / perSecond)) : 0
}
