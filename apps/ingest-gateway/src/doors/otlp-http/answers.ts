import { PegelError } from '@pegel/errors'
import { gatewayErrors } from '../../errors.ts'
import { describeRefusals } from '../../ingest/refusals.ts'
import type { IngestAnswer } from '../../ingest/ingest.ts'
import { otlpErrors } from '../../otlp/index.ts'
import { MEDIA_TYPES } from './media-type.ts'
import type { Encoding } from './media-type.ts'
import { encodeMessage } from './protobuf-writer.ts'

/** An answer of OTLP/HTTP, ready to be sent. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** For metrics and logs: `ok`, `partial` or the error's code. */
  readonly code: string
}

interface Meaning {
  readonly status: number
  /** google.rpc.Code, as gRPC doors would answer. */
  readonly rpc: number
  readonly headers?: Readonly<Record<string, string>>
}

const INVALID_ARGUMENT = 3
const RESOURCE_EXHAUSTED = 8
const UNIMPLEMENTED = 12
const UNAVAILABLE = 14
const credential = {
  status: 401,
  rpc: 16,
  headers: { 'www-authenticate': 'Bearer realm="pegel", Basic realm="pegel", charset="UTF-8"' },
}
const INTERNAL: Meaning = { status: 500, rpc: 13 }

/** Every error that a client can get, and what it is in HTTP and in google.rpc. */
const MEANINGS = new Map<string, Meaning>([
  [gatewayErrors.credential_missing.code, credential],
  [gatewayErrors.credential_unknown.code, credential],
  [gatewayErrors.tenant_required.code, { status: 400, rpc: INVALID_ARGUMENT }],
  [gatewayErrors.tenant_invalid.code, { status: 400, rpc: INVALID_ARGUMENT }],
  [gatewayErrors.tenant_forbidden.code, { status: 403, rpc: 7 }],
  [gatewayErrors.not_found.code, { status: 404, rpc: 5 }],
  [gatewayErrors.method_not_allowed.code, { status: 405, rpc: UNIMPLEMENTED, headers: { allow: 'POST' } }],
  [gatewayErrors.media_type.code, { status: 415, rpc: INVALID_ARGUMENT }],
  [
    gatewayErrors.content_encoding.code,
    { status: 415, rpc: INVALID_ARGUMENT, headers: { 'accept-encoding': 'gzip, zstd, deflate, identity' } },
  ],
  [gatewayErrors.body_too_large.code, { status: 413, rpc: INVALID_ARGUMENT }],
  [gatewayErrors.body_not_unpacked.code, { status: 400, rpc: INVALID_ARGUMENT }],
  [gatewayErrors.body_incomplete.code, { status: 400, rpc: INVALID_ARGUMENT }],
  [gatewayErrors.bad_request.code, { status: 400, rpc: INVALID_ARGUMENT }],
  [otlpErrors.malformed.code, { status: 400, rpc: INVALID_ARGUMENT }],
  [gatewayErrors.rate_limited.code, { status: 429, rpc: RESOURCE_EXHAUSTED }],
  [gatewayErrors.overloaded.code, { status: 503, rpc: UNAVAILABLE }],
  [gatewayErrors.stopping.code, { status: 503, rpc: UNAVAILABLE, headers: { connection: 'close' } }],
  [gatewayErrors.kafka_unavailable.code, { status: 503, rpc: UNAVAILABLE }],
  [gatewayErrors.internal.code, INTERNAL],
])

/** ExportMetricsServiceResponse: empty, or with partial_success when points were refused for good. */
export function successAnswer({ received, accepted, refused }: IngestAnswer, encoding: Encoding): HttpAnswer {
  const rejected = received - accepted
  const headers = { 'content-type': MEDIA_TYPES[encoding] }
  const message = rejected === 0 ? '' : describeRefusals(refused, received)
  const partial = { partialSuccess: { rejectedDataPoints: String(rejected), errorMessage: message } }
  const body =
    encoding === 'json'
      ? Buffer.from(JSON.stringify(rejected === 0 ? {} : partial))
      : encodeMessage([
          [
            1,
            encodeMessage([
              [1, rejected],
              [2, message],
            ]),
          ],
        ])
  return { status: 200, headers, body, code: rejected === 0 ? 'ok' : 'partial' }
}

/**
 * google.rpc.Status with the error's stable code at the end of its message, as google.rpc.ErrorInfo, and, where waiting helps,
 * google.rpc.RetryInfo beside the Retry-After header.
 */
export function errorAnswer(thrown: unknown, encoding: Encoding): HttpAnswer {
  const error = thrown instanceof PegelError && MEANINGS.has(thrown.code) ? thrown : gatewayErrors.internal({}, thrown)
  const { status, rpc, headers = {} } = MEANINGS.get(error.code) ?? INTERNAL
  const { retryAfterS } = error.details
  const retry = typeof retryAfterS === 'number' ? { 'retry-after': String(retryAfterS) } : {}
  const message = `${error.message} (${error.code})`
  const seconds = typeof retryAfterS === 'number' ? retryAfterS : undefined
  const status_ = { rpc, message, reason: error.code, seconds }
  return {
    status,
    headers: { 'content-type': MEDIA_TYPES[encoding], ...headers, ...retry },
    body: encoding === 'json' ? jsonStatus(status_) : protobufStatus(status_),
    code: error.code,
  }
}

interface RpcStatus {
  readonly rpc: number
  readonly message: string
  readonly reason: string
  readonly seconds: number | undefined
}

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo'
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
const DOMAIN = 'pegel'

function jsonStatus({ rpc, message, reason, seconds }: RpcStatus): Buffer {
  const retry = seconds === undefined ? [] : [{ '@type': RETRY_INFO, retryDelay: `${seconds}s` }]
  const details = [{ '@type': ERROR_INFO, reason, domain: DOMAIN }, ...retry]
  return Buffer.from(JSON.stringify({ code: rpc, message, details }))
}

function protobufStatus({ rpc, message, reason, seconds }: RpcStatus): Buffer {
  const info = encodeMessage([
    [1, reason],
    [2, DOMAIN],
  ])
  const details = [
    encodeMessage([
      [1, ERROR_INFO],
      [2, info],
    ]),
  ]
  if (seconds !== undefined) {
    const delay = encodeMessage([[1, seconds]])
    details.push(
      encodeMessage([
        [1, RETRY_INFO],
        [2, encodeMessage([[1, delay]])],
      ]),
    )
  }
  return encodeMessage([[1, rpc], [2, message], ...details.map((detail) => [3, detail] as const)])
}
