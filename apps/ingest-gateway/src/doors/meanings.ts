import { PegelError } from '@pegel/errors'
import { gatewayErrors, RATE_CODES } from '../errors.ts'

/** What an error is on a wire: its HTTP status, its gRPC code, and headers that belong to it. */
export interface Meaning {
  readonly status: number
  /** google.rpc.Code, as gRPC doors answer. */
  readonly rpc: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Codes of google.rpc.Code that the gateway uses. */
export const RPC = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

const invalid: Meaning = { status: 400, rpc: RPC.invalidArgument }
const credential: Meaning = {
  status: 401,
  rpc: RPC.unauthenticated,
  headers: { 'www-authenticate': 'Bearer realm="pegel", Basic realm="pegel", charset="UTF-8"' },
}
const unavailable: Meaning = { status: 503, rpc: RPC.unavailable }
const INTERNAL: Meaning = { status: 500, rpc: RPC.internal }

/** Errors that every door shares. */
const SHARED = new Map<string, Meaning>([
  [gatewayErrors.credential_missing.code, credential],
  [gatewayErrors.credential_unknown.code, credential],
  [gatewayErrors.tenant_required.code, invalid],
  [gatewayErrors.tenant_invalid.code, invalid],
  [gatewayErrors.tenant_forbidden.code, { status: 403, rpc: RPC.permissionDenied }],
  [gatewayErrors.not_found.code, { status: 404, rpc: RPC.notFound }],
  [gatewayErrors.method_not_allowed.code, { status: 405, rpc: RPC.unimplemented }],
  [gatewayErrors.media_type.code, { status: 415, rpc: RPC.invalidArgument }],
  [gatewayErrors.content_encoding.code, { status: 415, rpc: RPC.invalidArgument }],
  [gatewayErrors.body_too_large.code, { status: 413, rpc: RPC.resourceExhausted }],
  [gatewayErrors.body_not_unpacked.code, invalid],
  [gatewayErrors.body_incomplete.code, invalid],
  [gatewayErrors.bad_request.code, invalid],
  ...[...RATE_CODES].map((code) => [code, { status: 429, rpc: RPC.resourceExhausted }] as const),
  [gatewayErrors.overloaded.code, unavailable],
  [gatewayErrors.unpacking_late.code, unavailable],
  [gatewayErrors.stopping.code, { ...unavailable, headers: { connection: 'close' } }],
  [gatewayErrors.kafka_unavailable.code, unavailable],
  [gatewayErrors.internal.code, INTERNAL],
])

/** An error as a client may see it. */
export interface Refusal {
  readonly error: PegelError
  readonly meaning: Meaning
  /** Whole seconds after which trying again may help. */
  readonly retryAfterS: number | undefined
}

/**
 * What a thrown thing means. What is not in a table is a bug, and its text is nobody's business outside the log.
 * @param own codes of the door alone, such as otlp.malformed
 */
export function refusalOf(thrown: unknown, own: ReadonlyMap<string, Meaning> = new Map()): Refusal {
  const known = thrown instanceof PegelError ? (SHARED.get(thrown.code) ?? own.get(thrown.code)) : undefined
  const error = thrown instanceof PegelError && known !== undefined ? thrown : gatewayErrors.internal({}, thrown)
  const { retryAfterS } = error.details
  return { error, meaning: known ?? INTERNAL, retryAfterS: typeof retryAfterS === 'number' ? retryAfterS : undefined }
}

/** Headers of a refusal over HTTP, besides its Content-Type. */
export function refusalHeaders({ error, meaning, retryAfterS }: Refusal): Readonly<Record<string, string>> {
  const { allow, acceptEncoding } = error.details
  return {
    ...meaning.headers,
    ...(typeof allow === 'string' ? { allow } : {}),
    ...(typeof acceptEncoding === 'string' ? { 'accept-encoding': acceptEncoding } : {}),
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
  }
}
