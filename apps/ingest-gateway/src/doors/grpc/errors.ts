import { defineErrors } from '@pegel/errors'
import { RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'

/** What only gRPC can get wrong. */
export const grpcErrors = defineErrors('grpc', {
  receive_timeout: {
    retryable: false,
    text: 'The message was not there within {seconds} s of its head: send smaller batches, or look at the network.',
  },
  too_many_open_calls: {
    retryable: true,
    text: 'Too many calls without a credential are being received; nothing was done. Try again.',
  },
})

export const GRPC_MEANINGS: readonly (readonly [string, Meaning])[] = [
  [grpcErrors.receive_timeout.code, { status: 408, rpc: RPC.deadlineExceeded }],
  [grpcErrors.too_many_open_calls.code, { status: 503, rpc: RPC.unavailable }],
]
