import { describeRefusals } from '../../ingest/refusals.ts'
import type { IngestAnswer } from '../../ingest/ingest.ts'
import { otlpErrors } from '../../otlp/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { refusalHeaders, refusalOf, RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'
import { jsonStatus, protobufStatus } from '../rpc-status.ts'
import { MEDIA_TYPES } from './media-type.ts'
import type { Encoding } from './media-type.ts'
import { encodeMessage } from './protobuf-writer.ts'

/** What errors of OTLP's own mean, over HTTP and gRPC. */
export const OTLP_MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  [otlpErrors.malformed.code, { status: 400, rpc: RPC.invalidArgument }],
])

/** ExportMetricsServiceResponse. */
export function successAnswer({ received, accepted, refused }: IngestAnswer, encoding: Encoding): HttpAnswer {
  const rejected = received - accepted
  const message = rejected === 0 ? '' : describeRefusals(refused, received)
  return partialAnswer({ field: 'rejectedDataPoints', rejected, message }, encoding)
}

/** How much of a request was refused for good; the field's name is all that differs between metrics and logs. */
export interface PartialSuccess {
  readonly field: 'rejectedDataPoints' | 'rejectedLogRecords'
  readonly rejected: number
  readonly message: string
}

/** A response message of OTLP: empty, or with partial_success when something was refused. */
export function partialAnswer({ field, rejected, message }: PartialSuccess, encoding: Encoding): HttpAnswer {
  const headers = { 'content-type': MEDIA_TYPES[encoding] }
  const partial = { partialSuccess: { [field]: String(rejected), errorMessage: message } }
  const body =
    encoding === 'json' ? Buffer.from(JSON.stringify(rejected === 0 ? {} : partial)) : partialMessage(rejected, message)
  return { status: 200, headers, body, code: rejected === 0 ? 'ok' : 'partial' }
}

/** A response with its partial_success, for metrics and logs alike; empty when nothing was rejected. */
export function partialMessage(rejected: number, message: string): Buffer {
  const partial = encodeMessage([
    [1, rejected],
    [2, message],
  ])
  return encodeMessage([[1, partial]])
}

/** google.rpc.Status; where waiting helps, with its google.rpc.RetryInfo beside the Retry-After header. */
export function errorAnswer(thrown: unknown, encoding: Encoding): HttpAnswer {
  const refusal = refusalOf(thrown, OTLP_MEANINGS)
  return {
    status: refusal.meaning.status,
    headers: { 'content-type': MEDIA_TYPES[encoding], ...refusalHeaders(refusal) },
    body: encoding === 'json' ? jsonStatus(refusal) : protobufStatus(refusal),
    code: refusal.error.code,
  }
}
