import { randomBytes } from 'node:crypto'
import { encodeRecord } from '@pegel/contracts'
import type { ReasonCount } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../errors.ts'
import type { Batcher, BatchOrigin, ChunkKind } from '../ingest/batcher.ts'
import type { RateLimiter } from '../ingest/rate-limiter.ts'
import type { LogMetrics } from './log-metrics.ts'
import type { LogSink } from './log-sink.ts'
import { RequestLogs } from './request-logs.ts'
import type { LogsChunk, LogsOutcome } from './request-logs.ts'

/** A request with logs of any protocol, from the moment its tenant is known and its bytes are there. */
export interface LogsRequest {
  readonly tenant: TenantConfig
  /** As it stands in the envelope, for example `otlp_http`. */
  readonly protocol: string
  readonly receivedAtMs: number
  /** Tells the sink every log record of the request. May throw a PegelError such as otlp.malformed: then nothing of it is taken. */
  readonly decode: (sink: LogSink) => void
}

export interface LogsAnswer {
  readonly received: number
  readonly accepted: number
  /** Refused for good, by reason; the sender must not send them again unchanged. */
  readonly refused: readonly ReasonCount[]
}

export interface LogIngestOptions {
  readonly batcher: Pick<Batcher<LogsChunk>, 'submit'>
  readonly limiter: RateLimiter
  readonly metrics: LogMetrics
  readonly log: Logger
  /** A clock in ms that never jumps. */
  readonly now?: () => number
}

/** A burst is five seconds' worth, as for points. */
const BURST_SECONDS = 5

/** decode → limits → Kafka, the same for every door that takes logs. */
export class LogIngest {
  readonly #options: LogIngestOptions
  readonly #now: () => number

  constructor(options: LogIngestOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * Resolves when Kafka has every accepted log record.
   * @throws gatewayErrors.logs_rate_limited, kafka_unavailable, and what `decode` throws: nothing counts as taken then
   */
  async submit({ tenant, protocol, receivedAtMs, decode }: LogsRequest): Promise<LogsAnswer> {
    const { metrics } = this.#options
    this.#limitRate(tenant, 0)
    const logs = new RequestLogs({ limits: tenant.limits, receivedAtMs })
    decode(logs)
    const outcome = logs.finish()
    const { accepted, refused } = outcome
    this.#limitRate(tenant, accepted)
    await this.#send({ tenant: tenant.tenant, configVersion: tenant.version, protocol }, outcome, receivedAtMs)
    metrics.accepted(tenant.tenant, accepted)
    metrics.refused(tenant.tenant, refused)
    return { accepted, refused, received: refused.reduce((sum, { count }) => sum + count, accepted) }
  }

  /** With 0 events: turns a tenant in debt away before its request is decoded. */
  #limitRate({ tenant, limits: { logEventsPerSecond } }: TenantConfig, events: number): void {
    const { limiter, metrics } = this.#options
    const rate = { pointsPerSecond: logEventsPerSecond, burstPoints: logEventsPerSecond * BURST_SECONDS }
    const waitMs = limiter.take(tenant, rate, events, this.#now())
    if (waitMs === 0) return
    metrics.shed(tenant, events)
    throw gatewayErrors.logs_rate_limited({ tenant, logEventsPerSecond, retryAfterS: Math.ceil(waitMs / 1000) })
  }

  async #send(origin: BatchOrigin, outcome: LogsOutcome, receivedAtMs: number): Promise<void> {
    const { batcher, limiter, metrics, log } = this.#options
    if (outcome.accepted === 0 && outcome.refused.length === 0) return
    try {
      await batcher.submit(origin, outcome, receivedAtMs)
    } catch (error) {
      limiter.giveBack(origin.tenant, outcome.accepted)
      metrics.unconfirmed(origin.tenant, outcome.accepted)
      if (!isRetryable(error)) {
        log.error('logs could not be sent', { tenant_id: origin.tenant, error })
        throw gatewayErrors.internal({}, error)
      }
      const problem = error instanceof PegelError ? error.code : messageOf(error)
      throw gatewayErrors.kafka_unavailable({ problem, retryAfterS: 1 }, error)
    }
  }
}

export const LOGS: ChunkKind<LogsChunk> = {
  sizeOf: (chunk) => chunk.bytes,
  countOf: (chunk) => chunk.events,
  seal: (head, chunks) =>
    encodeRecord('LogBatch', {
      ...head,
      batchId: randomBytes(16),
      events: chunks.reduce((sum, chunk) => sum + chunk.events, 0),
      groups: chunks.flatMap((chunk) => chunk.groups),
    }),
}
