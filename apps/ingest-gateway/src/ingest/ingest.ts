import { PointsWriter } from '@pegel/contracts'
import type { PointsChunk, ReasonCount } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../errors.ts'
import type { Batcher, BatchOrigin } from './batcher.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { RequestPoints } from './request-points.ts'
import type { RequestOutcome } from './request-points.ts'

/** A request of any protocol, from the moment its tenant is known and its bytes are there. */
export interface IngestRequest {
  readonly tenant: TenantConfig
  /** As it stands in the envelope, for example `otlp_http`. */
  readonly protocol: string
  readonly receivedAtMs: number
  /** Puts every data point of the request into `points`. May throw a PegelError such as otlp.malformed: then nothing of it is taken. */
  readonly decode: (points: RequestPoints) => void
}

export interface IngestAnswer {
  readonly received: number
  readonly accepted: number
  /** Refused for good, by reason; the sender must not send them again unchanged. */
  readonly refused: readonly ReasonCount[]
}

export interface IngestOptions {
  readonly batcher: Pick<Batcher<PointsChunk>, 'submit'>
  readonly limiter: RateLimiter
  readonly metrics: GatewayMetrics
  readonly log: Logger
  /** A clock in ms that never jumps. */
  readonly now?: () => number
}

/** decode → limits → Kafka, the same for every door. */
export class Ingest {
  readonly #options: IngestOptions
  readonly #now: () => number
  readonly #writer = new PointsWriter()

  constructor(options: IngestOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * Resolves when Kafka has every accepted point.
   * @throws gatewayErrors.rate_limited, kafka_unavailable, and what `decode` throws: nothing counts as taken then
   */
  async submit(request: IngestRequest): Promise<IngestAnswer> {
    const { tenant } = request
    const { metrics } = this.#options
    this.#limitRate(tenant, 0)
    const points = new RequestPoints({
      limits: tenant.limits,
      receivedAtMs: request.receivedAtMs,
      writer: this.#writer,
    })
    request.decode(points)
    const outcome = points.finish()
    const { accepted, refused } = outcome
    this.#limitRate(tenant, accepted)
    await this.#send(request, outcome)
    metrics.accepted(tenant.tenant, accepted)
    metrics.refused(tenant.tenant, refused)
    return { accepted, refused, received: refused.reduce((sum, { count }) => sum + count, accepted) }
  }

  /** With 0 points: turns a tenant in debt away before its request is decoded. */
  #limitRate({ tenant, limits }: TenantConfig, points: number): void {
    const { limiter, metrics } = this.#options
    const waitMs = limiter.take(tenant, limits, points, this.#now())
    if (waitMs === 0) return
    metrics.shed(tenant, points)
    const retryAfterS = Math.ceil(waitMs / 1000)
    throw gatewayErrors.rate_limited({ tenant, pointsPerSecond: limits.pointsPerSecond, retryAfterS })
  }

  async #send({ tenant, protocol, receivedAtMs }: IngestRequest, outcome: RequestOutcome): Promise<void> {
    const { batcher, limiter, metrics, log } = this.#options
    if (outcome.accepted === 0 && outcome.refused.length === 0) return
    const origin: BatchOrigin = { tenant: tenant.tenant, configVersion: tenant.version, protocol }
    try {
      await batcher.submit(origin, outcome, receivedAtMs)
    } catch (error) {
      limiter.giveBack(tenant.tenant, outcome.accepted)
      metrics.unconfirmed(tenant.tenant, outcome.accepted)
      if (!isRetryable(error)) {
        log.error('points could not be sent', { tenant_id: tenant.tenant, error })
        throw gatewayErrors.internal({}, error)
      }
      const problem = error instanceof PegelError ? error.code : messageOf(error)
      throw gatewayErrors.kafka_unavailable({ problem, retryAfterS: 1 }, error)
    }
  }
}
