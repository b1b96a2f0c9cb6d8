import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { KeyHolder, TenantConfig } from '@pegel/tenancy'
import type { Claims } from '../../ingest/authenticate.ts'
import type { ContentEncoding } from './unpack.ts'

/** An answer over HTTP, ready to be sent. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** For metrics and logs: `ok`, `partial` or the error's code. */
  readonly code: string
}

export interface TurnsAway {
  /** @throws gatewayErrors of the rates */
  turnAway(tenant: TenantConfig): void
}

/** A request as an endpoint sees it; what is the same for all endpoints is done by it. */
export interface EndpointRequest {
  readonly raw: IncomingMessage
  readonly headers: IncomingHttpHeaders
  readonly query: URLSearchParams
  /** Wall clock, ms since the epoch. */
  readonly receivedAtMs: number
  /**
   * Who sends it, by its headers; `claims` replaces what a protocol carries elsewhere.
   * @throws gatewayErrors.credential_missing, credential_unknown, tenant_required, tenant_invalid, tenant_forbidden
   */
  tenant(claims?: Partial<Claims>): TenantConfig
  /**
   * The credential and all tenants that it may act for.
   * @throws gatewayErrors.credential_missing, credential_unknown
   */
  holder(): KeyHolder
  /**
   * The body, whole and unpacked, in the budget for as long as `use` takes.
   * @param intake that it is for: it may turn the tenant away before anything is read
   * @throws gatewayErrors.content_encoding, body_too_large, body_not_unpacked, unpacking_late, body_incomplete, overloaded, and of the rates
   */
  withBody<T>(tenant: TenantConfig, intake: TurnsAway, use: (body: Buffer) => Promise<T>): Promise<T>
}

/** What is an endpoint's own: how its protocol reads a request, and how it says what became of it. */
export interface HttpEndpoint {
  /** Label `door` of the metrics. */
  readonly door: string
  /** Others get gatewayErrors.method_not_allowed. */
  readonly methods: readonly string[]
  /** Codings of a body that it takes; USUAL_ENCODINGS when it does not say. */
  readonly encodings?: readonly ContentEncoding[]
  /** Coding of a body without Content-Encoding; identity when it does not say. */
  readonly assumedEncoding?: ContentEncoding
  /** Errors may be thrown: `refuse` gives them their form. */
  take(request: EndpointRequest): Promise<HttpAnswer>
  /** Never throws; `thrown` may be anything. */
  refuse(thrown: unknown, request: IncomingMessage): HttpAnswer
}
