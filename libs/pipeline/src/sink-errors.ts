import { defineErrors } from '@pegel/errors'

export const sinkErrors = defineErrors('sink', {
  outcome_mismatch: {
    retryable: false,
    text: 'The sink answered for {answered} of {selected} points of a record: a bug in the sink; the record is sent again.',
  },
  outcomes_missing: {
    retryable: false,
    text: 'The sink answered for {answered} of {records} records: a bug in the sink; all are sent again.',
  },
  count_mismatch: {
    retryable: false,
    text: 'The envelope names {named} points, the body has {counted}.',
  },
  write_timeout: { retryable: true, text: 'The backend did not answer a write within {timeoutMs} ms.' },
  check_timeout: { retryable: true, text: 'The backend did not answer a check within {timeoutMs} ms.' },
  group_lost: { retryable: true, text: 'The consumer group was lost and could not be joined again.' },
  aborted: { retryable: true, text: 'Given up: {reason}.' },
})
