import type { Refusal } from './meanings.ts'
import { encodeMessage } from './otlp-http/protobuf-writer.ts'

const ERROR_INFO = 'type.googleapis.com/google.rpc.ErrorInfo'
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
const DOMAIN = 'pegel'

/**
 * A refusal as google.rpc.Status (https://github.com/googleapis/googleapis, google/rpc/status.proto): its message ends with the
 * error's stable code, which is also the reason of a google.rpc.ErrorInfo; where waiting helps there is a google.rpc.RetryInfo.
 */
export function jsonStatus(refusal: Refusal): Buffer {
  const { error, meaning, retryAfterS: seconds } = refusal
  const retry = seconds === undefined ? [] : [{ '@type': RETRY_INFO, retryDelay: `${seconds}s` }]
  const details = [{ '@type': ERROR_INFO, reason: error.code, domain: DOMAIN }, ...retry]
  return Buffer.from(JSON.stringify({ code: meaning.rpc, message: statusMessage(refusal), details }))
}

/** As jsonStatus, in protobuf: a body of OTLP/HTTP, and what gRPC carries in `grpc-status-details-bin`. */
export function protobufStatus(refusal: Refusal): Buffer {
  const { error, meaning, retryAfterS: seconds } = refusal
  const info = encodeMessage([
    [1, error.code],
    [2, DOMAIN],
  ])
  const details = [any(ERROR_INFO, info)]
  if (seconds !== undefined) details.push(any(RETRY_INFO, encodeMessage([[1, encodeMessage([[1, seconds]])]])))
  return encodeMessage([
    [1, meaning.rpc],
    [2, statusMessage(refusal)],
    ...details.map((detail) => [3, detail] as const),
  ])
}

export function statusMessage({ error }: Pick<Refusal, 'error'>): string {
  return `${error.message} (${error.code})`
}

/** google.protobuf.Any */
function any(type: string, value: Buffer): Buffer {
  return encodeMessage([
    [1, type],
    [2, value],
  ])
}
