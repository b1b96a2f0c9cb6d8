import { defineErrors } from '@pegel/errors'

export const pipelineErrors = defineErrors('pipeline', {
  writer_closed: { retryable: false, text: 'The {what} writer is closed; nothing more is written.' },
  group_lost: { retryable: true, text: 'This process is no member of the consumer group {group} any more.' },
  stopped: { retryable: false, text: 'The processing loop stopped: {problem}' },
  ledger_end_not_reached: {
    retryable: true,
    text: 'The end of {topic} was not reached within {deadlineMs} ms.',
  },
  audit_failed: {
    retryable: true,
    text: 'Kafka did not take the audit event of {action} within {seconds} s ({problem}); nothing is done without one.',
  },
  aborted: { retryable: false, text: 'Given up while waiting to {what}: the assignment is void or the service stops.' },
})
