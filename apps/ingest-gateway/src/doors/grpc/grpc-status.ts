import { Metadata, status } from '@grpc/grpc-js'
import { refusalOf } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'
import { protobufStatus, statusMessage } from '../rpc-status.ts'
import { GRPC_MEANINGS } from './errors.ts'

/** How a call ends that is no success; grpc-js takes it as it is. */
export interface GrpcRefusal {
  /** google.rpc.Code */
  readonly code: status
  readonly details: string
  /** Trailers: google.rpc.Status in `grpc-status-details-bin`. */
  readonly metadata: Metadata
  /** Stable code of the error, for metrics and logs. */
  readonly reason: string
  /** Of google.rpc.RetryInfo; undefined where waiting does not help. */
  readonly retryAfterS: number | undefined
  /** A bug: the log must tell of it. */
  readonly ours: boolean
  /** The server could not do what it was asked to; what a client did wrong is no failure. */
  readonly failure: boolean
}

/** The codes of google.rpc.Code as grpc-js names them: the same numbers. */
const CODES: ReadonlyMap<number, status> = new Map(
  Object.values(status)
    .filter((code) => typeof code === 'number')
    .map((code) => [code, code]),
)

/** What gRPC says of whatever was thrown. @param own meanings of errors of the protocol alone */
export function grpcRefusal(thrown: unknown, own: ReadonlyMap<string, Meaning> = new Map()): GrpcRefusal {
  const refusal = refusalOf(thrown, new Map([...GRPC_MEANINGS, ...own]))
  const metadata = new Metadata()
  metadata.set('grpc-status-details-bin', protobufStatus(refusal))
  return {
    code: CODES.get(refusal.meaning.rpc) ?? status.INTERNAL,
    details: statusMessage(refusal),
    metadata,
    reason: refusal.error.code,
    retryAfterS: refusal.retryAfterS,
    ours: refusal.meaning.status === 500,
    failure: refusal.meaning.status >= 500,
  }
}
