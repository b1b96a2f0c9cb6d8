import { randomBytes } from 'node:crypto'
import type { IClientOptions } from 'mqtt'

export interface ConnectionSettings {
  readonly url: string
  readonly username: string | undefined
  readonly password: string | undefined
  readonly version: '5' | '3.1.1'
  /** Undefined: a random one, and no session beyond the connection. */
  readonly clientId: string | undefined
  readonly sessionExpiryMs: number
  /** Messages that may be on their way to Kafka. */
  readonly maxInFlight: number
}

export const FIRST_RETRY_MS = 1000
export const LAST_RETRY_MS = 30_000
/** A packet identifier has 16 bits. */
const MAX_RECEIVE = 65_535

/**
 * Options of mqtt.js. With a client id of its own the gateway has a session that outlives its connection: the broker keeps what comes while it is
 * away. Without one it has none, since sessions of names that never come again would fill the broker.
 */
export function connectOptions(settings: ConnectionSettings): IClientOptions {
  const { username, password, version, clientId, sessionExpiryMs, maxInFlight } = settings
  const lasting = clientId !== undefined
  const properties = {
    sessionExpiryInterval: lasting ? Math.ceil(sessionExpiryMs / 1000) : 0,
    receiveMaximum: Math.min(maxInFlight, MAX_RECEIVE),
  }
  return {
    clientId: clientId ?? `pegel-${randomBytes(8).toString('hex')}`,
    clean: !lasting,
    protocolVersion: version === '5' ? 5 : 4,
    ...(version === '5' ? { properties } : {}),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    keepalive: 60,
    connectTimeout: 10_000,
    reconnectPeriod: FIRST_RETRY_MS,
    reconnectOnConnackError: true,
    resubscribe: false,
  }
}
