import { describeRefusals } from '../../ingest/refusals.ts'
import type { IngestAnswer } from '../../ingest/ingest.ts'
import { otlpErrors } from '../../otlp/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { refusalHeaders, refusalOf, RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'
import { MEDIA_TYPES } from './media-type.ts'
import type { Encoding } from './media-type.ts'
import { encodeMessage } from './protobuf-writer.ts'

const OWN = new Map<string, Meaning>([[otlpErrors.malformed.code, { status: 400, rpc: RPC.invalidArgument }]])

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
  const refusal = refusalOf(thrown, OWN)
  const { error, meaning, retryAfterS: seconds } = refusal
  const status = { rpc: meaning.rpc, message: `${error.message} (${error.code})`, reason: error.code, seconds }
  return {
    status: meaning.status,
    headers: { 'content-type': MEDIA_TYPES[encoding], ...refusalHeaders(refusal) },
    body: encoding === 'json' ? jsonStatus(status) : protobufStatus(status),
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
