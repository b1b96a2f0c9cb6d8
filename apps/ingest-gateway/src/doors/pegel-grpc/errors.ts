import { defineErrors } from '@pegel/errors'
import { otlpErrors } from '../../otlp/index.ts'
import { RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'

/** What only pegel.ingest.v1 can get wrong. */
export const pegelGrpcErrors = defineErrors('pegel_grpc', {
  sequence_invalid: {
    retryable: false,
    text: 'The sequence of each batch must be greater than that of the one before, from 1 to 2^53 - 1: {sequence} came after {last}.',
  },
  window_exceeded: {
    retryable: true,
    text: 'More than {batches} batches or {bytes} bytes are outstanding; nothing of this one was taken. Wait for answers, or raise PEGEL_GRPC_STREAM_BATCHES or PEGEL_GRPC_STREAM_BYTES.',
  },
  answers_unread: {
    retryable: false,
    text: 'The client does not read its answers: {answers} of them are waiting. Read while you write.',
  },
})

/** What errors of pegel.ingest.v1 mean, besides those that all doors share. */
export const PEGEL_GRPC_MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  [otlpErrors.malformed.code, { status: 400, rpc: RPC.invalidArgument }],
  [pegelGrpcErrors.sequence_invalid.code, { status: 400, rpc: RPC.invalidArgument }],
  [pegelGrpcErrors.window_exceeded.code, { status: 429, rpc: RPC.resourceExhausted }],
  [pegelGrpcErrors.answers_unread.code, { status: 429, rpc: RPC.resourceExhausted }],
])
