import type { TenantLimits } from '@pegel/tenancy'

interface Bucket {
  tokens: number
  atMs: number
}

/** What a bucket holds and how fast it fills: of points, or of whatever is counted. */
export type Rate = Pick<TenantLimits, 'pointsPerSecond' | 'burstPoints'>

/**
 * Token buckets, one per tenant, in points. A request larger than the burst is let in when the bucket is full and leaves a debt:
 * refusing it would refuse it for ever, and the rate holds all the same.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>()

  /** Takes the points and gives 0, or takes nothing and gives the ms after which they would fit. */
  take(tenant: string, rate: Rate, points: number, nowMs: number): number {
    const bucket = this.#refill(tenant, rate, nowMs)
    const needed = Math.min(points, rate.burstPoints)
    if (bucket.tokens < needed) return Math.max(1, Math.ceil(((needed - bucket.tokens) * 1000) / rate.pointsPerSecond))
    bucket.tokens -= points
    return 0
  }

  /** Gives back what a request took that had to be turned away after all. */
  giveBack(tenant: string, points: number): void {
    const bucket = this.#buckets.get(tenant)
    if (bucket !== undefined) bucket.tokens += points
  }

  #refill(tenant: string, { pointsPerSecond, burstPoints }: Rate, nowMs: number): Bucket {
    const bucket = this.#buckets.get(tenant)
    if (bucket === undefined) {
      const full = { tokens: burstPoints, atMs: nowMs }
      this.#buckets.set(tenant, full)
      return full
    }
    const passedMs = Math.max(0, nowMs - bucket.atMs)
    bucket.tokens = Math.min(burstPoints, bucket.tokens + (passedMs * pointsPerSecond) / 1000)
    bucket.atMs = nowMs
    return bucket
  }
}
