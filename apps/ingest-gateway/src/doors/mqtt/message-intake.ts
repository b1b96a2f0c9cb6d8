import { setTimeout as sleep } from 'node:timers/promises'
import { isTenantId } from '@pegel/contracts'
import { isRetryable, messageOf, PegelError } from '@pegel/errors'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors, RATE_CODES } from '../../errors.ts'
import type { LineCaches } from '../../line-protocol/index.ts'
import type { BehindDoors } from '../door.ts'
import { traced } from '../request-trace.ts'
import { mqttErrors } from './errors.ts'
import { decodePayload } from './payload.ts'
import type { PayloadHints } from './payload.ts'
import { ACK } from './ordered-acks.ts'
import type { AckReason } from './ordered-acks.ts'
import { tenantIn } from './topic-template.ts'

/** A message, as the broker delivered it. */
export interface MqttMessage extends PayloadHints {
  readonly topic: string
  readonly payload: Buffer
  /** User properties of W3C trace context. */
  readonly traceparent?: string | undefined
  readonly tracestate?: string | undefined
}

export interface MessageIntakeOptions extends Pick<
  BehindDoors,
  'ingest' | 'tenants' | 'metrics' | 'log' | 'tracing' | 'now'
> {
  readonly lines: LineCaches
  readonly template: string
}

const RETRY_MS = 1000

/**
 * Stores messages. While Kafka is away a message is kept and tried again, without an answer to the broker, which then stops sending and
 * keeps what it has. A message that will never be taken is answered for, counted and logged, or it would come for ever. So is one beyond
 * its tenant's rate: the broker sends all tenants' messages in one order, and those of others must not wait for it.
 */
export class MessageIntake {
  readonly #options: MessageIntakeOptions
  readonly #stopping = new AbortController()

  constructor(options: MessageIntakeOptions) {
    this.#options = options
  }

  /** How to acknowledge the message; undefined when the gateway stopped before that. */
  async take(message: MqttMessage): Promise<AckReason | undefined> {
    const { metrics, tracing } = this.#options
    const receivedAtMs = this.#options.now()
    const started = performance.now()
    metrics.body('mqtt', message.payload.length, message.payload.length)
    const { traceparent, tracestate } = message
    const head = () => ({ name: 'mqtt message', traceparent, tracestate, attributes: { 'messaging.system': 'mqtt' } })
    const code = await traced(tracing, head, () => this.#untilSettled(message, receivedAtMs))
    if (code === undefined) return undefined
    metrics.answered('mqtt', code, (performance.now() - started) / 1000)
    return RATE_CODES.has(code) ? ACK.quotaExceeded : ACK.success
  }

  /** From now on nothing is tried again. */
  stop(): void {
    this.#stopping.abort()
  }

  /** What became of it; undefined when nothing did and the gateway stops. */
  async #untilSettled(message: MqttMessage, receivedAtMs: number): Promise<string | undefined> {
    for (;;) {
      try {
        return await this.#submit(message, receivedAtMs)
      } catch (error) {
        if (!isRetryable(error) || RATE_CODES.has((error as PegelError).code)) return this.#refuse(message, error)
      }
      await sleep(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
      if (this.#stopping.signal.aborted) return undefined
    }
  }

  /** `ok` or `partial`. */
  async #submit(message: MqttMessage, receivedAtMs: number): Promise<string> {
    const { ingest, lines } = this.#options
    const { payload, contentType, precision } = message
    const tenant = this.#tenantOf(message)
    const { maxRequestBytes: maxBytes } = tenant.limits
    if (payload.length > maxBytes) throw mqttErrors.too_large({ maxBytes, tenant: tenant.tenant })
    const options = { tenant: tenant.tenant, receivedAtMs, lines: lines.of(tenant), contentType, precision }
    const answer = await ingest.submit({
      tenant,
      protocol: 'mqtt',
      receivedAtMs,
      bytes: payload.length,
      decode: (points) => decodePayload(payload, points, options),
    })
    return answer.accepted === answer.received ? 'ok' : 'partial'
  }

  /** @throws mqttErrors.tenant_unknown */
  #tenantOf({ topic }: MqttMessage): TenantConfig {
    const { tenants, template } = this.#options
    const tenant = tenantIn(template, topic)
    const found = isTenantId(tenant) ? tenants.current(tenant) : undefined
    if (found?.status !== 'active') throw mqttErrors.tenant_unknown({ topic: topic.slice(0, 256) })
    return found.config
  }

  #refuse({ topic }: MqttMessage, error: unknown): string {
    const { code } = error instanceof PegelError ? error : gatewayErrors.internal({}, error)
    const problem = messageOf(error)
    if (error instanceof PegelError) this.#options.log.warn('mqtt message refused', { topic, code, problem })
    else this.#options.log.error('mqtt message failed', { topic, code, error })
    return code
  }
}
