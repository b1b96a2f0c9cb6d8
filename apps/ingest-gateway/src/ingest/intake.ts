import type { ReasonCount } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../errors.ts'
import type { Batcher, BatchOrigin } from './batcher.ts'
import { RefusalBook } from './refusal-book.ts'
import { TenantRate } from './tenant-rate.ts'
import type { OverRate, RateRule } from './tenant-rate.ts'

/** A request of any protocol, from the moment its tenant is known and its bytes are there. */
export interface IntakeRequest<S> {
  readonly tenant: TenantConfig
  /** As it stands in the envelope, for example `otlp_http`. */
  readonly protocol: string
  readonly receivedAtMs: number
  /** Of the body, unpacked. */
  readonly bytes: number
  /** The door keeps what is beyond a rate and tries again: nobody was refused anything. */
  readonly keeps?: boolean
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

/** What a request's decoder tells, judged by the tenant's limits. */
export interface Collected<C> {
  finish(): IntakeOutcome<C>
  /** Nothing of it is taken after all. */
  withdraw?(): void
}

/** What is taken in: points or log events. */
export interface IntakeKind<S, C> {
  /** For the log. */
  readonly what: string
  readonly rates: { readonly count: RateRule; readonly bytes: RateRule }
  /** @param nowMs of a clock that never jumps */
  collect(tenant: TenantConfig, receivedAtMs: number, nowMs: number): S & Collected<C>
}

/** One call each, counted by tenant. */
export interface IntakeMetrics {
  accepted(tenant: string, count: number): void
  refused(tenant: string, refused: readonly ReasonCount[]): void
  unconfirmed(tenant: string, count: number): void
  /** A request beyond a rate; 0 when it was not read. */
  shed(tenant: string, reason: string, count: number): void
}

export interface IntakeOptions<C> {
  readonly batcher: Pick<Batcher<C>, 'submit'>
  readonly metrics: IntakeMetrics
  readonly log: Logger
  /** Gateways that share a tenant's rates. Default 1. */
  readonly gateways?: () => number
  /** A clock in ms that never jumps. */
  readonly now?: () => number
}

/** decode → limits → Kafka, the same for every door and for all that is taken in. */
export class Intake<S, C> {
  readonly #kind: IntakeKind<S, C>
  readonly #options: IntakeOptions<C>
  readonly #now: () => number
  readonly #count: TenantRate
  readonly #bytes: TenantRate
  readonly #book: RefusalBook

  constructor(kind: IntakeKind<S, C>, options: IntakeOptions<C>) {
    const { gateways = () => 1, now = () => performance.now() } = options
    this.#kind = kind
    this.#options = options
    this.#now = now
    this.#count = new TenantRate(kind.rates.count, gateways)
    this.#bytes = new TenantRate(kind.rates.bytes, gateways)
    this.#book = new RefusalBook(options)
  }

  /**
   * Resolves when Kafka has all that was accepted.
   * @throws what the kind throws beyond a rate, gatewayErrors.kafka_unavailable, and what `decode` throws: nothing counts as taken then
   */
  async submit(request: IntakeRequest<S>): Promise<IngestAnswer> {
    const { tenant, protocol } = request
    const { metrics } = this.#options
    if (request.keeps !== true) this.turnAway(tenant)
    const outcome = this.#decode(request)
    const { accepted, refused } = outcome
    await this.#send({ tenant: tenant.tenant, configVersion: tenant.version, protocol }, outcome, request)
    metrics.accepted(tenant.tenant, accepted)
    metrics.refused(tenant.tenant, refused)
    return { accepted, refused, received: receivedOf(outcome) }
  }

  /**
   * To be asked before a request is read: turns a tenant away that is far beyond a rate.
   * @throws what the kind throws beyond a rate
   */
  turnAway(tenant: TenantConfig): void {
    const nowMs = this.#now()
    const over = this.#count.turnAway(tenant, nowMs) ?? this.#bytes.turnAway(tenant, nowMs)
    if (over === undefined) return
    this.#options.metrics.shed(tenant.tenant, over.reason, 0)
    throw over.error
  }

  /** Tells the ledger of what was refused last; resolves when that is done. */
  drain(): Promise<void> {
    return this.#book.drain()
  }

  #decode(request: IntakeRequest<S>): IntakeOutcome<C> {
    const { tenant, receivedAtMs, decode } = request
    const nowMs = this.#now()
    const sink = this.#kind.collect(tenant, receivedAtMs, nowMs)
    try {
      decode(sink)
    } catch (error) {
      sink.withdraw?.()
      throw error
    }
    const outcome = sink.finish()
    const over = this.#takeRates(request, outcome, nowMs)
    if (over === undefined) return outcome
    sink.withdraw?.()
    this.#shed(request, over, receivedOf(outcome))
    throw over.error
  }

  #takeRates({ tenant, bytes }: IntakeRequest<S>, outcome: IntakeOutcome<C>, nowMs: number): OverRate | undefined {
    this.#count.hasRead(tenant, receivedOf(outcome), nowMs)
    this.#bytes.hasRead(tenant, bytes, nowMs)
    const over = this.#count.take(tenant, outcome.accepted, nowMs)
    if (over !== undefined) return over
    const overBytes = this.#bytes.take(tenant, bytes, nowMs)
    if (overBytes !== undefined) this.#count.giveBack(tenant.tenant, outcome.accepted)
    return overBytes
  }

  #shed(
    { tenant, protocol, receivedAtMs, keeps = false }: IntakeRequest<S>,
    { reason }: OverRate,
    received: number,
  ): void {
    if (keeps) return
    this.#options.metrics.shed(tenant.tenant, reason, received)
    if (received === 0) return
    this.#book.add({ tenant: tenant.tenant, configVersion: tenant.version, protocol }, reason, received, receivedAtMs)
  }

  async #send(
    origin: BatchOrigin,
    outcome: IntakeOutcome<C>,
    { receivedAtMs, bytes }: Pick<IntakeRequest<S>, 'receivedAtMs' | 'bytes'>,
  ): Promise<void> {
    const { batcher, metrics, log } = this.#options
    if (outcome.accepted === 0 && outcome.refused.length === 0) return
    try {
      await batcher.submit(origin, outcome, receivedAtMs)
    } catch (error) {
      this.#count.giveBack(origin.tenant, outcome.accepted)
      this.#bytes.giveBack(origin.tenant, bytes)
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

function receivedOf({ accepted, refused }: IntakeOutcome<unknown>): number {
  return refused.reduce((sum, { count }) => sum + count, accepted)
}
