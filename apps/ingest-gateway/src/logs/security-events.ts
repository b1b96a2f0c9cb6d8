import { PEGEL_TENANT } from '@pegel/contracts'
import type { Attribute, LogEvent } from '@pegel/contracts'
import { messageOf, PegelError } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import { gatewayErrors } from '../errors.ts'
import type { Batcher } from '../ingest/batcher.ts'
import type { LogMetrics } from './log-metrics.ts'
import type { LogsChunk } from './request-logs.ts'

/** A request that was turned away, as its door saw it. */
export interface RefusedCredential {
  readonly door: string
  /** What was thrown. Only what says that a credential was missing, unknown or not the tenant's becomes an event. */
  readonly error: unknown
  /** Of the client, as the socket has it; empty when there is none. */
  readonly address: string
}

export interface SecurityEventsOptions {
  readonly batcher: Pick<Batcher<LogsChunk>, 'submit'>
  readonly metrics: LogMetrics
  readonly log: Logger
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
  /** How long equal refusals are counted together. Default 1000. */
  readonly intervalMs?: number
  /** Different refusals of one interval at most; those beyond are told without their address. Default 500. */
  readonly maxKinds?: number
}

interface Kind {
  readonly door: string
  readonly code: string
  /** That the request named, when it may not act for it. */
  readonly tenant: string
  readonly address: string
  readonly sinceMs: number
  count: number
}

const CODES: ReadonlySet<string> = new Set([
  gatewayErrors.credential_missing.code,
  gatewayErrors.credential_unknown.code,
  gatewayErrors.tenant_forbidden.code,
])
const ORIGIN = { tenant: PEGEL_TENANT, configVersion: 0, protocol: 'gateway' }
const SERVICE = { service: 'ingest-gateway', resource: [], scopeName: '', scopeVersion: '' }
const WARN = 13
/** Of an event and its group, encoded, at most: all texts are ours or short. */
const EVENT_BYTES = 1024

/**
 * Tells of refused credentials in `pegel.events.v1`, under the tenant `pegel`: a request whose tenant is in doubt must not
 * write into anybody's logs. Equal refusals are one event a second with their count, and their number is bounded, so
 * that a flood of bad keys costs neither Kafka nor memory much. Nothing waits for it. The key is never part of it.
 */
export class SecurityEvents {
  readonly #options: Required<SecurityEventsOptions>
  #kinds = new Map<string, Kind>()
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | null = null

  constructor(options: SecurityEventsOptions) {
    this.#options = { intervalMs: 1000, maxKinds: 500, ...options }
  }

  /** To be called with every refusal of a door; never throws, never waits. */
  refused({ door, error, address }: RefusedCredential): void {
    if (!(error instanceof PegelError) || !CODES.has(error.code)) return
    const { tenant } = error.details
    const named = typeof tenant === 'string' ? tenant : ''
    this.#count({ door, code: error.code, tenant: named, address: withoutMapping(address) })
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#flush()
    }, this.#options.intervalMs)
  }

  /** Sends what is counted; resolves when it is on its way no more. */
  async drain(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#sending
    this.#flush()
    await this.#sending
  }

  #count(kind: Omit<Kind, 'count' | 'sinceMs'>): void {
    const key = keyOf(kind)
    const known = this.#kinds.get(key)
    if (known !== undefined) {
      known.count += 1
      return
    }
    const isFull = this.#kinds.size >= this.#options.maxKinds
    if (isFull && (kind.address !== '' || kind.tenant !== '')) {
      this.#count({ ...kind, address: '', tenant: '' })
      return
    }
    this.#kinds.set(key, { ...kind, sinceMs: this.#options.now(), count: 1 })
  }

  /** While Kafka has not answered for the last ones, the next are only counted. */
  #flush(): void {
    if (this.#sending !== null || this.#kinds.size === 0) return
    const kinds = [...this.#kinds.values()]
    this.#kinds = new Map()
    this.#sending = this.#send(kinds).finally(() => {
      this.#sending = null
      if (this.#timer === undefined && this.#kinds.size > 0) this.#flush()
    })
  }

  async #send(kinds: readonly Kind[]): Promise<void> {
    const { batcher, metrics, log, now } = this.#options
    const chunk = { groups: [{ ...SERVICE, events: kinds.map(eventOf) }], events: kinds.length }
    const told = (fate: 'written' | 'dropped'): void => {
      for (const { door, code, count } of kinds) metrics.security(door, code, fate, count)
    }
    try {
      await batcher.submit(ORIGIN, { chunks: [{ ...chunk, bytes: kinds.length * EVENT_BYTES }], refused: [] }, now())
      told('written')
    } catch (error) {
      log.warn('security events could not be sent; they are only counted', { problem: messageOf(error) })
      told('dropped')
    }
  }
}

function keyOf({ door, code, tenant, address }: Omit<Kind, 'count' | 'sinceMs'>): string {
  return `${door} ${code} ${tenant} ${address}`
}

function eventOf({ door, code, tenant, address, sinceMs, count }: Kind): LogEvent {
  const from = address === '' ? '' : ` from ${address}`
  const named: readonly Attribute[] = tenant === '' ? [] : [{ key: 'tenant', value: tenant }]
  return {
    timeMs: sinceMs,
    timeNs: 0,
    observedMs: sinceMs,
    severity: WARN,
    level: 'warn',
    message: `A credential was refused${from}: ${code} at ${door}, ${count} time${count === 1 ? '' : 's'}`,
    traceId: '',
    spanId: '',
    name: 'credential_refused',
    category: 'authentication',
    outcome: 'failure',
    sourceAddress: address,
    attributes: [
      { key: 'door', value: door },
      { key: 'code', value: code },
      { key: 'count', value: String(count) },
      ...named,
    ],
  }
}

/** IPv4 over an IPv6 socket is the IPv4 address. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '')
}
