import type { ReasonCount } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { TenantConfig, TenantLimits } from '@pegel/tenancy'
import { gatewayErrors } from '../errors.ts'
import type { Batcher, BatchOrigin } from './batcher.ts'
import type { Rate, RateLimiter } from './rate-limiter.ts'

/** A request of any protocol, from the moment its tenant is known and its bytes are there. */
export interface IntakeRequest<S> {
  readonly tenant: TenantConfig
  /** As it stands in the envelope, for example `otlp_http`. */
  readonly protocol: string
  readonly receivedAtMs: number
  /** Puts all of the request into `sink`. May throw a PegelError such as otlp.malformed: then nothing of it is taken. */
  readonly decode: (sink: S) => void
}

export interface IngestAnswer {
  readonly received: number
  readonly accepted: number
  /** Refused for good, by reason; the sender must not send them again unchanged. */
  readonly refused: readonly ReasonCount[]
}

/** What became of one request: chunks of what was accepted, in order. */
export interface IntakeOutcome<C> {
  readonly chunks: readonly C[]
  readonly accepted: number
  readonly refused: readonly ReasonCount[]
}

/** What is taken in: points or log events. */
export interface IntakeKind<S, C> {
  /** For the log. */
  readonly what: string
  /** Takes what a request's decoder tells, judged by the tenant's limits. */
  collect(limits: TenantLimits, receivedAtMs: number): S & { finish(): IntakeOutcome<C> }
  rateOf(limits: TenantLimits): Rate
  rateLimited(details: { readonly tenant: string; readonly retryAfterS: number } & Rate): PegelError
}

/** One call each, counted by tenant. */
export interface IntakeMetrics {
  accepted(tenant: string, count: number): void
  refused(tenant: string, refused: readonly ReasonCount[]): void
  unconfirmed(tenant: string, count: number): void
  shed(tenant: string, count: number): void
}

export interface IntakeOptions<C> {
  readonly batcher: Pick<Batcher<C>, 'submit'>
  readonly limiter: RateLimiter
  readonly metrics: IntakeMetrics
  readonly log: Logger
  /** A clock in ms that never jumps. */
  readonly now?: () => number
}

/** decode → limits → Kafka, the same for every door and for all that is taken in. */
export class Intake<S, C> {
  readonly #kind: IntakeKind<S, C>
  readonly #options: IntakeOptions<C>
  readonly #now: () => number

  constructor(kind: IntakeKind<S, C>, options: IntakeOptions<C>) {
    this.#kind = kind
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * Resolves when Kafka has all that was accepted.
   * @throws what the kind throws beyond the rate, gatewayErrors.kafka_unavailable, and what `decode` throws: nothing counts as taken then
   */
  async submit({ tenant, protocol, receivedAtMs, decode }: IntakeRequest<S>): Promise<IngestAnswer> {
    const { metrics } = this.#options
    this.#limitRate(tenant, 0)
    const sink = this.#kind.collect(tenant.limits, receivedAtMs)
    decode(sink)
    const outcome = sink.finish()
    const { accepted, refused } = outcome
    this.#limitRate(tenant, accepted)
    await this.#send({ tenant: tenant.tenant, configVersion: tenant.version, protocol }, outcome, receivedAtMs)
    metrics.accepted(tenant.tenant, accepted)
    metrics.refused(tenant.tenant, refused)
    return { accepted, refused, received: refused.reduce((sum, { count }) => sum + count, accepted) }
  }

  /** With 0: turns a tenant in debt away before its request is decoded. */
  #limitRate({ tenant, limits }: TenantConfig, count: number): void {
    const { limiter, metrics } = this.#options
    const rate = this.#kind.rateOf(limits)
    const waitMs = limiter.take(tenant, rate, count, this.#now())
    if (waitMs === 0) return
    metrics.shed(tenant, count)
    throw this.#kind.rateLimited({ tenant, retryAfterS: Math.ceil(waitMs / 1000), ...rate })
  }

  async #send(origin: BatchOrigin, outcome: IntakeOutcome<C>, receivedAtMs: number): Promise<void> {
    const { batcher, limiter, metrics, log } = this.#options
    if (outcome.accepted === 0 && outcome.refused.length === 0) return
    try {
      await batcher.submit(origin, outcome, receivedAtMs)
    } catch (error) {
      limiter.giveBack(origin.tenant, outcome.accepted)
      metrics.unconfirmed(origin.tenant, outcome.accepted)
      if (!isRetryable(error)) {
        log.error(`${this.#kind.what} could not be sent`, { tenant_id: origin.tenant, error })
        throw gatewayErrors.internal({}, error)
      }
      const problem = error instanceof PegelError ? error.code : messageOf(error)
      throw gatewayErrors.kafka_unavailable({ problem, retryAfterS: 1 }, error)
    }
  }
}
