import { setTimeout as sleep } from 'node:timers/promises'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import { tellFlush } from '../../statsd/index.ts'
import type { Flush } from '../../statsd/index.ts'
import type { BehindDoors } from '../door.ts'
import { statsdErrors } from './errors.ts'
import type { StatsdMetrics } from './statsd-metrics.ts'

export interface DeliveryOptions extends Pick<BehindDoors, 'ingest' | 'tenants' | 'log'> {
  readonly tenant: string
  readonly metrics: StatsdMetrics
}

/** Flushes that may wait for Kafka: five minutes at the usual interval. Beyond it the oldest is dropped and counted. */
const MAX_WAITING = 30
const RETRY_MS = 1000

/**
 * Sends a tenant's flushes in order, one at a time, and tries again while trying again may help: whoever sent the datagrams cannot. A flush that
 * was sent twice has the same points of the same times, which count once.
 */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #waiting: Flush[] = []
  #running: Promise<void> | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
  }

  add(flushes: readonly Flush[]): void {
    const { tenant } = this.#options
    this.#waiting.push(...flushes)
    while (this.#waiting.length > MAX_WAITING) {
      const oldest = this.#waiting.shift()
      if (oldest !== undefined) this.#drop(oldest, statsdErrors.backlog_full({ tenant, waiting: MAX_WAITING }))
    }
    this.#measure()
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  /** Resolves when nothing waits any more, or at the deadline; what waits then is dropped and counted. */
  async drain(deadlineMs: number): Promise<void> {
    const timer = new AbortController()
    const late = sleep(deadlineMs, undefined, { signal: timer.signal }).catch(() => undefined)
    await Promise.race([this.#running, late])
    timer.abort()
    for (const flush of this.#waiting.splice(0)) this.#drop(flush, gatewayErrors.stopping())
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const waitMs = await this.#send(next)
      if (waitMs > 0) await sleep(waitMs)
      else if (this.#waiting[0] === next) this.#waiting.shift()
      this.#measure()
    }
  }

  /** Ms until it should be tried again; 0 when it is settled. */
  async #send(flush: Flush): Promise<number> {
    try {
      const decode = (points: Parameters<typeof tellFlush>[1]): void => tellFlush(flush, points)
      await this.#options.ingest.submit({
        tenant: this.#config(),
        protocol: 'statsd',
        receivedAtMs: flush.endMs,
        bytes: flush.bytes,
        keeps: true,
        decode,
      })
      return 0
    } catch (error) {
      if (!isRetryable(error)) {
        this.#drop(flush, error)
        return 0
      }
      const { retryAfterS } = (error as PegelError).details
      return typeof retryAfterS === 'number' ? retryAfterS * 1000 : RETRY_MS
    }
  }

  /** @throws statsdErrors.tenant_absent */
  #config(): TenantConfig {
    const { tenants, tenant } = this.#options
    const found = tenants.current(tenant)
    if (found.status !== 'active') throw statsdErrors.tenant_absent({ tenant })
    return found.config
  }

  #drop({ series }: Flush, error: unknown): void {
    const { metrics, log, tenant } = this.#options
    const { code } = error instanceof PegelError ? error : gatewayErrors.internal({}, error)
    metrics.dropped(code, series.length)
    log.warn('points of an interval dropped', {
      tenant_id: tenant,
      code,
      points: series.length,
      problem: messageOf(error),
    })
  }

  #measure(): void {
    this.#options.metrics.waiting(this.#waiting.reduce((sum, { series }) => sum + series.length, 0))
  }
}
