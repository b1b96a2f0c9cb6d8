import type { Server, ServerOptions } from 'node:http'

export interface RequestLimits {
  /** How long a request may take to arrive, and a connection to say anything, ms. */
  readonly requestTimeoutMs: number
  /** More are closed at once. */
  readonly maxConnections: number
}

/** Whoever asks sends a few hundred bytes at once: probes, Prometheus and people. Nobody else shall hold what they need. */
export const SHORT_REQUESTS: RequestLimits = { requestTimeoutMs: 10_000, maxConnections: 1000 }

const MAX_HEADER_BYTES = 16 * 1024
/** How often per timeout Node.js looks for requests that are late: it is at most so much of it too kind. */
const CHECKS_PER_TIMEOUT = 5

/** Options of a server of node:http that is asked short questions only. */
export function shortRequests({ requestTimeoutMs }: RequestLimits): ServerOptions {
  const connectionsCheckingInterval = Math.ceil(requestTimeoutMs / CHECKS_PER_TIMEOUT)
  const timeouts = { headersTimeout: requestTimeoutMs, requestTimeout: requestTimeoutMs }
  return { ...timeouts, connectionsCheckingInterval, maxHeaderSize: MAX_HEADER_BYTES }
}

/** What node:http takes only from the server itself: a client that does not read its answer is left, too. */
export function boundShort(server: Server, { requestTimeoutMs, maxConnections }: RequestLimits): void {
  server.maxConnections = maxConnections
  server.keepAliveTimeout = requestTimeoutMs
  server.timeout = 2 * requestTimeoutMs
}
