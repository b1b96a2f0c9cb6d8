import { defineErrors } from '@pegel/errors'

export const remoteWriteErrors = defineErrors('remote_write', {
  malformed: {
    retryable: false,
    text: 'The body is not a valid remote-write request: {problem}. Nothing of it was stored.',
  },
  message_type: {
    retryable: false,
    text: 'Content-Type {type} is not supported: send application/x-protobuf, with proto=io.prometheus.write.v2.Request for remote write 2.0.',
  },
  partial: {
    retryable: false,
    text: '{refusals}. All else was stored; sending these again cannot succeed.',
  },
})

/** Throws remote_write.malformed; typed so that it can stand in an expression. */
export function malformed(problem: string): never {
  throw remoteWriteErrors.malformed({ problem })
}
